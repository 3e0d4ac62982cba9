"""Lose what is not on the disk yet, as a power cut does: of the catalogue's log, and of new files."""

import os
from pathlib import Path
from typing import Any

from .world import World

__all__ = ["Power"]


class Power:
    """Remembers what a process brings to the disk, and takes the rest away.

    What is deleted counts as on the disk at once: so it is ahead of whatever was only written.

    Args:
        world: where the process works.
        late: which machines there are, and of what, is on the disk only when that is waited for, else at once.
    """

    def __init__(self, world: World, *, late: bool) -> None:
        self._machines = world.root / "machines"
        self._defined = self._machines.read_bytes() if late else None
        self._log = world.root / "data" / "catalogue.db-wal"
        self._logged = self._log.stat().st_size
        self._files = str(world.root)
        self._unwritten: set[Path] = set()
        self._unnamed: set[Path] = set()
        self._open, self._fsync = os.open, os.fsync

    def open(self, path: Any, flags: int, *rest: Any, **named: Any) -> int:
        """Open a file; a new one is not on the disk, and neither is its name."""
        descriptor = self._open(path, flags, *rest, **named)
        made = _path(descriptor)
        if flags & os.O_CREAT and flags & os.O_EXCL and str(made).startswith(self._files):
            self._unwritten.add(made)
            self._unnamed.add(made)
        return descriptor

    def fsync(self, descriptor: int) -> None:
        """Bring a file or a directory to the disk."""
        path = _path(descriptor)
        logged = self._log.stat().st_size
        self._fsync(descriptor)
        if path == self._log:
            self._logged = logged
        self._unwritten.discard(path)
        self._unnamed = {each for each in self._unnamed if each.parent != path}

    def persist(self) -> None:
        """Bring to the disk which machines there are."""
        if self._defined is not None:
            self._defined = self._machines.read_bytes()

    def cut(self) -> None:
        """Leave what is on the disk."""
        if self._defined is not None:
            self._machines.write_bytes(self._defined)
        os.truncate(self._log, self._logged)
        self._log.with_name("catalogue.db-shm").unlink(missing_ok=True)
        for path in self._unnamed:
            path.unlink(missing_ok=True)
        for path in self._unwritten - self._unnamed:
            if path.exists():
                path.chmod(0o600)
                os.truncate(path, 0)


def _path(descriptor: int) -> Path:
    return Path(f"/proc/self/fd/{descriptor}").readlink()
