"""Ask for the name of a template."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Input

from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.names import check_template_name

from ..presenters.text import Cell, line, visible
from ..widgets.sheet import Sheet
from .choices import FieldDialog

__all__ = ["NameDialog", "NameWish", "fault_of"]


def fault_of(name: str, taken: Collection[str]) -> str:
    """Return why a template cannot have this name, empty when it can.

    Args:
        name: as it was typed.
        taken: names that other templates have.
    """
    try:
        check_template_name(name)
    except TemplateError as error:
        return visible(error.why)
    return f"there is a template {name} already" if name in taken else ""


@dataclass(frozen=True, slots=True)
class NameWish:
    """A name that a template may have."""

    name: str


class NameDialog(FieldDialog[NameWish]):
    """What is the template to be called?

    Args:
        title: the question, in words of our own.
        name: what stands there at first.
        taken: names that other templates have.
        remark: one sentence on what comes of it.
    """

    labels = ("name",)

    def __init__(self, title: str, name: str, taken: Collection[str], remark: str) -> None:
        super().__init__()
        self.title_text = title
        self._name = name
        self._taken = taken
        self._remark = remark

    def fields(self) -> Sequence[Widget]:
        """Return the field."""
        return [Input(self._name, compact=True, id="name", classes="field-input")]

    def on_mount(self) -> None:
        """Say what comes of it."""
        super().on_mount()
        self._say(f" {self._remark}", "dim")

    def on_input_changed(self) -> None:
        """Say at once what is wrong with the name."""
        wish = self.wish()
        self._say(
            f" {wish}" if isinstance(wish, str) else f" {self._remark}", "bad" if isinstance(wish, str) else "dim"
        )

    def wish(self) -> NameWish | str:
        """Return the name, or what is wrong with it."""
        name = self.query_one(Input).value.strip()
        return fault_of(name, self._taken) or NameWish(name)

    def _say(self, text: str, tone: str) -> None:
        self.query_one("#dialog-remark", Sheet).show([line(Cell(text, tone))])
