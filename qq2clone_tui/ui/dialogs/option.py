"""Ask for the value of a setting."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Input

from qq2clone_tui.domain.option_state import OptionState

from ..presenters.text import Cell, line, visible
from ..widgets.sheet import Sheet
from .choices import FieldDialog

__all__ = ["OptionDialog", "OptionWish"]


@dataclass(frozen=True, slots=True)
class OptionWish:
    """What a setting is to be; None for its default."""

    text: str | None


class OptionDialog(FieldDialog[OptionWish]):
    """What is this setting to be?

    Args:
        option: as it stands now.
    """

    labels = ("value",)
    hints = (("enter", "store"), ("empty", "its default"), ("esc", "leave it"))

    def __init__(self, option: OptionState) -> None:
        super().__init__()
        self.title_text = option.name
        self._option = option

    def fields(self) -> Sequence[Widget]:
        """Return the field."""
        return [
            Input(self._option.value, placeholder=self._option.kind, compact=True, id="value", classes="field-input")
        ]

    def on_mount(self) -> None:
        """Say what it does and what it may be."""
        super().on_mount()
        text = visible(f" {self._option.kind}; default: {self._option.default or 'none'}")
        self.query_one("#dialog-remark", Sheet).show([line(Cell(text, "dim"))])

    def wish(self) -> OptionWish:
        """Return the value."""
        return OptionWish(self.query_one(Input).value.strip() or None)
