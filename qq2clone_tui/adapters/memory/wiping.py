"""Play the wiping of volumes in memory."""

from collections.abc import Sequence

__all__ = ["MemoryWiping"]


class MemoryWiping:
    """Wiping that is only noted. Implements ``engine.ports.facets.Wiping``.

    Attributes:
        there: whether it can be done.
        wiped: path and algorithm of every file that was wiped, in order.
    """

    def __init__(self) -> None:
        self.there = True
        self.wiped: list[tuple[str, str]] = []

    def possible(self) -> bool:
        """Tell whether it can be done."""
        return self.there

    def check(self, path: str, bases: Sequence[str]) -> None:
        """Let everything be wiped."""

    def wipe(self, path: str, algorithm: str) -> None:
        """Note that a file was wiped."""
        self.wiped.append((path, algorithm))
