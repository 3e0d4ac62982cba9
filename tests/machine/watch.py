"""Watch files that somebody stands on: none of them may be written, replaced or deleted."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from .guest_bytes import stands_on

__all__ = ["Footing", "fingerprint"]


def fingerprint(path: str) -> str:
    """Return what changes when a file is written or another one is put in its place."""
    file = Path(path)
    return f"{file.stat().st_ino}:{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}" if file.exists() else "gone"


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
            if path in done or not Path(path).exists():
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
