"""What the hypervisor adapter promises, shown on real QEMU inside this process."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.errors import AccessError, BadXml
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.stats import StatGroup, rates
from tests.adapters.libvirt_worlds import Ears, eventually

from .embed_roots import uri_of

MACHINE = """
<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>{devices}</devices>
</domain>
"""

ACPI = "</os><features><acpi/></features>"
"""Without it there is no hotplug and no UEFI."""

ALL = StatGroup.CPU | StatGroup.MEMORY | StatGroup.BLOCK | StatGroup.NET


def machine_xml(name: str, devices: str = "") -> str:
    return MACHINE.format(name=name, uuid=uuid4(), devices=devices)


OPEN = """
import sys
from collections.abc import Callable
from pathlib import Path
from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.domain.errors import ConnectionFailed, HypervisorError
from qq2clone_tui.domain.states import PowerVerb
log = Path(sys.argv[3]) if len(sys.argv) > 3 else None
"""

ATTEMPT = f"""{OPEN}
try:
    open_hypervisor(sys.argv[1], log_file=log)
except ConnectionFailed as fault:
    print(fault)
"""

START = f"""{OPEN}
host = open_hypervisor(sys.argv[1], log_file=log)
uuid = host.define(sys.argv[2])
host.power(PowerVerb.START, uuid)
"""

LIFE = f"""{START}
try:
    host.power(PowerVerb.START, uuid)
except HypervisorError:
    host.power(PowerVerb.DESTROY, uuid)
host.undefine(uuid)
host.close()
"""

LIST = f"""{OPEN}
for summary in open_hypervisor(sys.argv[1], log_file=log).list_domains():
    print(summary.name, summary.state)
"""


MANY_TIMES = f"""{OPEN}
for times in range(1, 41):
    host = open_hypervisor(sys.argv[1], log_file=log)
    host.list_domains()
    host.close()
print(times, "times")
"""

END = f"""{OPEN}
host = open_hypervisor(sys.argv[1], log_file=log)
for summary in host.list_domains():
    host.power(PowerVerb.DESTROY, summary.uuid)
    print(summary.name, host.read_domain(summary.uuid).state)
