"""Ask what template a machine becomes, and whether the machine stays."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from textwrap import wrap

from textual.widget import Widget
from textual.widgets import Input

from ..presenters.text import Cell, line, visible
from ..widgets.sheet import Sheet
from .choices import FieldDialog, Switch
from .name import fault_of

__all__ = ["PromoteDialog", "PromoteWish"]

_WIDTH = 70


@dataclass(frozen=True, slots=True)
class PromoteWish:
    """What the new template is called, and whether the machine goes on as a clone of it."""

    name: str
    keep: bool


class PromoteDialog(FieldDialog[PromoteWish]):
    """What template does this machine become?

    Args:
        name: what stands there at first.
        taken: names that templates have.
        remark: one sentence on what comes of it.
    """

    labels = ("name", "keep it")
    title_text = "A template made of this machine"

    def __init__(self, name: str, taken: Collection[str], remark: str) -> None:
        super().__init__()
        self._name = name
        self._taken = taken
        self._remark = remark

    def fields(self) -> Sequence[Widget]:
        """Return name and switch."""
        return [Input(self._name, compact=True, id="name", classes="field-input"), Switch(id="keep")]

    def on_mount(self) -> None:
        """Say what comes of it."""
        super().on_mount()
        self._judge()

    def on_input_changed(self) -> None:
        """Say at once what is wrong with the name."""
        self._judge()

    def wish(self) -> PromoteWish | str:
        """Return name and choice, or what is wrong with the name."""
        name = self.query_one(Input).value.strip()
        why = fault_of(name, self._taken)
        return why or PromoteWish(name, self.query_one(Switch).value)

    def _judge(self) -> None:
        wish = self.wish()
        text, tone = (wish, "bad") if isinstance(wish, str) else (self._remark, "dim")
        rows = [line(Cell(f" {row}", tone)) for row in wrap(visible(text), _WIDTH)]
        remark = self.query_one("#dialog-remark", Sheet)
        remark.styles.height = len(rows)
        remark.show(rows)
