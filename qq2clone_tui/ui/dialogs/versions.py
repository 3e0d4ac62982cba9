"""Ask which version of its template machines shall stand on."""

from collections.abc import Sequence

from textual import events
from textual.widget import Widget

from ..presenters.text import Line
from ..presenters.versions import VersionChoice, choice_line, remark_lines
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .dialog import Dialog

__all__ = ["VersionDialog"]

_MOST_SHOWN = 12
_FRAME = 11


class VersionList(LineList):
    """The versions that can be chosen, the newest on top.

    Args:
        choices: from top to bottom; at least one.
    """

    def __init__(self, choices: Sequence[VersionChoice]) -> None:
        super().__init__(id="version-list")
        self.choices = tuple(choices)

    @property
    def line_count(self) -> int:
        """Return the number of versions."""
        return len(self.choices)

    def line_at(self, index: int) -> Line:
        """Return one version."""
        tone = self.cursor_tone if index == self.cursor else ""
        return choice_line(self.choices[index], self.scrollable_content_region.width, tone)


class VersionDialog(Dialog[VersionChoice]):
    """The versions of a template, newest first; the answer is the one chosen.

    Args:
        title: the question, in words of our own.
        choices: what there is to choose from.
    """

    hints = (("enter", "this one"), ("↑↓", "choose"), ("esc", "leave it"))

    def __init__(self, title: str, choices: Sequence[VersionChoice]) -> None:
        super().__init__()
        self.title_text = title
        self._list = VersionList(choices)
        self._remark = Sheet(id="dialog-remark")

    def body(self) -> Sequence[Widget]:
        """Return the list and what there is to say about the version under the cursor."""
        return [self._list, self._remark]

    def on_mount(self) -> None:
        """Let the list have the keys."""
        super().on_mount()
        self._list.focus()
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the list within the screen."""
        room = max(1, event.size.height * 94 // 100 - _FRAME)
        self._list.styles.height = min(self._list.line_count, _MOST_SHOWN, room)
        self._tell()

    def on_line_list_moved(self) -> None:
        """Say what there is to say about another version."""
        self._tell()

    def on_line_list_chosen(self) -> None:
        """Answer with the version under the cursor."""
        self.dismiss(self._list.choices[self._list.cursor])

    def _tell(self) -> None:
        lines = remark_lines(self._list.choices[self._list.cursor])
        self._remark.styles.height = len(lines)
        self._remark.show(lines)
