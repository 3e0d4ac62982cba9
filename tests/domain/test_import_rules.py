"""A machine that cannot become a template is refused with every reason at once."""

import pytest

from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.import_rules import Obstacle, obstacles
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template

from .clone_samples import TEMPLATES, compiler_of, domain, template_of

DISK = "<disk type='file'><source file='/i/a.img'/><target dev='vda'/></disk>"


def _found(xml: str, state: DomainState | None = DomainState.OFF) -> tuple[Obstacle, ...]:
    return obstacles(xml, state=state, has_snapshots=False, has_managed_save=False)


def _wheres(devices: str, **options: str) -> list[str]:
    found = obstacles(
        domain(devices), state=DomainState.OFF, has_snapshots=False, has_managed_save=False, options=options
    )
    return [obstacle.where for obstacle in found]


class TestAMachineThatCanBeCloned:
    @pytest.mark.parametrize("key", TEMPLATES)
    def test_has_no_obstacle(self, key: str) -> None:
        template = template_of(key)
        found = obstacles(
            template.xml, state=DomainState.OFF, has_snapshots=False, has_managed_save=False, options=template.options
        )
        assert found == ()

    @pytest.mark.parametrize("kind", ["qemu", "kvm", "hvf", "test"])
    def test_is_a_qemu_machine_or_one_of_the_test_driver(self, kind: str) -> None:
        assert _found(domain(DISK, kind=kind), None) == ()

    def test_may_have_no_disk_at_all(self) -> None:
        assert _wheres("") == []

    def test_may_have_shared_disks_of_any_kind(self) -> None:
        cd = "<disk type='network' device='cdrom'><source protocol='http' name='x'/><target dev='sda'/></disk>"
        empty = "<disk type='file' device='cdrom'><target dev='sdb'/></disk>"
        assert _wheres(cd + empty) == []


class TestItsCircumstances:
    @pytest.mark.parametrize(
        "state",
        [
            DomainState.RUNNING,
            DomainState.IDLE,
            DomainState.PAUSED,
            DomainState.IN_SHUTDOWN,
            DomainState.PMSUSPENDED,
            DomainState.CRASHED,
        ],
    )
    def test_a_machine_that_may_still_write_is_refused(self, state: DomainState) -> None:
        (obstacle,) = _found(domain(DISK), state)
        assert obstacle.where == "state"
        assert state.value in obstacle.why
        assert "Shut it off" in obstacle.remedy

    def test_saved_state_snapshots_and_a_passing_domain_are_refused_together(self) -> None:
        found = obstacles(
            domain(DISK), state=DomainState.OFF, has_snapshots=True, has_managed_save=True, persistent=False
        )
        assert [obstacle.where for obstacle in found] == ["state"] * 3
        assert all(obstacle.remedy for obstacle in found)

    def test_a_saved_machine_is_refused_once(self) -> None:
        found = obstacles(domain(DISK), state=DomainState.SAVED, has_snapshots=False, has_managed_save=True)
        assert len(found) == 1


class TestItsDisks:
    @pytest.mark.parametrize(
        "source",
        [
            "type='network'><source protocol='rbd' name='pool/image'/>",
            "type='network'><source protocol='iscsi' name='iqn'/>",
            "type='network'><source protocol='nbd'/>",
            "type='dir'><source dir='/d'/>",
            "type='file'><source file='relative.img'/>",
            "type='file'><source file='/i'/><encryption format='luks'/>",
            "type='file'><source file='/i'><encryption format='luks'/></source>",
            "type='file'><source file='/i'><slices><slice type='storage' offset='1' size='2'/></slices></source>",
        ],
    )
    def test_what_cannot_be_a_base_is_refused_by_its_target(self, source: str) -> None:
        assert _wheres(f"<disk {source}<target dev='vdb'/></disk>") == ["disk vdb"]

    def test_disks_without_or_with_equal_targets_are_refused(self) -> None:
        assert _wheres("<disk type='file'><source file='/i'/></disk>") == ["disk 1"]
        assert _wheres(DISK * 3) == ["disk vda"]

    def test_a_volume_is_refused_only_when_it_is_known_to_be_missing(self) -> None:
        xml = domain("<disk type='volume'><source pool='p' volume='v'/><target dev='vda'/></disk>")
        for volumes, count in ((None, 0), ({"p/v": "/pools/p/v"}, 0), ({}, 1), ({"q/v": "/x"}, 1)):
            found = obstacles(xml, state=DomainState.OFF, has_snapshots=False, has_managed_save=False, volumes=volumes)
            assert len(found) == count


