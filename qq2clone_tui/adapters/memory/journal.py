"""Play the journal of unfinished files in memory."""

from collections.abc import Sequence

__all__ = ["MemoryJournal"]


class MemoryJournal:
    """A journal that lasts as long as the process. Implements ``ports.FileJournal``."""

    def __init__(self) -> None:
        self._paths: frozenset[str] = frozenset()

    def note(self, paths: Sequence[str]) -> None:
        """Record unfinished files."""
        self._paths |= frozenset(paths)

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files."""
        self._paths -= frozenset(paths)

    def ours(self) -> list[str]:
        """Return the files noted."""
        return sorted(self._paths)

    def take_over(self) -> list[str]:
        """Return nothing: what is in memory goes with its process."""
        return []
