"""Watch files that somebody stands on: none of them may be written, replaced or deleted."""

import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .guest_bytes import stands_on

__all__ = ["Footing", "fingerprint"]


@lru_cache(maxsize=1024)
def _digest(path: str, _inode: int, _changed_ns: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]


def fingerprint(path: str) -> str:
    """Return what changes when a file is written or another one is put in its place."""
    try:
        status = os.stat(path)  # noqa: PTH116 - thousands of times a second
    except FileNotFoundError:
        return "gone"
    return f"{status.st_ino}:{_digest(path, status.st_ino, status.st_ctime_ns)}"


@dataclass(frozen=True)
class Footing:
    """Which files others stand on at one instant.

    Args:
        dependents: the images that name each file as their backing file.
        prints: of each such file.
    """

    dependents: dict[str, frozenset[str]]
    prints: dict[str, str]

    @classmethod
    def of(cls, images: set[str]) -> "Footing":
        """Return what these images, and those below them, stand on."""
        dependents: dict[str, set[str]] = {}
        todo, done = set(images), set[str]()
        while todo:
            path = todo.pop()
            if path in done or not os.path.exists(path):  # noqa: PTH110
                continue
            done.add(path)
            below = stands_on(path)
            if below:
                dependents.setdefault(below, set()).add(path)
                todo.add(below)
        return cls(
            {path: frozenset(above) for path, above in dependents.items()},
            {path: fingerprint(path) for path in dependents},
        )

    def check(self, now: "Footing") -> None:
        """See that what was stood on, and still is by the same image, is the same as it was."""
        for path, above in self.dependents.items():
            if above & now.dependents.get(path, frozenset()):
                assert now.prints[path] == self.prints[path], f"{path} was written or replaced below {sorted(above)}"
