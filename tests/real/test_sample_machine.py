"""The sample template as libvirt runs it: twenty at a time, and off when they are asked to be."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.sample import write_sample
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.states import DomainState, PowerVerb
from tests.adapters.libvirt_worlds import eventually

TICKS = os.sysconf("SC_CLK_TCK")


def start_fleet(host: LibvirtHypervisor, directory: Path, count: int) -> list[str]:
    """Start so many machines, each over its own overlay of the sample image, and return their UUIDs."""
    sample = write_sample(directory / "sample")
    images = LocalImages(directory)
    uuids = []
    for number in range(count):
        path = f"{directory}/{number}.qcow2"
        images.create(ImageSpec(path, ImageKind.OVERLAY, str(sample.image), "qcow2"))
        xml = sample.xml.read_text().replace(str(sample.image), path)
        uuids.append(host.define(xml.replace("<name>sample</name>", f"<name>sample-{number}</name>")))
        start(host, uuids[-1])
    return uuids


def start(host: LibvirtHypervisor, uuid: str) -> None:
    """Start a machine; again when another hypervisor of this host was quicker to take its VNC port."""
    for _ in range(5):
        try:
            host.power(PowerVerb.START, uuid)
        except HypervisorError as error:
            if "Address already in use" not in error.why:
                raise
        else:
            return
    pytest.fail("no VNC port in five attempts")


def processor_seconds(directory: Path) -> dict[int, float]:
    """Return the processor time of every QEMU process that works in a directory, by process id."""
    used: dict[int, float] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            fields = (process / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if command.startswith(b"/usr/bin/qemu-system") and os.fsencode(directory) in command:
            used[int(process.name)] = (int(fields[11]) + int(fields[12])) / TICKS
    return used


def booted(directory: Path, count: int) -> bool:
    """Tell whether every machine has counted its first start on its own disk."""
    fresh = LocalImages(directory).allocated_bytes([f"{directory}/{number}.qcow2" for number in range(count)])
    return all(size >= 64 * 1024 for size in fresh.values())


@pytest.mark.timeout(120)
def test_shutdown_switches_a_sample_machine_off(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    (uuid,) = start_fleet(embed_host, tmp_path, 1)
    (graphics,) = describe(embed_host.live_xml(uuid)).graphics
    assert (graphics.kind, graphics.listen) == ("vnc", "127.0.0.1")
    assert graphics.port >= 5900
    assert eventually(lambda: booted(tmp_path, 1))
    embed_host.power(PowerVerb.SHUTDOWN, uuid)

    def off() -> bool:
        summary = embed_host.read_domain(uuid)
        return summary is not None and summary.state is DomainState.OFF

    assert eventually(off)


@pytest.mark.timeout(180)
def test_twenty_sample_machines_leave_the_host_at_rest(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    uuids = start_fleet(embed_host, tmp_path, 20)
    assert eventually(lambda: booted(tmp_path, 20))
    begun, before = time.monotonic(), processor_seconds(tmp_path)
    assert len(before) == 20
    assert eventually(lambda: time.monotonic() - begun > 3)
    after = processor_seconds(tmp_path)
    spent = sum(after[pid] - before[pid] for pid in before)
    # Of one processor, for all twenty together; a guest that spins takes 100 % each.
    print("CPU", spent / (time.monotonic() - begun))
    print("CPU", spent / (time.monotonic() - begun))
    assert spent / (time.monotonic() - begun) < 0.8
    # Ending takes two seconds each: all at once, or the clearing up would take longer than the test.
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda uuid: embed_host.power(PowerVerb.DESTROY, uuid), uuids))
