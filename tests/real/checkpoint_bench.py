"""What tests of checkpoints do with disks: write patterns, look for them, and hold files open."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["held_open", "reads", "tags", "write"]

PLACE = "64k 64k"


def write(disk: Path, pattern: int) -> None:
    """Write a byte over a part of a disk."""
    subprocess.run(["qemu-io", "-c", f"write -P {pattern} {PLACE}", str(disk)], check=True, capture_output=True)


def reads(disk: Path, pattern: int) -> bool:
    """Tell whether that part of a disk holds nothing but a byte."""
    line = f"read -P {pattern} {PLACE}"
    done = subprocess.run(["qemu-io", "-r", "-c", line, str(disk)], check=True, capture_output=True, text=True)
    return "verification failed" not in done.stdout


def tags(disk: Path) -> list[str]:
    """Return the names of the states in a disk, as qemu-img sees them, also while a machine runs on it."""
    info = ["qemu-img", "info", "-U", "--output=json", str(disk)]
    done = subprocess.run(info, check=True, capture_output=True, text=True)
    return [each["name"] for each in json.loads(done.stdout).get("snapshots", [])]


@contextmanager
def held_open(disk: Path) -> Iterator[None]:
    """Let another program have a disk open for writing for the length of a block."""
    with subprocess.Popen(["qemu-io", str(disk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write(b"length\n")
        other.stdin.flush()
        other.stdout.readline()  # it has it open now
        try:
            yield
        finally:
            other.stdin.close()
            other.wait(10)
