"""Ask for the name of a checkpoint, and what to remember of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Input

from qq2clone_tui.domain.checkpoint import LONGEST_NOTE, fault_of

from ..presenters.text import Cell, counted, line
from ..widgets.sheet import Sheet
from .choices import FieldDialog

__all__ = ["CheckpointDialog", "CheckpointWish"]


@dataclass(frozen=True, slots=True)
class CheckpointWish:
    """A name that a checkpoint can have, and a note."""

    name: str
    note: str


class CheckpointDialog(FieldDialog[CheckpointWish]):
    """What is the checkpoint to be called?

    Args:
        machines: how many are to be kept.
        active: how many of them run, so that their memory is kept too.
        name: what stands there at first.
        taken: names that all of the machines have already.
    """

    labels = ("name", "note")

    def __init__(self, machines: int, active: int, name: str, taken: Collection[str]) -> None:
        super().__init__()
        self.title_text = f"Make a checkpoint of {counted(machines, 'machine')}"
        held = f"{active} with memory: they stand still meanwhile." if active else "Off: the disks are kept."
        self._remark = held if machines > 1 or not active else "Its memory is kept too; it stands still meanwhile."
        self._name = name
        self._taken = taken

    def fields(self) -> Sequence[Widget]:
        """Return the fields."""
        note = Input(
            placeholder="what to remember of it", max_length=LONGEST_NOTE, compact=True, id="note",
            classes="field-input",
        )  # fmt: skip
        return [Input(self._name, compact=True, id="name", classes="field-input"), note]

    def on_mount(self) -> None:
        """Say what is kept."""
        super().on_mount()
        self._explain()

    def on_input_changed(self) -> None:
        """Say at once what is wrong with the name."""
        self._explain()

    def wish(self) -> CheckpointWish | str:
        """Return the answer, or what is wrong with the name."""
        name = self.query_one("#name", Input).value.strip()
        fault = fault_of(name)
        if not fault and name in self._taken:
            fault = f"there is a checkpoint {name} already"
        return fault or CheckpointWish(name, self.query_one("#note", Input).value.strip())

    def _explain(self) -> None:
        wish = self.wish()
        bad = isinstance(wish, str)
        text = f" {wish}" if bad else f" {self._remark}"
        self.query_one("#dialog-remark", Sheet).show([line(Cell(text, "bad" if bad else "dim"))])
