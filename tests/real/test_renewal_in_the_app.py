"""Real machines get other disks by keys: reset, moved onto a version, detached, promoted; and who stands on what."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.screens.uses import UsesScreen

from .disk_lab import KIB, image, read_back, write_pattern
from .test_next_version_in_the_app import Patient, seated

FAR = 512 * KIB
"""Where the sample's image holds nothing of its own."""

_STRANGER = """<domain type='qemu'><name>stranger</name><memory unit='MiB'>32</memory>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{path}'/>
<target dev='vda' bus='virtio'/></disk></devices></domain>"""


async def becomes(user: Patient, condition: Callable[[], object]) -> None:
    """Wait longer for a condition: real machines take their time."""
    for _ in range(800):
        if condition():
            return
        await user.pilot.pause(0.05)
    raise AssertionError(user.text())


async def clones(user: Patient, count: int) -> None:
    """Make clones of the template tiny by keys, and go to the table."""
    await user.comes("tiny")
    await user.press("shift+tab", "j", *str(count), "c")
    await user.sees("of tiny")
    await user.press("enter")
    await user.comes(f"clone {count} of tiny ── {count} ✓")
    await user.press("tab")
    await becomes(user, lambda: len(user.names()) == count)


def disk(user: Patient, name: str) -> Path:
    """Return the one disk of a clone."""
    (path,) = user.machine(name).files
    return Path(path)


def backing(path: Path) -> str:
    """Return the file an image stands on, empty for none."""
    told = subprocess.run(["qemu-img", "info", "--output=json", path], check=True, capture_output=True, text=True)
    return str(json.loads(told.stdout).get("full-backing-filename", ""))


def next_version(user: Patient, pattern: int) -> None:
    """Make the next version of tiny, with a pattern in it, behind the screen."""
    staging = user.app.session.staging
    prepared = staging.prepare("tiny", start=False)
    user.app.session.inventory.refresh()
    write_pattern(Path(user.app.session.inventory.current.machines[prepared.uuid].files[0]), pattern, FAR)
    staging.commit("tiny", "with a pattern")
    user.app.session.inventory.refresh()


@pytest.mark.timeout(240)
async def test_clones_are_reset_upgraded_detached_and_promoted_by_keys(
    embed_host: LibvirtHypervisor, tmp_path: Path
) -> None:
    async with seated(embed_host, tmp_path) as user:
        await clones(user, 3)
        for number in (1, 2, 3):
            write_pattern(disk(user, f"tiny-{number}"), 0x30 + number, FAR)
        next_version(user, 0x77)
        old = {name: disk(user, name) for name in user.names()}
        who = {name: embed_host.inactive_xml(user.machine(name).uuid).split("<mac ")[1][:30] for name in user.names()}

        await user.press("g", "B")
        await user.comes("Throw away what 1 machine wrote?")
        await user.press("y")
        await user.comes("reset 1 ── 1 ✓")
        await becomes(user, lambda: disk(user, "tiny-1") != old["tiny-1"])
        assert read_back(disk(user, "tiny-1"), FAR) == 0
        assert not old["tiny-1"].exists()

        await user.press("j", "U")
        await user.sees("with a pattern")
        await user.press("enter")
        await user.comes("Move 1 machine onto v2?")
        await user.press("y")
        await user.comes("upgrade 1 ── 1 ✓")
        await becomes(user, lambda: user.machine("tiny-2").version == 2)
        assert read_back(disk(user, "tiny-2"), FAR) == 0x77
        assert read_back(disk(user, "tiny-3"), FAR) == 0x33

        await user.press("j", "F")
        await user.comes("Give 1 machine full images?")
        await user.press("y")
        await user.comes("detach 1 ── 1 ✓")
        await becomes(user, lambda: user.machine("tiny-3").detached)
        assert (backing(disk(user, "tiny-3")), read_back(disk(user, "tiny-3"), FAR)) == ("", 0x33)
        now = {name: embed_host.inactive_xml(user.machine(name).uuid).split("<mac ")[1][:30] for name in user.names()}
        assert now == who

        await user.press("P")
        await user.sees("A template made of this machine")
        await user.type("mine")
        await user.press("enter")
        await user.comes("Become v1 of mine")
        await user.press("y")
        await user.comes("mine is a template now")
        await becomes(user, lambda: "tiny-3" not in user.names())
        (version,) = user.app.session.templates()[0].versions
        assert read_back(Path(version.disks[0].image), FAR) == 0x33


@pytest.mark.timeout(240)
async def test_a_saved_machine_is_reset_once_its_memory_may_go(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    async with seated(embed_host, tmp_path) as user:
        await clones(user, 1)
        await user.press("s")
        await user.is_in(DomainState.RUNNING)
        await user.press("z")
        await user.is_in(DomainState.SAVED)
        before = disk(user, "tiny-1")
        await user.press("B")
        await user.comes("Nothing to do as things stand")
        await user.press("s")
        await user.comes("Throw away what 1 machine wrote?")
        await user.press("y")
        await user.is_in(DomainState.OFF)
        await becomes(user, lambda: disk(user, "tiny-1") != before)
        assert not before.exists()


@pytest.mark.timeout(240)
async def test_strangers_on_an_image_are_seen_by_keys(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    async with seated(embed_host, tmp_path) as user:
        await clones(user, 2)
        base = Path(user.app.session.templates()[0].disks[0].image)
        over = image(tmp_path / "elsewhere" / "theirs.qcow2", 0x55, base=base)
        image(tmp_path / "images" / "stray.qcow2", 0x56, base=base)
        embed_host.define(_STRANGER.format(path=over))
        await user.press("shift+tab", "w")
        await user.comes("stranger  foreign · off · theirs.qcow2")
        await user.sees("stray.qcow2  foreign, used by nobody known")
        screen = user.app.screen
        assert isinstance(screen, UsesScreen)
        assert screen.uses is not None
        assert screen.uses.freed[str(over)] == 0
        assert screen.uses.freed[str(disk(user, "tiny-1"))] == disk(user, "tiny-1").stat().st_blocks * 512
