"""Walk over the tiles of a wall."""

from collections.abc import Callable, Collection, Sequence
from math import prod

__all__ = ["Stroll"]


class Stroll:
    """A cursor on one of many machines, which are divided into pages of rows.

    Args:
        uuids: the machines in order.
        uuid: the one to begin at; another is the same as the first.
        extent: gives columns and rows of a page as they are now.
    """

    def __init__(self, uuids: Sequence[str], uuid: str | None, extent: Callable[[], tuple[int, int]]) -> None:
        self.uuids = tuple(uuids)
        self._index = self.uuids.index(uuid) if uuid in self.uuids else 0
        self._extent = extent

    @property
    def uuid(self) -> str | None:
        """Return the machine under the cursor, None when there is none."""
        return self.uuids[self._index] if self.uuids else None

    @property
    def page(self) -> tuple[str, ...]:
        """Return the machines of the page that the cursor is on."""
        size = prod(self._extent())
        first = self._index // size * size
        return self.uuids[first : first + size]

    @property
    def pages(self) -> tuple[int, int]:
        """Return the number of the page, from 1, and how many there are."""
        size = prod(self._extent())
        return self._index // size + 1, -(-len(self.uuids) // size)

    def keep(self, present: Collection[str]) -> None:
        """Let go of machines that are gone; the cursor stays on its machine, or goes to the one after it."""
        if all(uuid in present for uuid in self.uuids):
            return
        before = sum(uuid in present for uuid in self.uuids[: self._index])
        self.uuids = tuple(uuid for uuid in self.uuids if uuid in present)
        self._index = max(0, min(before, len(self.uuids) - 1))

    def go(self, uuid: str | None) -> None:
        """Go to a machine."""
        if uuid in self.uuids:
            self._index = self.uuids.index(uuid)

    def left(self) -> None:
        """Go to the machine before."""
        self._step(-1)

    def right(self) -> None:
        """Go to the next machine."""
        self._step(1)

    def up(self) -> None:
        """Go up a row."""
        if self._index >= self._extent()[0]:
            self._step(-self._extent()[0])

    def down(self) -> None:
        """Go down a row; from the row above an unfinished last one, to its last machine."""
        across, last = self._extent()[0], len(self.uuids) - 1
        if self._index // across < last // across:
            self._step(across)

    def page_up(self) -> None:
        """Go to the page before."""
        self._step(-prod(self._extent()))

    def page_down(self) -> None:
        """Go to the next page."""
        self._step(prod(self._extent()))

    def top(self) -> None:
        """Go to the first machine."""
        self._index = 0

    def bottom(self) -> None:
        """Go to the last machine."""
        self._step(len(self.uuids))

    def _step(self, step: int) -> None:
        self._index = max(0, min(self._index + step, len(self.uuids) - 1))
