"""Ask for a tag to give to machines, or to take away from them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from textual.widget import Widget
from textual.widgets import Input

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.tags import check_tag

from ..presenters.text import Cell, counted, line, visible
from ..widgets.sheet import Sheet
from .choices import FieldDialog

__all__ = ["TagDialog", "TagWish"]


@dataclass(frozen=True, slots=True)
class TagWish:
    """A word, and whether it is given or taken away."""

    word: str
    give: bool


class TagDialog(FieldDialog[TagWish]):
    """Which tag is given? A ``-`` in front takes it away.

    Args:
        count: how many machines it is about.
        carried: tags that some of them have.
    """

    labels = ("tag",)

    def __init__(self, count: int, carried: Collection[str]) -> None:
        super().__init__()
        self.title_text = f"Tag {counted(count, 'machine')}"
        self._carried = carried

    def fields(self) -> Sequence[Widget]:
        """Return the field."""
        return [Input(placeholder="web; -web takes it away", compact=True, id="tag", classes="field-input")]

    def on_mount(self) -> None:
        """Say which tags there are."""
        super().on_mount()
        self._explain()

    def on_input_changed(self) -> None:
        """Say at once what is wrong with the word."""
        self._explain()

    def wish(self) -> TagWish | str:
        """Return what is asked for, or what is wrong with it."""
        text = self.query_one(Input).value.strip()
        word = text.removeprefix("-").removeprefix("@")
        if text.startswith("-"):
            return TagWish(word, give=False) if word in self._carried else "none of them has this tag"
        try:
            check_tag(word)
        except BadArgument as error:
            return visible(error.why)
        return TagWish(word, give=True)

    def _explain(self) -> None:
        wish, typed = self.wish(), self.query_one(Input).value.strip()
        has = f"They have: {', '.join(sorted(self._carried))}." if self._carried else "They have none yet."
        bad = isinstance(wish, str) and typed not in ("", "-")
        text = f" {wish}" if bad else f" {visible(has)} In sets a tag is written @web."
        self.query_one("#dialog-remark", Sheet).show([line(Cell(text, "bad" if bad else "dim"))])
