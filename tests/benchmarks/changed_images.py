"""Make images that hold a known amount of changes, with QEMU's own tools."""

import shutil
import subprocess
from pathlib import Path

__all__ = ["GIB", "change", "enlarge", "overlay_of"]

GIB = 1024**3
_STRIDE = 256 * 1024**2
"""Bytes that qemu-io is told to write at a time; it holds as many in memory."""
_PATTERN = 0x5A


def enlarge(image: Path, size: int) -> None:
    """Grow the virtual size of a qcow2 image to ``size`` bytes."""
    _run("qemu-img", "resize", "-q", "-f", "qcow2", str(image), str(size))


def change(image: str, size: int) -> None:
    """Write over the first ``size`` bytes of what a guest sees, and wait until they are on the disk."""
    writes: list[str] = []
    for offset in range(0, size, _STRIDE):
        writes += ["-c", f"write -q -P {_PATTERN} {offset} {min(_STRIDE, size - offset)}"]
    _run("qemu-io", "-f", "qcow2", *writes, "-c", "flush", image)


def overlay_of(base: Path, directory: Path, name: str) -> tuple[Path, Path]:
    """Return a copy of a base and an empty overlay over the copy, both in ``directory``."""
    copy, overlay = directory / f"{name}-base.qcow2", directory / f"{name}.qcow2"
    for path in (copy, overlay):
        path.unlink(missing_ok=True)
    shutil.copyfile(base, copy)
    _run("qemu-img", "create", "-q", "-f", "qcow2", "-b", str(copy), "-F", "qcow2", str(overlay))
    return copy, overlay


def _run(*words: str) -> None:
    subprocess.run(words, check=True, timeout=120, stdin=subprocess.DEVNULL)
