"""Mark machines one by one, all of them, or by a set."""

from typing import TYPE_CHECKING

from .prompts import Prompts

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["MarkActions"]


class MarkActions:
    """Carries out the commands of the noun ``marks``."""

    def __init__(self, main: "MainScreen", prompts: Prompts) -> None:
        self._main = main
        self._prompts = prompts

    def toggle(self) -> None:
        """Mark or unmark the row under the cursor, or as many as were typed, and go on below."""
        desk, table = self._main.desk, self._main.table
        count = max(1, table.take_count())
        start = desk.index
        desk.mark(desk.rows[start : start + count], change=frozenset.symmetric_difference)
        table.move_to(start + count)
        self._main.show_table()

    def everything(self) -> None:
        """Mark every row in the table."""
        self._main.desk.mark(self._main.desk.rows, change=frozenset.union)
        self._main.show_table()

    def invert(self) -> None:
        """Swap marked and unmarked among the rows in the table."""
        self._main.desk.mark(self._main.desk.rows, change=frozenset.symmetric_difference)
        self._main.show_table()

    def clear(self) -> None:
        """Take every mark away, also those out of sight."""
        self._main.desk.marks = frozenset()
        self._main.show_table()

    def prompt(self) -> None:
        """Ask for a set."""
        self._prompts.ask_set()
