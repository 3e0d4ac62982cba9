"""Change what is shown and how, never the machines."""

from typing import TYPE_CHECKING

from ..themes import THEMES
from .prompts import Prompts

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["ViewActions"]


class ViewActions:
    """Carries out the commands of the noun ``view``."""

    def __init__(self, main: "MainScreen", prompts: Prompts) -> None:
        self._main = main
        self._prompts = prompts

    def filter(self) -> None:
        """Ask for the filter."""
        self._prompts.ask_filter()

    def back(self) -> None:
        """Undo one thing: a half-typed number, else the filter, else the marks."""
        desk = self._main.desk
        if self._main.table.take_count():
            return
        if desk.filter:
            desk.narrow("")
        elif desk.marks:
            desk.marks = frozenset()
        self._main.show_table()

    def sort_right(self) -> None:
        """Sort by the next column."""
        self._sort(1)

    def sort_left(self) -> None:
        """Sort by the column before."""
        self._sort(-1)

    def sort_turn(self) -> None:
        """Turn the order of the rows round."""
        desk = self._main.desk
        desk.order(desk.sort, descending=not desk.descending)
        self._main.show_table()

    def next_pane(self) -> None:
        """Let the next pane have the keys."""
        self._main.focus_next()

    def previous_pane(self) -> None:
        """Let the pane before have the keys."""
        self._main.focus_previous()

    def theme(self) -> None:
        """Change to the next theme."""
        names = [theme.name for theme in THEMES]
        app = self._main.qq
        app.theme = names[(names.index(app.theme) + 1) % len(names)] if app.theme in names else names[0]
        self._main.flash(f"theme: {app.theme}", "accent")

    def _sort(self, step: int) -> None:
        desk = self._main.desk
        names = [column.id for column in self._main.qq.taste.columns]
        at = names.index(desk.sort) if desk.sort in names else -1
        desk.order(names[(at + step) % len(names)], descending=desk.descending)
        self._main.show_table()
