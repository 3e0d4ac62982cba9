"""What the hypervisor adapter promises, shown on libvirt's test driver."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.errors import BadXml, ConnectionFailed, DomainNotFound, HypervisorError
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.stats import StatGroup
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

from .libvirt_worlds import Ears, domain_xml, eventually, world


@pytest.fixture
def host(tmp_path: Path) -> Iterator[LibvirtHypervisor]:
    hypervisor = open_hypervisor(world(tmp_path, "already-there"), log_file=None)
    yield hypervisor
    hypervisor.close()


@pytest.fixture
def off(host: LibvirtHypervisor) -> str:
    """A machine that is defined and off."""
    return host.define(domain_xml("web-1"))


def state(host: LibvirtHypervisor, uuid: str) -> DomainState | None:
    summary = host.read_domain(uuid)
    return summary.state if summary else None


def listed(host: LibvirtHypervisor) -> dict[str, DomainState]:
    return {summary.name: summary.state for summary in host.list_domains()}


class TestReading:
    def test_it_is_what_the_engine_asks_for(self, host: LibvirtHypervisor) -> None:
        hypervisor: Hypervisor = host
        assert hypervisor.uri.startswith("test:///")
        assert hypervisor.host().driver == "TEST"
        assert hypervisor.host().cpus == 16
        assert hypervisor.host().memory_bytes == 3 * 1024**3

    def test_every_machine_is_listed_with_its_state(self, host: LibvirtHypervisor, off: str) -> None:
        assert listed(host) == {"already-there": DomainState.RUNNING, "web-1": DomainState.OFF}

    def test_one_machine_reads_the_same_as_in_the_list(self, host: LibvirtHypervisor, off: str) -> None:
        for verb in (None, PowerVerb.START, PowerVerb.SUSPEND):
            if verb:
                host.power(verb, off)
            assert host.read_domain(off) in host.list_domains()

    def test_a_saved_machine_is_told_from_one_that_is_off(self, host: LibvirtHypervisor, off: str) -> None:
        host.power(PowerVerb.START, off)
        with host.connections.lease() as connection:
            connection.lookupByUUIDString(off).managedSave(0)
        assert state(host, off) is DomainState.SAVED
        assert listed(host)["web-1"] is DomainState.SAVED

    def test_a_transient_machine_is_marked_so(self, host: LibvirtHypervisor) -> None:
        with host.connections.lease() as connection:
            connection.createXML(domain_xml("passing"), 0)
        persistent = {summary.name: summary.persistent for summary in host.list_domains()}
        assert persistent == {"already-there": True, "passing": False}

    @pytest.mark.parametrize("uuid", ["5a1e0c52-6b1f-4c5e-9a53-0f6f4d3c2b10", "no uuid", "", "../../etc"])
    def test_a_machine_that_is_not_there_reads_as_none(self, host: LibvirtHypervisor, uuid: str) -> None:
        assert host.read_domain(uuid) is None
        with pytest.raises(DomainNotFound):
            host.inactive_xml(uuid)
        with pytest.raises(DomainNotFound):
            host.power(PowerVerb.START, uuid)

    def test_xml_comes_back_with_its_uuid(self, host: LibvirtHypervisor, off: str) -> None:
        assert off in host.inactive_xml(off)
        assert off in host.live_xml(off)

    def test_snapshots_are_noticed(self, host: LibvirtHypervisor, off: str) -> None:
        assert not host.has_snapshots(off)
        with host.connections.lease() as connection:
            connection.lookupByUUIDString(off).snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>", 0)
        assert host.has_snapshots(off)

    def test_figures_come_for_running_machines_only(self, host: LibvirtHypervisor, off: str) -> None:
        figures = host.sample(StatGroup.CPU | StatGroup.MEMORY)
        running = next(summary.uuid for summary in host.list_domains() if summary.name == "already-there")
        assert set(figures) == {running}
        assert figures[running].memory_max_bytes == 32 * 1024**2
        assert figures[running].cpu_ns

    def test_no_figures_are_asked_for_when_none_are_shown(self, host: LibvirtHypervisor) -> None:
        assert host.sample(StatGroup(0)) == {}


class TestChanging:
    def test_power_verbs_lead_from_state_to_state(self, host: LibvirtHypervisor, off: str) -> None:
        journey = [
            (PowerVerb.START, DomainState.RUNNING),
            (PowerVerb.SUSPEND, DomainState.PAUSED),
            (PowerVerb.RESUME, DomainState.RUNNING),
            (PowerVerb.SHUTDOWN, DomainState.OFF),
            (PowerVerb.START, DomainState.RUNNING),
            (PowerVerb.DESTROY, DomainState.OFF),
        ]
        for verb, after in journey:
            host.power(verb, off)
            assert state(host, off) is after

    def test_a_guest_that_sleeps_is_woken_not_resumed(self, tmp_path: Path) -> None:
        node = world(tmp_path, "sleeper").removeprefix("test://")
        asleep = "<test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>7</test:runstate></domain>"
        Path(node).write_text(Path(node).read_text().replace("</domain>", asleep))
        host = open_hypervisor(f"test://{node}", log_file=None)
        (sleeper,) = host.list_domains()
        assert sleeper.state is DomainState.PMSUSPENDED
        with pytest.raises(HypervisorError) as refused:  # the test driver cannot wake, and names the call
            host.power(PowerVerb.RESUME, sleeper.uuid)
        assert "virDomainPMWakeup" in refused.value.why
        host.close()

    def test_undefine_takes_saved_state_and_snapshots_along(self, host: LibvirtHypervisor, off: str) -> None:
        with host.connections.lease() as connection:
            domain = connection.lookupByUUIDString(off)
            domain.snapshotCreateXML("<domainsnapshot><name>s</name></domainsnapshot>", 0)
            domain.create()
            domain.managedSave(0)
        host.undefine(off)
        assert host.read_domain(off) is None

    def test_a_refusal_names_the_machine_and_the_verb(self, host: LibvirtHypervisor, off: str) -> None:
        with pytest.raises(HypervisorError) as refused:
            host.power(PowerVerb.SUSPEND, off)
        assert "suspend" in refused.value.what
        assert refused.value.subject == "web-1"
        assert refused.value.exit_code == 16

    def test_a_taken_name_is_refused_and_says_what_to_do(self, host: LibvirtHypervisor, off: str) -> None:
        with pytest.raises(HypervisorError) as refused:
            host.define(domain_xml("web-1"))
        assert "web-1" in refused.value.why
        assert "name" in refused.value.remedy
        assert off in host.inactive_xml(off)

    @pytest.mark.parametrize(
        "xml",
        ["", "<domain", "<network/>", "<domain type='test'><name>a/b</name></domain>", "<domain type='test'/>"],
    )
    def test_xml_that_is_no_domain_is_bad_xml(self, host: LibvirtHypervisor, xml: str) -> None:
        with pytest.raises(BadXml) as refused:
            host.define(xml)
        assert refused.value.exit_code == 15
        assert len(host.list_domains()) == 1

    def test_a_broken_document_is_not_quoted_in_the_message(self, host: LibvirtHypervisor) -> None:
        with pytest.raises(BadXml) as refused:
            host.define("<domain><graphics passwd='hunter2'></domain>")
        assert "hunter2" not in str(refused.value)


class TestEvents:
    def test_every_change_of_a_machine_is_heard(self, host: LibvirtHypervisor) -> None:
        ears = Ears()
        host.listen(ears)
        uuid = host.define(domain_xml("web-1"))
        assert ears.heard(uuid), "define"
        for verb in (PowerVerb.START, PowerVerb.SUSPEND, PowerVerb.RESUME, PowerVerb.DESTROY):
            before = len(ears.changed)
            host.power(verb, uuid)
            assert ears.heard_more_than(before), verb
        before = len(ears.changed)
        host.undefine(uuid)
        assert ears.heard_more_than(before), "undefine"
        assert set(ears.changed) == {uuid}

    def test_a_change_of_metadata_is_heard(self, host: LibvirtHypervisor) -> None:
        ears = Ears()
        host.listen(ears)
        uuid = host.define(domain_xml("web-1"))
        assert ears.heard(uuid)
        before = len(ears.changed)
        with host.connections.lease() as connection:
            connection.lookupByUUIDString(uuid).setMetadata(2, "<note/>", "n", "http://example.org/note", 0)
        assert ears.heard_more_than(before)

    def test_a_thousand_changes_are_all_heard(self, host: LibvirtHypervisor) -> None:
        ears = Ears()
        host.listen(ears)
        made = {host.define(domain_xml(f"web-{number}")) for number in range(1000)}
        assert eventually(lambda: set(ears.changed) >= made)

    def test_who_stopped_listening_hears_nothing_more(self, host: LibvirtHypervisor) -> None:
        gone, here = Ears(), Ears()
        stop = host.listen(gone)
        host.listen(here)
        stop()
        host.define(domain_xml("web-1"))
        assert eventually(lambda: len(here.changed) == 1)
        assert gone.changed == []

    def test_a_listener_that_fails_harms_no_other(
        self, host: LibvirtHypervisor, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        class Broken(Ears):
            def domain_changed(self, uuid: str) -> None:
                raise RuntimeError("a fault in the listener")

        ears = Ears()
        host.listen(Broken())
        host.listen(ears)
        host.define(domain_xml("web-1"))
        assert eventually(lambda: len(ears.changed) == 1)
        assert "a listener failed" in caplog.text
        assert capfd.readouterr().err == ""


class TestClosing:
    def test_after_close_every_call_fails_with_a_reason(self, host: LibvirtHypervisor) -> None:
        host.close()
        with pytest.raises(ConnectionFailed) as refused:
            host.list_domains()
        assert refused.value.why == "it is closed"

    def test_closing_twice_is_no_error(self, host: LibvirtHypervisor) -> None:
        host.close()
        host.close()

    def test_a_closed_hypervisor_sends_no_events(self, tmp_path: Path) -> None:
        uri = "test:///default"  # this one world is shared by all connections of the process
        one, other = open_hypervisor(uri, log_file=None), open_hypervisor(uri, log_file=None)
        gone, here = Ears(), Ears()
        one.listen(gone)
        other.listen(here)
        one.close()
        other.undefine(other.define(domain_xml("web-1")))
        assert eventually(lambda: len(here.changed) == 2)
        assert gone.changed == []
        other.close()
