"""A staging machine that went off without its guest's doing is told apart from one that was shut down."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from qq2clone_tui.domain.states import CutShort, DomainState, PowerVerb

from .disk_lab import DiskLab

# mov dx,0x604; mov ax,0x2000; out dx,ax; hlt: the power button of QEMU's "pc", pressed from inside.
_POWERS_ITSELF_OFF = bytes.fromhex("ba0406b80020eff4").ljust(510, b"\0") + b"\x55\xaa"


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def off(lab: DiskLab, name: str) -> bool:
    """Tell whether a machine is off."""
    return lab.domain(name).state is DomainState.OFF


def boot_into(lab: DiskLab, name: str, sector: bytes) -> None:
    """Write a boot sector into the disk of a machine."""
    file = lab.home / "sector"
    file.write_bytes(sector)
    write = f"write -q -s {file} 0 512"
    subprocess.run(["qemu-io", "-f", "qcow2", "-c", write, str(lab.disk(name))], check=True, timeout=60)


def warnings(lab: DiskLab) -> list[str]:
    """Return what is to be read before the staging machine is committed."""
    return list(lab.type("modify-template web commit-image --dry-run --json").json["warnings"])


def known(lab: DiskLab, name: str) -> CutShort:
    """Return how a machine came to be off, by the list and by the look at it alone, which agree."""
    listed = lab.domain(name)
    assert lab.host.read_domain(listed.uuid) == listed
    return listed.cut_short


def test_forced_off_it_is_warned_of_and_shut_down_inside_it_is_not(lab: DiskLab) -> None:
    lab.simple()
    staging = lab.prepare("web")
    assert (known(lab, staging), warnings(lab)) == (CutShort.NOT, [])
    lab.power(PowerVerb.START, staging)
    assert known(lab, staging) is CutShort.NOT
    lab.type("modify-template web destroy-image")
    assert known(lab, staging) is CutShort.FORCED
    (warning,) = warnings(lab)
    assert "was forced off, not shut down" in warning

    boot_into(lab, staging, _POWERS_ITSELF_OFF)
    lab.power(PowerVerb.START, staging)
    until(lambda: off(lab, staging), "the guest did not power itself off")
    assert (known(lab, staging), warnings(lab)) == (CutShort.NOT, [])


def test_killed_behind_everybodys_back_it_is_warned_of_when_it_becomes_a_version(
    lab: DiskLab, embed_root: Path
) -> None:
    lab.simple()
    staging = lab.prepare("web")
    lab.power(PowerVerb.START, staging)
    process = int((embed_root / "run" / "qemu" / f"{staging}.pid").read_text())
    os.kill(process, signal.SIGKILL)
    until(lambda: off(lab, staging), "it did not go off")
    assert known(lab, staging) is CutShort.CRASHED
    done = lab.type("modify-template web commit-image")
    assert "Warning: the staging machine crashed or was killed, not shut down" in done.err
    assert "web@v2 is made" in done.err


def test_saved_it_is_warned_of_once_its_memory_is_thrown_away(lab: DiskLab) -> None:
    lab.simple()
    staging = lab.prepare("web")
    for file in (False, True):
        lab.power(PowerVerb.START, staging)
        if file:
            lab.type("save staging -t web")
        else:
            lab.power(PowerVerb.SAVE, staging)
        assert known(lab, staging) is (CutShort.FORGOTTEN if off(lab, staging) else CutShort.NOT)
        lab.type("modify-template web commit-image", code=12)
        lab.type("save-rm staging -t web")
        (warning,) = warnings(lab)
        assert "was saved and its memory thrown away" in warning
