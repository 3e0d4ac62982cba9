"""Make and examine real images for tests, with QEMU's own programs."""

import hashlib
import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MIB = 1024 * 1024


def qemu_img(*arguments: str | Path) -> str:
    """Run qemu-img and return what it prints."""
    done = subprocess.run(["qemu-img", *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def qemu_io(path: Path, *commands: str, image_format: str = "qcow2") -> str:
    """Run qemu-io commands on an image; a pattern that does not fit is an error."""
    given = [part for command in commands for part in ("-c", command)]
    done = subprocess.run(
        ["qemu-io", "-f", image_format, *given, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Pattern verification failed" not in done.stdout
    return done.stdout


def make_image(path: Path, size: int = 16 * MIB, image_format: str = "qcow2", pattern: int = 0xA5) -> Path:
    """Make an image with a known pattern in its second mebibyte."""
    qemu_img("create", "-q", "-f", image_format, path, str(size))
    qemu_io(path, f"write -P {pattern} 1M 1M", image_format=image_format)
    return path


def chain(path: Path) -> list[dict[str, Any]]:
    """Return what qemu-img says of an image and of all it stands on."""
    told: list[dict[str, Any]] = json.loads(qemu_img("info", "--backing-chain", "--output=json", path))
    return told


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def in_use(path: Path, image_format: str = "qcow2") -> Iterator[None]:
    """Have another program write to an image."""
    writes = ["-c", "write -P 1 0 64k", "-c", "sleep 60000"]
    argv = ["stdbuf", "-oL", "qemu-io", "-f", image_format, *writes, str(path)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            assert b"wrote" in process.stdout.readline()
            yield
        finally:
            process.kill()
