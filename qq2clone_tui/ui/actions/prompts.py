"""Follow what is typed into the filter and the set prompt."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.selection import matching

from ..presenters.prompts import set_remarks
from ..presenters.text import Cell, counted, line
from ..widgets.prompt import Prompt

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["FILTER", "SET", "Prompts"]

FILTER = "filter"
SET = "set"


class Prompts:
    """The two uses of the prompt; both show their effect while it is typed.

    Args:
        main: the screen with the prompt.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._before = ""

    def ask_filter(self) -> None:
        """Ask for the words that rows must hold."""
        self._before = self._main.desk.filter
        self._main.prompt.open(FILTER, "/", self._before, "words that a row must hold: web running v3")

    def ask_set(self) -> None:
        """Ask for a set of machines."""
        self._main.prompt.open(SET, ":", "", "a set: 1-5,running,web-*,^3")
        self.changed(SET, "")

    def changed(self, kind: str, text: str) -> None:
        """Show what the text means so far."""
        desk = self._main.desk
        if kind == FILTER:
            desk.narrow(text)
            self._main.prompt.remark([line(Cell(f" {len(desk.rows)} of {counted(len(desk.in_place), 'row')}", "dim"))])
        elif text.strip():
            desk.lit, fault = matching(text.strip(), desk.in_place, tags=desk.inventory.tags)
            hidden = len(desk.lit.difference(desk.rows))
            self._main.prompt.remark(set_remarks(text.strip(), len(desk.lit), hidden, fault))
        else:
            desk.lit = frozenset()
            self._main.prompt.remark([line(Cell("   Enter marks what lights up", "dim"))])
        self._main.show_table()

    def accepted(self, kind: str, text: str) -> None:
        """Keep the filter, or mark the machines of the set; a faulty set stays to be mended."""
        desk = self._main.desk
        if kind == SET and text.strip():
            matches, fault = matching(text.strip(), desk.in_place, tags=desk.inventory.tags)
            if fault is not None:
                return
            desk.marks = matches
        self._end()

    def dismissed(self, kind: str) -> None:
        """Leave things as they were before the prompt."""
        if kind == FILTER:
            self._main.desk.narrow(self._before)
        self._end()

    def _end(self) -> None:
        self._main.desk.lit = frozenset()
        self._main.prompt.close()
        self._main.table.focus()
        self._main.show_table()

    def heard(self, message: Prompt.Changed | Prompt.Accepted | Prompt.Dismissed) -> None:
        """Take a message of the prompt."""
        if isinstance(message, Prompt.Changed):
            self.changed(message.kind, message.text)
        elif isinstance(message, Prompt.Accepted):
            self.accepted(message.kind, message.text)
        else:
            self.dismissed(message.kind)
