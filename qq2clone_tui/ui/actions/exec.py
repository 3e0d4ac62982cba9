"""Run commands over machines, and see what they did."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.execution import ExecLedger

from ..dialogs.exec import ExecDialog, ExecWish
from ..screens.results import ResultsScreen

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["ExecActions"]

_AT_A_TIME = 8


class ExecActions:
    """Carries out the commands of the noun ``exec``."""

    def __init__(self, main: "MainScreen") -> None:
        self._main = main

    def ask(self) -> None:
        """Ask for a command, run it for the marked machines or the one under the cursor, and show how that goes."""
        machines, execution = self._main.desk.targets, self._main.qq.session.exec

        def run(wish: ExecWish | None) -> None:
            if wish is not None:
                self._main.qq.errands.run(
                    "", lambda: execution.start(machines, wish.command, wish.manner), lambda _: self.results()
                )

        history = [ledger.command for ledger in execution.history]
        self._main.qq.push_screen(ExecDialog(len(machines), history, min(_AT_A_TIME, len(machines))), run)

    def results(self) -> None:
        """Show the newest run."""
        if self._main.qq.session.exec.history:
            self._main.qq.push_screen(ResultsScreen(self._main, self._again))
        else:
            self._main.flash("No command has been run yet: ! runs one.")

    def _again(self, ledger: ExecLedger) -> int:
        execution = self._main.qq.session.exec
        failed = {entry.uuid for entry in ledger.failed}
        now = self._main.desk.inventory.machines
        machines = [now.get(one.uuid, one) for one in execution.machines(ledger.run) if one.uuid in failed]
        return execution.start(machines, ledger.command, ledger.manner)
