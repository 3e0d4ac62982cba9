"""Make directories for embedded hypervisors, quickly, and take them away with all that runs there."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from qq2clone_tui.adapters.libvirt import embed

PROBES = Path("cache") / "qemu" / "capabilities"

_CLEAR = """
import sys
from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.domain.states import PowerVerb
host = open_hypervisor(sys.argv[1], log_file=None)
for summary in host.list_domains():
    if summary.state.active:
        host.power(PowerVerb.DESTROY, summary.uuid)
    if summary.persistent:
        host.undefine(summary.uuid)
"""


def uri_of(root: Path) -> str:
    """Return the URI of the embedded hypervisor in ``root``."""
    return f"qemu:///embed?root={root}"


def make_root(probes: Path) -> Path:
    """Make a root with a short path, and spare it the probing of QEMU where that was done before.

    Args:
        probes: directory with the capability files of an earlier root; libvirt checks their age.
    """
    root = Path(tempfile.mkdtemp(prefix="qq", dir="/tmp"))  # socket paths end at 107 characters
    embed.prepare(root, create=True)
    if any(probes.iterdir()):
        shutil.copytree(probes, root / PROBES)
    return root


def keep_probes(root: Path, probes: Path) -> None:
    """Copy the capability files that ``root`` has made, for the next one."""
    for file in (root / PROBES).glob("*.xml"):
        if not (probes / file.name).exists():
            scratch = probes / f"{file.name}.{os.getpid()}.new"
            shutil.copyfile(file, scratch)
            scratch.rename(probes / file.name)


def clear(root: Path) -> None:
    """End and forget every machine of a root that no living process holds."""
    subprocess.run([sys.executable, "-c", _CLEAR, uri_of(root)], timeout=120, check=True)


def remove_root(root: Path, clear: Callable[[Path], None] = clear) -> None:
    """Clear a root, end whatever would not go, and delete the directory."""
    try:
        clear(root)
    finally:
        for file in (root / "run" / "qemu").glob("*.pid"):
            if file.name != "driver.pid":
                with suppress(OSError, ValueError):
                    os.kill(int(file.read_text()), signal.SIGKILL)
        shutil.rmtree(root, ignore_errors=True)
