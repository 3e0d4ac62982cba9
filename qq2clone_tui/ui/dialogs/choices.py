"""Ask for a few short answers in labelled fields."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from textual import events
from textual.binding import Binding
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from ..presenters.text import Cell, fit, line, visible
from ..widgets.sheet import Sheet
from .dialog import Dialog

__all__ = ["CloneDialog", "CloneWish", "FieldDialog", "ImportDialog", "ImportWish", "Switch"]

Wish = TypeVar("Wish")
_LABEL = 12


class Switch(Sheet, can_focus=True):
    """Yes or no, turned with space, told by a word."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, classes="field-input")
        self.value = False

    def on_mount(self) -> None:
        """Show the first value."""
        self._show()

    def on_key(self, event: events.Key) -> None:
        """Turn the switch."""
        if event.key in {"space", "y", "n", "left", "right"}:
            event.stop()
            self.value = {"y": True, "n": False}.get(event.key, not self.value)
            self._show()

    def on_focus(self) -> None:
        """Show that it has the keys."""
        self._show()

    def on_blur(self) -> None:
        """Show that it has not."""
        self._show()

    def _show(self) -> None:
        word = "[x] yes" if self.value else "[ ] no"
        hint = Cell("   space turns it", "dim") if self.has_focus else ""
        self.show([line(Cell(word, "key" if self.has_focus else ""), hint)])


class FieldDialog(Dialog[Wish | None]):
    """Labelled fields; Enter anywhere answers, Tab goes on."""

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("tab", "go_on(1)", show=False, priority=True),
        Binding("shift+tab", "go_on(-1)", show=False, priority=True),
    ]

    hints: Sequence[tuple[str, str]] = (("enter", "go on"), ("tab", "next field"), ("esc", "leave it"))
    labels: Sequence[str] = ()

    def body(self) -> Sequence[Widget]:
        """Return a row for each field, and room for a remark."""
        rows = [
            Horizontal(Sheet(id=f"label-{number}", classes="field-label"), field, classes="field")
            for number, field in enumerate(self.fields())
        ]
        return [*rows, Sheet(id="dialog-remark")]

    def fields(self) -> Sequence[Widget]:
        """Return the fields, one for each label."""
        raise NotImplementedError

    def wish(self) -> Wish | str:
        """Return the answer, or what is wrong with the fields."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Fill in the labels."""
        super().on_mount()
        for number, label in enumerate(self.labels):
            self.query_one(f"#label-{number}", Sheet).show([line(Cell(fit(f" {label}", _LABEL), "heading"))])
        for field in self.query(Input):
            field.cursor_blink = False
        self.query_one(Input).focus()

    async def action_go_on(self, steps: int) -> None:
        """Move to the next or previous field, once this one has taken all that was typed into it.

        Keys that come in one burst, as over a slow line, then still end up in the fields they are meant for.
        """
        if self.focused is not None:
            taken = asyncio.Event()
            self.focused.call_later(taken.set)
            await taken.wait()
        if steps > 0:
            self.focus_next()
        else:
            self.focus_previous()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take Enter in a field as the answer."""
        event.stop()
        self.answer()

    def on_key(self, event: events.Key) -> None:
        """Take Enter elsewhere as the answer too."""
        if event.key == "enter":
            event.stop()
            self.answer()

    def answer(self) -> None:
        """Close with the answer, or say what is wrong."""
        wish = self.wish()
        if isinstance(wish, str):
            self.query_one("#dialog-remark", Sheet).show([line(Cell(f" {wish}", "bad"))])
        else:
            self.dismiss(wish)


@dataclass(frozen=True, slots=True)
class CloneWish:
    """How many clones, whether to start them, and whether they begin afresh at every start."""

    count: int
    start: bool
    ephemeral: bool = False


class CloneDialog(FieldDialog[CloneWish]):
    """How many clones of a template?

    Args:
        template: its name.
        count: the number that stands there at first.
    """

    labels = ("how many", "start them", "ephemeral")
    title_text = "New clones"

    def __init__(self, template: str, count: int) -> None:
        super().__init__()
        self._template = template
        self._count = count

    def fields(self) -> Sequence[Widget]:
        """Return number and switches."""
        number = Input(str(self._count), type="integer", compact=True, max_length=6, id="count", classes="field-input")
        return [number, Switch(id="start"), Switch(id="ephemeral")]

    def on_mount(self) -> None:
        """Say of which template, and what an ephemeral clone is."""
        super().on_mount()
        text = f" of {visible(self._template)}; an ephemeral clone begins afresh at every start"
        self.query_one("#dialog-remark", Sheet).show([line(Cell(text, "dim"))])

    def wish(self) -> CloneWish | str:
        """Return number and choices."""
        text = self.query_one(Input).value.strip()
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            return "a number from 1 on"
        switches = {switch.id: switch.value for switch in self.query(Switch)}
        return CloneWish(int(text), switches["start"], switches["ephemeral"])


@dataclass(frozen=True, slots=True)
class ImportWish:
    """Where a template comes from, what it is called, and whether its images are copied."""

    source: str
    name: str | None
    copy: bool


class ImportDialog(FieldDialog[ImportWish]):
    """Which machine becomes a template?"""

    labels = ("machine", "template", "copy images")
    title_text = "Import a template"

    def fields(self) -> Sequence[Widget]:
        """Return source, name and switch."""
        where = "name of a domain, or /path/to/its.xml"
        return [
            Input(placeholder=where, compact=True, id="source", classes="field-input"),
            Input(
                placeholder="name of the template; empty: as the machine",
                compact=True,
                classes="field-input",
                id="name",
            ),
            Switch(id="copy"),
        ]

    def wish(self) -> ImportWish | str:
        """Return source, name and choice."""
        source = self.query_one("#source", Input).value.strip()
        name = self.query_one("#name", Input).value.strip()
        if not source:
            return "which machine? Its domain's name, or the absolute path of its XML"
        return ImportWish(source, name or None, self.query_one(Switch).value)
