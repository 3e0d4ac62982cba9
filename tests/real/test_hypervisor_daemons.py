"""What the hypervisor adapter promises, shown on real QEMU behind a daemon."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.errors import AccessError, HypervisorError
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.stats import StatGroup
from tests.adapters.libvirt_worlds import Ears

from .daemons import Daemons
from .test_hypervisor_embed import machine_xml

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs a daemon that runs as somebody else")


@pytest.fixture
def host(daemon: Daemons) -> Iterator[LibvirtHypervisor]:
    hypervisor = open_hypervisor(daemon.uri("qemu", "/session"), log_file=None)
    yield hypervisor
    for summary in hypervisor.list_domains():
        if summary.state.active:
            hypervisor.power(PowerVerb.DESTROY, summary.uuid)
    hypervisor.close()


def every(host: LibvirtHypervisor, verb: PowerVerb, uuids: list[str]) -> float:
    """Do a verb on all machines together; return the seconds it took."""
    threads = [threading.Thread(target=host.power, args=(verb, uuid)) for uuid in uuids]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - began


class TestManyMachines:
    def test_together_they_end_in_a_fraction_of_the_time_one_by_one_takes(self, host: LibvirtHypervisor) -> None:
        uuids = [host.define(machine_xml(f"tiny-{number}")) for number in range(10)]
        every(host, PowerVerb.START, uuids)
        assert len(host.sample(StatGroup.CPU)) == 10
        began = time.monotonic()
        host.power(PowerVerb.DESTROY, uuids[0])
        host.power(PowerVerb.DESTROY, uuids[1])
        one = (time.monotonic() - began) / 2
        assert every(host, PowerVerb.DESTROY, uuids[2:]) < 8 * one / 2
        assert {summary.state for summary in host.list_domains()} == {DomainState.OFF}

    def test_a_change_by_another_program_is_heard(self, host: LibvirtHypervisor, daemon: Daemons) -> None:
        ears = Ears()
        host.listen(ears)
        other = open_hypervisor(daemon.uri("qemu", "/session"), log_file=None)
        uuid = other.define(machine_xml("tiny-1"))
        assert ears.heard(uuid)
        other.undefine(uuid)
        assert ears.heard_more_than(1)
        assert host.read_domain(uuid) is None
        other.close()


class TestRights:
    @as_root
    def test_a_disk_that_qemu_may_not_read_is_an_access_error(self, host: LibvirtHypervisor, tmp_path: Path) -> None:
        image = tmp_path / "mine.img"
        image.touch(mode=0o600)
        disk = f"<disk type='file'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='hda'/></disk>"
        uuid = host.define(machine_xml("tiny-1", disk))
        with pytest.raises(AccessError) as refused:
            host.power(PowerVerb.START, uuid)
        assert refused.value.subject == "tiny-1"
        assert "right to read" in refused.value.remedy

    @as_root
    def test_a_host_without_kvm_for_this_user_says_what_to_do(self, host: LibvirtHypervisor) -> None:
        with pytest.raises(HypervisorError) as refused:
            host.power(PowerVerb.START, host.define(machine_xml("tiny-1").replace("type='qemu'", "type='kvm'")))
        assert "KVM" in refused.value.remedy or "/dev/kvm" in refused.value.remedy
        assert "<domain type='qemu'>" in refused.value.remedy


class TestTheSystemDaemon:
    def test_a_machine_lives_and_goes_even_beside_an_embedded_hypervisor(
        self, embed_host: LibvirtHypervisor, system_uri: str
    ) -> None:
        assert embed_host.list_domains() == []
        system = open_hypervisor(system_uri, log_file=None)
        ears = Ears()
        system.listen(ears)
        name = f"qq-test-{os.getpid()}"
        uuid = system.define(machine_xml(name))
        try:
            system.power(PowerVerb.START, uuid)
            assert ears.heard(uuid)
            assert uuid in system.sample(StatGroup.CPU)
            found = next(summary for summary in system.list_domains() if summary.uuid == uuid)
            assert (found.name, found.state) == (name, DomainState.RUNNING)
            system.power(PowerVerb.DESTROY, uuid)
        finally:
            system.undefine(uuid)
            system.close()
