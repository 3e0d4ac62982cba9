"""Add a cursor to a sheet, moved with the keys of the command table."""

import time

from textual import events
from textual.binding import Binding
from textual.message import Message

from ..commands import Scope, in_scope
from .sheet import Sheet

__all__ = ["LineList"]

_MOST_REPEATS = 99_999


class LineList(Sheet, can_focus=True):
    """A list with one line under the cursor; digits typed before a key repeat it.

    Subclasses keep the cursor themselves, for it may go by something better than a row number:
    they override ``cursor`` and ``move_to``.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(entry.keys), f"move('{entry.verb}')", entry.title, id=entry.id, show=False)
        for entry in in_scope(Scope.LIST)
    ]

    heading_height = 0
    """Rows at the top that do not scroll."""

    class Counted(Message):
        """A digit was typed, or the count was used up."""

        def __init__(self, count: int) -> None:
            super().__init__()
            self.count = count

    class Chosen(Message):
        """The line under the cursor was clicked or entered."""

        def __init__(self, chooser: "LineList") -> None:
            super().__init__()
            self.chooser = chooser

    class Moved(Message):
        """The cursor is on another line, since an instant in seconds of ``time.monotonic``."""

        def __init__(self, mover: "LineList") -> None:
            super().__init__()
            self.mover = mover
            self.at = time.monotonic()

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._count = 0
        self._cursor = 0

    @property
    def cursor(self) -> int:
        """Return the index of the line under the cursor."""
        return max(0, min(self._cursor, self.line_count - 1))

    def move_to(self, index: int) -> None:
        """Put the cursor on a line."""
        self._cursor = max(0, min(index, self.line_count - 1))
        self.follow()
        self.post_message(self.Moved(self))

    def take_count(self) -> int:
        """Return the number typed before a key, 0 when there is none, and forget it."""
        count, self._count = self._count, 0
        if count:
            self.post_message(self.Counted(0))
        return count

    @property
    def page(self) -> int:
        """Return how many lines are seen at a time."""
        return max(1, self.scrollable_content_region.height - self.heading_height)

    def follow(self) -> None:
        """Scroll so that the cursor is seen, and repaint what has changed."""
        self.repaint()
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + self.page:
            self.scroll_to(y=self.cursor - self.page + 1, animate=False)
        self.repaint()

    def action_move(self, verb: str) -> None:
        """Move the cursor as a command of the table says."""
        count = self.take_count()
        last = self.line_count - 1
        target = {
            "down": self.cursor + max(1, count),
            "up": self.cursor - max(1, count),
            "page_down": self.cursor + self.page * max(1, count),
            "page_up": self.cursor - self.page * max(1, count),
            "top": 0,
            "bottom": count - 1 if count else last,
        }[verb]
        self.move_to(target)

    def on_key(self, event: events.Key) -> None:
        """Collect digits; take Enter as choosing the line."""
        if event.character and event.character in "0123456789" and (self._count or event.character != "0"):
            self._count = min(_MOST_REPEATS, self._count * 10 + int(event.character))
            self.post_message(self.Counted(self._count))
            event.stop()
        elif event.key == "enter":
            self.post_message(self.Chosen(self))
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse points."""
        offset = event.get_content_offset(self)
        index = (offset.y if offset else -1) - self.heading_height + self.scroll_offset.y
        if offset is not None and offset.y >= self.heading_height and index < self.line_count:
            self.move_to(index)
            self.post_message(self.Chosen(self))

    def on_focus(self) -> None:
        """Show the cursor in its bright colours."""
        self.repaint()

    def on_blur(self) -> None:
        """Show the cursor in its resting colours, and forget a half-typed number."""
        self.take_count()
        self.repaint()

    @property
    def cursor_tone(self) -> str:
        """Return the tone of the line under the cursor."""
        return "cursor" if self.has_focus else "rest"