"""


def run_python(*words: str) -> "subprocess.CompletedProcess[str]":
    """Run a program of this file in a process of its own."""
    return subprocess.run([sys.executable, "-c", *words], capture_output=True, text=True, timeout=120, check=True)


def state(host: LibvirtHypervisor, uuid: str) -> DomainState | None:
    summary = host.read_domain(uuid)
    return summary.state if summary else None


class TestOneMachine:
    def test_it_lives_through_every_power_verb_and_each_is_heard(self, embed_host: LibvirtHypervisor) -> None:
        ears = Ears()
        stop = embed_host.listen(ears)
        uuid = embed_host.define(machine_xml("tiny-1"))
        assert ears.heard(uuid), "define"
        journey = [
            (PowerVerb.START, DomainState.RUNNING),
            (PowerVerb.SUSPEND, DomainState.PAUSED),
            (PowerVerb.RESUME, DomainState.RUNNING),
            (PowerVerb.SHUTDOWN, DomainState.RUNNING),  # nobody in the guest listens to the button
            (PowerVerb.DESTROY, DomainState.OFF),
        ]
        for verb, after in journey:
            before = len(ears.changed)
            embed_host.power(verb, uuid)
            assert state(embed_host, uuid) is after
            if verb is not PowerVerb.SHUTDOWN:
                assert ears.heard_more_than(before), verb
        embed_host.undefine(uuid)
        assert embed_host.read_domain(uuid) is None
        assert set(ears.changed) == {uuid}
        stop()

    def test_figures_turn_into_rates(self, embed_host: LibvirtHypervisor) -> None:
        uuid = embed_host.define(machine_xml("tiny-1", "<interface type='user'><model type='e1000'/></interface>"))
        embed_host.power(PowerVerb.START, uuid)
        first = embed_host.sample(ALL)[uuid]
        assert first.cpu_ns is not None
        used = first.cpu_ns
        assert eventually(lambda: (embed_host.sample(ALL)[uuid].cpu_ns or 0) > used), "the BIOS uses the CPU"
        second = embed_host.sample(ALL)[uuid]
        assert (rates(first, second).cpu_percent or 0) > 0
        assert second.vcpus == 1
        assert second.memory_max_bytes == 32 * 1024**2
        assert second.memory_bytes
        only_cpu = embed_host.sample(StatGroup.CPU)[uuid]
        assert only_cpu.cpu_ns
        assert only_cpu.memory_bytes is None

    def test_disk_figures_count_the_machines_own_image(self, embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
        image = tmp_path / "disk.img"
        image.write_bytes(b"\xff" * 65536)
        disk = f"<disk type='file'><driver name='qemu' type='raw'/><source file='{image}'/><target dev='hda'/></disk>"
        uuid = embed_host.define(machine_xml("tiny-1", disk))
        embed_host.power(PowerVerb.START, uuid)
        assert eventually(lambda: (embed_host.sample(StatGroup.BLOCK)[uuid].read_bytes or 0) > 0), "BIOS reads it"
        assert embed_host.sample(StatGroup.BLOCK)[uuid].disk_allocation_bytes is not None

    def test_a_saved_machine_is_listed_as_saved_and_undefine_takes_the_image_along(
        self, embed_host: LibvirtHypervisor, embed_root: Path
    ) -> None:
        uuid = embed_host.define(machine_xml("tiny-1"))
        embed_host.power(PowerVerb.START, uuid)
        with embed_host.connections.lease() as connection:
            connection.lookupByUUIDString(uuid).managedSave(0)
        assert [summary.state for summary in embed_host.list_domains()] == [DomainState.SAVED]
        assert state(embed_host, uuid) is DomainState.SAVED
        image = embed_root / "lib" / "qemu" / "save" / "tiny-1.save"
        assert image.exists()
        embed_host.undefine(uuid)
        assert not image.exists()

    def test_undefine_leaves_the_firmware_variables_to_us(self, embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
        code, variables = tmp_path / "code.fd", tmp_path / "vars.fd"
        for file in (code, variables):
            file.write_bytes(bytes(131072))
        firmware = (
            f"<loader readonly='yes' type='pflash' format='raw'>{code}</loader><nvram format='raw'>{variables}</nvram>"
        )
        uuid = embed_host.define(machine_xml("tiny-1").replace("</os>", f"{firmware}{ACPI}"))
        embed_host.undefine(uuid)
        assert embed_host.read_domain(uuid) is None
        assert variables.stat().st_size == 131072

    def test_plugging_in_a_device_and_resetting_are_heard(self, embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
        image = tmp_path / "disk.img"
        image.write_bytes(bytes(65536))
        ears = Ears()
        stop = embed_host.listen(ears)
        uuid = embed_host.define(machine_xml("tiny-1").replace("</os>", ACPI))
        embed_host.power(PowerVerb.START, uuid)
        with embed_host.connections.lease() as connection:
            domain = connection.lookupByUUIDString(uuid)
            before = len(ears.changed)
            domain.attachDevice(
                "<disk type='file'><driver name='qemu' type='raw'/>"
                f"<source file='{image}'/><target dev='vda' bus='virtio'/></disk>"
            )
            assert ears.heard_more_than(before)
            before = len(ears.changed)
            domain.reset(0)
            assert ears.heard_more_than(before)
        stop()

    def test_secrets_are_in_the_inactive_xml_and_not_in_the_live_one(self, embed_host: LibvirtHypervisor) -> None:
        uuid = embed_host.define(machine_xml("tiny-1", "<graphics type='vnc' passwd='hunter2'/>"))
        assert "hunter2" in embed_host.inactive_xml(uuid)
        assert "hunter2" not in embed_host.live_xml(uuid)


class TestAProcessOfItsOwn:
    def test_it_prints_nothing_whatever_qemu_and_libvirt_say(
        self, fresh_root: Callable[[], Path], tmp_path: Path
    ) -> None:
        log = tmp_path / "libvirt.log"
        done = run_python(LIFE, uri_of(fresh_root()), machine_xml("tiny-1"), str(log))
        assert (done.stdout, done.stderr) == ("", "")
        assert "tainted" in log.read_text() or "error" in log.read_text(), "it had something to say"

    def test_it_may_open_and_close_the_hypervisor_as_often_as_it_likes(self, fresh_root: Callable[[], Path]) -> None:
        done = run_python(MANY_TIMES, uri_of(fresh_root()))
        assert (done.returncode, done.stdout, done.stderr) == (0, "40 times\n", "")

    def test_machines_outlive_it_and_are_found_again(self, fresh_root: Callable[[], Path]) -> None:
        root = fresh_root()
        assert run_python(START, uri_of(root), machine_xml("tiny-1")).stdout == ""
        assert run_python(LIST, uri_of(root)).stdout == "tiny-1 running\n"
        assert run_python(END, uri_of(root)).stdout == "tiny-1 off\n", "its first act finds it ready"


class TestFaults:
    def test_a_missing_disk_is_named(self, embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
        gone = tmp_path / "gone.img"
        disk = f"<disk type='file'><driver name='qemu' type='raw'/><source file='{gone}'/><target dev='hda'/></disk>"
        uuid = embed_host.define(machine_xml("tiny-1", disk))
        with pytest.raises(AccessError) as refused:
            embed_host.power(PowerVerb.START, uuid)
        assert str(gone) in refused.value.why
        assert refused.value.subject == "tiny-1"
        assert state(embed_host, uuid) is DomainState.OFF

    def test_a_machine_type_that_qemu_does_not_have_is_bad_xml(self, embed_host: LibvirtHypervisor) -> None:
        with pytest.raises(BadXml):
            embed_host.define(machine_xml("tiny-1").replace("machine='pc'", "machine='abacus'"))

    def test_a_second_process_is_told_who_holds_the_root(
        self, embed_host: LibvirtHypervisor, embed_uri: str, embed_root: Path
    ) -> None:
        done = run_python(ATTEMPT, embed_uri)
        pid = (embed_root / "run" / "qemu" / "driver.pid").read_text().strip()
        assert f"is in use by process {pid} (" in done.stdout
        assert str(embed_root) in done.stdout
        assert done.stderr == ""
