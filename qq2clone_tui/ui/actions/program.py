"""Find commands, get help, leave."""

from typing import TYPE_CHECKING

from ..availability import why_not
from ..commands import Scope, in_scope
from ..dialogs.palette import PaletteDialog
from ..dialogs.question import QuestionDialog
from ..presenters.text import Cell, Line, counted, line
from ..screens.help import HelpScreen
from ..screens.settings import SettingsScreen
from .staging import COMMITTING

if TYPE_CHECKING:
    from ..app import QqApp
    from ..screens.main import MainScreen

__all__ = ["ProgramActions"]


class ProgramActions:
    """Carries out the commands of the noun ``program``."""

    def __init__(self, main: "MainScreen") -> None:
        self._main = main

    def palette(self) -> None:
        """Show all commands, and carry out the one chosen."""
        now = self._main.situation()
        commands = self._main.qq.taste.keymap.dressed(in_scope(Scope.MAIN, read_only=now.read_only))

        def chosen(ident: str | None) -> None:
            if ident is not None:
                self._main.action_perform(ident)

        self._main.qq.push_screen(PaletteDialog([(entry, why_not(entry, now)) for entry in commands]), chosen)

    def check(self) -> None:
        """Look for what is wrong; nothing is mended before that is asked for."""
        # Imported here: a start need not wait for what few sessions use.
        from ..screens.check import CheckScreen

        self._main.qq.push_screen(CheckScreen(self._main))

    def settings(self) -> None:
        """Show the settings."""
        book = self._main.qq.settings
        if book is None:
            self._main.flash("There is no configuration file here.")
        else:
            self._main.qq.push_screen(SettingsScreen(self._main, book))

    def help(self) -> None:
        """Show every key."""
        self._main.qq.push_screen(HelpScreen(self._main.qq.taste.keymap, read_only=self._main.qq.read_only))

    def quit(self) -> None:
        """Leave; when jobs are at work, only after asking."""
        app = self._main.qq
        lines = _still_at_work(app)
        if not lines:
            app.exit()
            return

        def answered(yes: bool | None) -> None:
            if yes:
                app.exit()

        app.push_screen(QuestionDialog("Leave?", lines), answered)


def _still_at_work(app: "QqApp") -> list[Line]:
    """Return what leaving would stop, and what becomes of it; nothing when all is done."""
    jobs, runs, lines = app.session.jobs.active, app.session.exec.active, list[Line]()
    if jobs:
        lines += [
            line(Cell(f" {counted(jobs, 'job')} still at work.", "strong")),
            line(" Leaving stops it where it is; machines under way are"),
            line(" finished or undone at the next start."),
        ]
    if runs:
        lines += [
            line(Cell(f" {counted(runs, 'run')} of a command still at work.", "strong")),
            line(" Leaving stops the commands."),
        ]
    if app.session.pruning.active:
        lines += [
            line(Cell(" Versions are still being removed.", "strong")),
            line(" Leaving stops that; what is half done is undone."),
        ]
    if any(label == COMMITTING for label, _ in app.errands.under_way.values()):
        lines += [
            line(Cell(" A staging machine is still being committed.", "strong")),
            line(" Leaving stops that: a new version is finished or undone at the next start,"),
            line(" and what was to be written in place is written when that is done again."),
        ]
    return lines