EXCLUSIVE = {
    "hostdev 1": "<hostdev mode='subsystem' type='mdev'/>",
    "interface 1": "<interface type='hostdev'/>",
    "interface 52:54:00:00:00:01": "<interface type='udp'><mac address='52:54:00:00:00:01'/></interface>",
    "interface 52:54:00:00:00:02": "<interface type='vhostuser'><mac address='52:54:00:00:00:02'/>"
    "<source type='unix' path='/run/v.sock' mode='client'/></interface>",
    "disk sda": "<disk type='block' device='lun'><source dev='/dev/sg1'/><target dev='sda'/></disk>",
    "disk vdz": "<disk type='nvme'><source type='pci'/><target dev='vdz'/></disk>",
    "tpm 1": "<tpm><backend type='passthrough'/></tpm>",
    "input 1": "<input type='evdev'/>",
    "smartcard 1": "<smartcard mode='host'/>",
    "serial 1": "<serial type='dev'><source path='/dev/ttyS0'/></serial>",
    "lease 1": "<lease/>",
    "memory 1": "<memory model='nvdimm'><source><path>/dev/dax0.0</path></source></memory>",
    "filesystem 1": "<filesystem><source socket='/run/v.sock'/></filesystem>",
}


class TestDevicesOnlyOneMachineCanHave:
    @pytest.mark.parametrize(("where", "device"), EXCLUSIVE.items())
    def test_each_is_refused_unless_it_may_be_stripped(self, where: str, device: str) -> None:
        (obstacle,) = _found(domain(device))
        assert obstacle.where == where
        assert "only one machine" in obstacle.why
        assert _wheres(device, hostdev="strip") == []

    def test_all_reasons_come_at_once(self) -> None:
        devices = (
            "".join(EXCLUSIVE.values()) + "<disk type='network'><source protocol='rbd'/><target dev='vdq'/></disk>"
        )
        found = obstacles(
            domain(devices, kind="xen"), state=DomainState.RUNNING, has_snapshots=True, has_managed_save=False
        )
        assert len(found) == len(EXCLUSIVE) + 4
        assert len({obstacle.sentence() for obstacle in found}) == len(found)

    def test_a_compiler_keeps_them_for_a_single_clone_and_says_what_forbids_a_second(self) -> None:
        xml = domain("<hostdev mode='subsystem' type='usb'/>")
        compiler = compiler_of(Template("tiny", xml, ()))
        assert [obstacle.where for obstacle in compiler.exclusive] == ["hostdev 1"]
        assert compiler_of(Template("tiny", xml, (), options={"hostdev": "strip"})).exclusive == ()


class TestFirmware:
    def test_variables_on_a_network_source_are_refused(self) -> None:
        xml = domain(head="<os><nvram type='network'><source protocol='iscsi' name='x'/></nvram></os>")
        assert [obstacle.where for obstacle in _found(xml)] == ["firmware variables"]

    def test_tpm_state_that_cannot_be_reached_cannot_be_copied(self) -> None:
        hidden = "<tpm><backend type='emulator'/></tpm>"
        named = "<tpm><backend type='emulator'><source type='file' path='/t'/></backend></tpm>"
        assert _wheres(hidden, tpm="copy") == ["tpm 1"]
        assert _wheres(hidden, tpm="empty") == []
        assert _wheres(named, tpm="copy") == []


def test_a_template_that_turned_impossible_by_an_edit_is_refused_by_the_compiler_with_all_reasons() -> None:
    remote = "<disk type='network'><source protocol='rbd'/><target dev='vda'/></disk>"
    xml = domain(f"{remote}<disk type='file'><source file='/i'/></disk>", kind="lxc")
    with pytest.raises(BadXml) as caught:
        compiler_of(Template("tiny", xml, ()))
    assert all(part in caught.value.why for part in ("lxc", "rbd", "has no target"))
