"""Write to the disks of machines as their guests do."""

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from .sight import NVRAM, Contents, Machine
from .world import SIZE

__all__ = ["Pattern", "write"]


@dataclass(frozen=True)
class Pattern:
    """What a guest writes.

    Args:
        byte: over and over.
        at, length: where, in bytes; what lies behind the end of the disk is left out.
        zeros: zeros instead, in the way that takes no room.
    """

    byte: int
    at: int
    length: int
    zeros: bool

    def over(self, content: bytes) -> bytes:
        """Return what a disk with this content reads as afterwards."""
        end = self.at + self.within(len(content))
        return content[: self.at] + bytes([0 if self.zeros else self.byte]) * (end - self.at) + content[end:]

    def within(self, size: int) -> int:
        """Return how many bytes of it are on a disk of a size."""
        return min(self.length, size - self.at)


def write(path: str, target: str, machine: Machine, pattern: Pattern, contents: Contents) -> Machine:
    """Write a pattern to one disk of a machine, and return the machine as it has to look then.

    Args:
        path, target: the disk; firmware variables are replaced as a whole.
        machine: as it is expected to be.
        pattern: what, and where.
        contents: knows what machines read.
    """
    if target == NVRAM:
        content = bytes([pattern.byte]) * 512
        Path(path).write_bytes(content)
    else:
        content = pattern.over(contents.bytes(machine.disks[target]))
        length = pattern.within(SIZE)
        how = f"-z -u {pattern.at} {length}" if pattern.zeros else f"-P {pattern.byte} {pattern.at} {length}"
        command = ["qemu-io", "-f", "qcow2", "-c", f"write {how}", path]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return replace(machine, disks={**machine.disks, target: contents.name(content)})
