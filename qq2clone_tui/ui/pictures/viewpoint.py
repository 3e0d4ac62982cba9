"""Move about in a picture that is larger than the room for it."""

from collections.abc import Callable
from dataclasses import replace

from .lens import Lens, Print

__all__ = ["Viewpoint"]

_STEPS_ACROSS = 8
_STEPS_DOWN = 4


class Viewpoint:
    """Which part of a picture is seen, and how large.

    Args:
        seen: gives what is seen now.
    """

    def __init__(self, seen: Callable[[], Print]) -> None:
        self._seen = seen
        self._zoom = 0
        self._middle: tuple[float, float] | None = None

    def aim(self, lens: Lens) -> Lens:
        """Return a lens that shows this part at this size."""
        return replace(lens, zoom=self._zoom, middle=self._middle)

    def whole(self) -> None:
        """See all of it."""
        self._zoom, self._middle = 0, None

    def closer(self) -> None:
        """See it larger, about the middle of what is seen."""
        seen = self._seen()
        if seen.letters or not seen.largest:
            if self._zoom:
                self._stay(seen)
            self._zoom += 1

    def wider(self) -> None:
        """See it smaller."""
        self._stay(self._seen())
        self._zoom -= 1
        if self._zoom <= 0:
            self.whole()

    def up(self) -> None:
        """Move up."""
        self.move(0, -1)

    def down(self) -> None:
        """Move down."""
        self.move(0, 1)

    def move(self, across: int, down: int) -> bool:
        """Move by some steps, and tell whether there is anything to move to in that direction at all."""
        seen = self._seen()
        columns, rows = seen.whole
        if not (columns > seen.width and across) and not (rows > len(seen.rows) and down):
            return False
        self._stay(
            seen,
            across * max(1, seen.width // _STEPS_ACROSS),
            down * max(1, len(seen.rows) // _STEPS_DOWN),
        )
        return True

    def _stay(self, seen: Print, across: int = 0, down: int = 0) -> None:
        """Keep the middle of what is seen, or of what is so many cells away from it, within the picture."""
        columns, rows = seen.whole
        if columns and rows:
            left = max(0, min(seen.left + across, columns - seen.width))
            top = max(0, min(seen.top + down, rows - len(seen.rows)))
            self._middle = ((left + seen.width / 2) / columns, (top + len(seen.rows) / 2) / rows)
