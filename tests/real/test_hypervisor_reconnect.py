"""What happens when a hypervisor goes away, hangs and comes back, shown on a real libvirtd."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest

from qq2clone_tui.adapters.libvirt import connection, open_hypervisor
from qq2clone_tui.adapters.libvirt.errors import translated
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.errors import ConnectionFailed
from qq2clone_tui.domain.states import PowerVerb
from tests.adapters.libvirt_worlds import Ears, domain_xml, eventually

from .daemons import Daemons
from .socket_proxy import SocketProxy


@pytest.fixture
def host(daemon: Daemons) -> Iterator[LibvirtHypervisor]:
    hypervisor = open_hypervisor(daemon.uri(), log_file=None)
    yield hypervisor
    hypervisor.close()


@pytest.fixture
def ears(host: LibvirtHypervisor) -> Ears:
    mine = Ears()
    host.listen(mine)
    return mine


def names(host: LibvirtHypervisor) -> set[str]:
    return {summary.name for summary in host.list_domains()}


class TestADaemonThatDies:
    def test_calls_fail_at_once_until_it_is_back(self, host: LibvirtHypervisor, daemon: Daemons, ears: Ears) -> None:
        daemon.kill()
        assert ears.lost_times(1)
        began = time.monotonic()
        with pytest.raises(ConnectionFailed) as refused:
            host.list_domains()
        assert time.monotonic() - began < 0.5
        assert "reconnecting" in refused.value.why
        assert ears.restored == 0

    def test_the_same_hypervisor_goes_on_with_events_and_a_true_list(
        self, host: LibvirtHypervisor, daemon: Daemons, ears: Ears
    ) -> None:
        host.define(domain_xml("before"))
        assert names(host) == {"test", "before"}
        for round_ in (1, 2):
            daemon.kill()
            assert ears.lost_times(round_)
            daemon.start()
            assert ears.restored_times(round_)
            assert names(host) == {"test"}, "this driver forgets with its daemon: the old list is not kept"
            uuid = host.define(domain_xml("after"))
            assert ears.heard(uuid), "events are registered anew"

    def test_each_change_is_heard_once_after_it(self, host: LibvirtHypervisor, daemon: Daemons, ears: Ears) -> None:
        daemon.kill()
        assert ears.lost_times(1)
        daemon.start()
        assert ears.restored_times(1)
        first = host.define(domain_xml("one"))
        last = host.define(domain_xml("two"))
        assert ears.heard(last)
        assert ears.changed.count(first) == 1

    def test_a_batch_under_way_fails_with_a_reason_and_the_next_one_works(
        self, host: LibvirtHypervisor, daemon: Daemons, ears: Ears
    ) -> None:
        faults: list[str] = []
        go_on = threading.Event()

        def work(lane: int) -> None:
            number = 0
            while not go_on.is_set():
                number += 1
                try:
                    host.undefine(host.define(domain_xml(f"m{lane}-{number}")))
                except ConnectionFailed as fault:
                    faults.append(fault.why)
                    return

        threads = [threading.Thread(target=work, args=(lane,)) for lane in range(8)]
        for thread in threads:
            thread.start()
        daemon.kill()
        for thread in threads:
            thread.join(10)
        go_on.set()
        assert len(faults) == 8
        assert all(faults)
        daemon.start()
        assert ears.restored_times(1)
        assert names(host) == {"test"}

    def test_closing_stops_the_redialling(self, host: LibvirtHypervisor, daemon: Daemons, ears: Ears) -> None:
        daemon.kill()
        assert ears.lost_times(1)
        host.close()
        assert eventually(lambda: not any(t.name == "libvirt-reconnect" for t in threading.enumerate()))


class TestADaemonThatHangs:
    @pytest.fixture
    def hung(self, host: LibvirtHypervisor, daemon: Daemons) -> Iterator[Callable[[], None]]:
        def stop() -> None:
            daemon.signal(signal.SIGSTOP)

        yield stop
        daemon.signal(signal.SIGCONT)

    def test_close_returns_although_a_call_does_not(self, host: LibvirtHypervisor, hung: Callable[[], None]) -> None:
        hung()
        calling = threading.Event()
        caller = threading.Thread(target=_list_domains, args=(host, calling), daemon=True)
        caller.start()
        assert calling.wait(10)
        began = time.monotonic()
        host.close()
        assert time.monotonic() - began < 5
        assert caller.is_alive()

    def test_it_is_given_up_when_it_no_longer_answers(
        self, monkeypatch: pytest.MonkeyPatch, daemon: Daemons, hung: Callable[[], None]
    ) -> None:
        monkeypatch.setattr(connection, "KEEPALIVE_SECONDS", 1)
        monkeypatch.setattr(connection, "KEEPALIVE_MISSES", 1)
        watched = open_hypervisor(daemon.uri(), log_file=None)
        ears = Ears()
        watched.listen(ears)
        hung()
        with pytest.raises(ConnectionFailed):
            watched.list_domains()
        assert ears.lost_times(1)
        daemon.signal(signal.SIGCONT)
        assert ears.restored_times(1)
        assert names(watched) == {"test"}
        watched.close()


class TestASingleConnectionThatBreaks:
    @pytest.fixture
    def proxy(self, daemon: Daemons) -> Iterator[SocketProxy]:
        between = SocketProxy(daemon.directory / "proxy", daemon.socket)
        yield between
        between.close()

    @pytest.fixture
    def proxied(self, proxy: SocketProxy, daemon: Daemons) -> Iterator[LibvirtHypervisor]:
        hypervisor = open_hypervisor(f"test+unix:///default?socket={daemon.directory / 'proxy'}", log_file=None)
        yield hypervisor
        hypervisor.close()

    def test_one_of_the_batch_is_replaced_and_nobody_else_notices(
        self, proxied: LibvirtHypervisor, proxy: SocketProxy
    ) -> None:
        ears = Ears()
        proxied.listen(ears)
        with ExitStack() as busy:
            leased = [busy.enter_context(proxied.connections.lease(batch=True)) for _ in range(3)]
            assert proxy.count == 2
            proxy.cut(1)
            dead = leased[-1]
            assert dead is not proxied.connections.first
            assert eventually(lambda: dead.isAlive() == 0)
        with ExitStack() as busy:
            leased = [busy.enter_context(proxied.connections.lease(batch=True)) for _ in range(3)]
            assert dead not in leased
            assert len(leased[-1].listAllDomains(0)) == 1
        assert proxy.count == 3
        assert ears.lost == []

    def test_the_first_one_is_dialled_again_although_the_daemon_lives(
        self, proxied: LibvirtHypervisor, proxy: SocketProxy, host: LibvirtHypervisor
    ) -> None:
        assert names(host) == {"test"}, "a second client, without which this driver forgets all"
        ears = Ears()
        proxied.listen(ears)
        uuid = proxied.define(domain_xml("stays"))
        proxy.cut(0)
        assert ears.lost_times(1)
        assert ears.restored_times(1)
        assert names(proxied) == {"test", "stays"}
        before = len(ears.changed)
        proxied.undefine(uuid)
        assert ears.heard_more_than(before)


class TestThePool:
    def test_batches_spread_over_several_connections_and_readers_are_not_held_up(
        self, host: LibvirtHypervisor, daemon: Daemons
    ) -> None:
        uuids = [host.define(domain_xml(f"m{number}")) for number in range(12)]
        barrier = threading.Barrier(12)

        def work(uuid: str) -> None:
            with host.connections.lease(batch=True) as one:
                barrier.wait(20)
                used.append(one)
            host.power(PowerVerb.START, uuid)

        used: list[object] = []
        threads = [threading.Thread(target=work, args=(uuid,)) for uuid in uuids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        share = {id(one): sum(other is one for other in used) for one in used}
        assert len(used) == 12
        assert 3 <= len(share) <= 4
        assert share.get(id(host.connections.first), 0) <= 2
        assert max(share.values()) <= 5


def _list_domains(host: LibvirtHypervisor, calling: threading.Event) -> None:
    with suppress(ConnectionFailed), translated("cannot list"), host.connections.lease() as connection:
        calling.set()
        connection.listAllDomains(0)
