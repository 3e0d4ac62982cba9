"""Ask what is to be done about a template's next version."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from ..presenters.staging import StagingChoice, StagingStep, choice_line
from ..presenters.text import Cell, Line, line
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .choices import FieldDialog
from .dialog import Dialog

__all__ = ["NoteDialog", "NoteWish", "StagingDialog"]

MOST_NOTE = 200
"""Characters a note may have."""
_FRAME = 9
"""Rows of the dialog that are neither the list nor the lines above it."""


class ChoiceList(LineList):
    """What can be done; the cursor begins at the first that can be done now.

    Args:
        choices: from top to bottom.
    """

    def __init__(self, choices: Sequence[StagingChoice]) -> None:
        super().__init__(id="choice-list")
        self.choices = tuple(choices)
        self._cursor = next((i for i, choice in enumerate(self.choices) if not choice.why_not), 0)

    @property
    def line_count(self) -> int:
        """Return the number of choices."""
        return len(self.choices)

    def line_at(self, index: int) -> Line:
        """Return one choice."""
        tone = self.cursor_tone if index == self.cursor else ""
        return choice_line(self.choices[index], self.scrollable_content_region.width, tone)


class StagingDialog(Dialog[StagingStep]):
    """The things that can be done, each under a letter; the answer is the one chosen.

    Args:
        standing: lines about how things are.
        choices: what can be done, and why some of it cannot be done now.
    """

    BINDINGS = [Binding("q,y", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    title_text = "The next version"
    hints = (("enter", "do it"), ("↑↓", "choose"), ("esc", "leave it"))

    def __init__(self, standing: Sequence[Line], choices: Sequence[StagingChoice]) -> None:
        super().__init__()
        self._standing = standing
        self._list = ChoiceList(choices)
        self._remark = Sheet(id="dialog-remark")

    def body(self) -> Sequence[Widget]:
        """Return how things are, and what can be done."""
        return [Sheet(id="dialog-text"), self._list, self._remark]

    def on_mount(self) -> None:
        """Let the list have the keys."""
        super().on_mount()
        text = self.query_one("#dialog-text", Sheet)
        text.styles.height = len(self._standing)
        text.show(self._standing)
        self._list.focus()
        self._tell()

    def on_resize(self, event: events.Resize) -> None:
        """Keep the list within the screen."""
        room = event.size.height * 94 // 100 - _FRAME - len(self._standing)
        self._list.styles.height = max(1, min(self._list.line_count, room))

    def on_line_list_moved(self) -> None:
        """Say what there is to say about another choice."""
        self._tell()

    def on_line_list_chosen(self) -> None:
        """Answer with the choice under the cursor."""
        self._choose(self._list.choices[self._list.cursor])

    def on_key(self, event: events.Key) -> None:
        """Take the letter of a choice for that choice."""
        for index, choice in enumerate(self._list.choices):
            if event.key == choice.key:
                event.stop()
                self._list.move_to(index)
                self._choose(choice)

    def _choose(self, choice: StagingChoice) -> None:
        if choice.why_not:
            self._tell()
        else:
            self.dismiss(choice.step)

    def _tell(self) -> None:
        choice = self._list.choices[self._list.cursor]
        said = Cell(f" {choice.why_not}", "warn") if choice.why_not else Cell(f" {choice.more}", "dim")
        self._remark.show([line(said)])


@dataclass(frozen=True, slots=True)
class NoteWish:
    """What is written of a version; may be empty."""

    text: str


class NoteDialog(FieldDialog[NoteWish]):
    """What is this version?

    Args:
        title: the question, in words of our own.
        note: what stands there at first.
        remarks: lines on what comes of it.
    """

    labels = ("note",)
    hints = (("enter", "go on"), ("esc", "leave it"))

    def __init__(self, title: str, note: str, remarks: Sequence[Line]) -> None:
        super().__init__()
        self.title_text = title
        self._note = note
        self._remarks = remarks

    def fields(self) -> Sequence[Widget]:
        """Return the field."""
        hint = "what is new in it; may be empty"
        return [
            Input(
                self._note,
                placeholder=hint,
                max_length=MOST_NOTE,
                select_on_focus=False,
                compact=True,
                id="note",
                classes="field-input",
            )
        ]

    def on_mount(self) -> None:
        """Say what comes of it."""
        super().on_mount()
        remark = self.query_one("#dialog-remark", Sheet)
        remark.styles.height = len(self._remarks)
        remark.show(self._remarks)

    def wish(self) -> NoteWish:
        """Return the note."""
        return NoteWish(self.query_one(Input).value.strip())
