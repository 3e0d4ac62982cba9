"""Ask what is to be done about a template's next version."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from textual import events
from textual.binding import Binding
from textual.widget import Widget
from textual.widgets import Input

from ..messages import InventoryChanged
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


Standing = tuple[Sequence[Line], Sequence[StagingChoice]]


class ChoiceList(LineList):
    """What can be done; the cursor begins at the first that can be done now."""

    def __init__(self) -> None:
        super().__init__(id="choice-list")
        self.choices: tuple[StagingChoice, ...] = ()

    @property
    def chosen(self) -> StagingChoice:
        """Return the choice under the cursor."""
        return self.choices[self.cursor]

    def take(self, choices: Sequence[StagingChoice]) -> None:
        """Show these choices, from top to bottom; the cursor stays on its own.

        From asking for a shutdown it goes on to the commit once that is possible: so the next thing to do is at hand.
        """
        before = self.chosen if self.choices else None
        self.choices = tuple(choices)
        possible = [choice.step for choice in choices if not choice.why_not]
        wanted = before.step if before else possible[0]
        if wanted is StagingStep.SHUTDOWN and StagingStep.COMMIT in possible:
            wanted = StagingStep.COMMIT
        self._cursor = next((i for i, choice in enumerate(choices) if choice.step is wanted), 0)
        self.follow()

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
        look: tells how things are: lines, and what can be done now, and why the rest cannot be; no lines at all
            once the template is gone.
        subscribe: has something called, on any thread, whenever that may have changed; the result ends that.
        stays: is given a choice, and tells whether it was carried out while the dialog stays.
    """

    BINDINGS = [Binding("q,y", "leave", show=False)]  # noqa: RUF012 - as Textual declares it
    title_text = "The next version"
    hints = (("enter", "do it"), ("↑↓", "choose"), ("esc", "leave it"))

    def __init__(
        self,
        look: Callable[[], Standing],
        subscribe: Callable[[Callable[[object], None]], Callable[[], None]],
        stays: Callable[[StagingStep], bool],
    ) -> None:
        super().__init__()
        self._look = look
        self._subscribe = subscribe
        self._stays = stays
        self._unsubscribe: Callable[[], None] = lambda: None
        self._list = ChoiceList()
        self._text = Sheet(id="dialog-text")
        self._remark = Sheet(id="dialog-remark")

    def body(self) -> Sequence[Widget]:
        """Return how things are, and what can be done."""
        return [self._text, self._list, self._remark]

    def on_mount(self) -> None:
        """Let the list have the keys, and follow what happens to the staging machine."""
        super().on_mount()
        self._list.focus()
        self.follow()

        def changed(_: object) -> None:
            self.post_message(InventoryChanged())

        self._unsubscribe = self._subscribe(changed)

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._unsubscribe()

    def on_inventory_changed(self, event: InventoryChanged) -> None:
        """Show how things are now."""
        event.stop()
        self.follow()

    def follow(self) -> None:
        """Show how things are now; there is nothing to choose once the template is gone."""
        lines, choices = self._look()
        if not choices:
            self.dismiss(None)
            return
        self._text.styles.height = len(lines)
        self._text.show(lines)
        self._list.take(choices)
        self._fit()
        self._tell()

    def on_resize(self) -> None:
        """Keep the list within the screen."""
        self._fit()

    def _fit(self) -> None:
        room = self.app.size.height * 94 // 100 - _FRAME - self._text.line_count
        self._list.styles.height = max(1, min(self._list.line_count, room))

    def on_line_list_moved(self) -> None:
        """Say what there is to say about another choice."""
        self._tell()

    def on_line_list_chosen(self) -> None:
        """Answer with the choice under the cursor."""
        self._choose(self._list.chosen)

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
        elif self._stays(choice.step):
            self.follow()
        else:
            self.dismiss(choice.step)

    def _tell(self) -> None:
        choice = self._list.chosen
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
