"""Play the merging of images that are only facts."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.domain.merge import Merge, Sealed

__all__ = ["MemoryMerging"]


class _Files(Protocol):
    @property
    def facts(self) -> dict[str, ImageFacts]:
        """Every existing file by path."""

    @property
    def full(self) -> bool:
        """True while nothing can be made."""

    @property
    def sealed(self) -> set[str]:
        """The files that are closed."""


class MemoryMerging:
    """Implements ``engine.ports.merging.Merging``.

    Args:
        files: the images.

    Attributes:
        slowly: called between the beginning and the end of each merge, for tests that look in the middle.
    """

    def __init__(self, files: _Files) -> None:
        self._files = files
        self.slowly: Callable[[], None] = lambda: None

    def make(self, merge: Merge, on_fraction: Callable[[float], None], stop: threading.Event) -> Sealed:
        """Make the facts of an image that stands on another."""
        on_fraction(0.5)
        self.slowly()
        if stop.is_set():
            raise BadArgument("the work was stopped", why="somebody asked for it", remedy="Nothing was changed.")
        if self._files.full or merge.made in self._files.facts:
            why = "No space left on device" if self._files.full else "File exists"
            raise AccessError("cannot merge the images", subject=merge.made, why=why)
        facts = replace(self._files.facts[merge.top], path=merge.made, backing=merge.below or None, stamp="merged")
        self._files.facts[merge.made] = facts
        self._files.sealed.add(merge.made)
        on_fraction(1.0)
        return Sealed(facts.stamp, "0" * 64, facts.actual_size)

    def put(self, made: str, path: str) -> None:
        """Let an image take the place of another one."""
        if made in self._files.facts:
            self._files.facts[path] = replace(self._files.facts.pop(made), path=path)
            self._files.sealed.discard(made)
            self._files.sealed.add(path)
