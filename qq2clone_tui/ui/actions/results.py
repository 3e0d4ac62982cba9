"""Do something about what commands did."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.execution import ExecLedger

from ..desk import Place
from ..dialogs.exec import FindDialog, Sought

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..screens.main import MainScreen
    from ..screens.results import ResultsScreen

__all__ = ["ResultsActions"]


class ResultsActions:
    """Carries out the commands of the noun ``results``.

    Args:
        screen: shows the runs.
        main: the screen behind.
        again: runs a command once more for the machines it failed for; returns the number of the new run.
    """

    def __init__(self, screen: "ResultsScreen", main: "MainScreen", again: "Callable[[ExecLedger], int]") -> None:
        self._screen = screen
        self._main = main
        self._again = again
        self._sought = ""

    def back(self) -> None:
        """Go back; the run goes on."""
        self._screen.dismiss(None)

    def group(self) -> None:
        """Show machines one by one, or those with the same result as one."""
        self._screen.grouped = not self._screen.grouped
        self._screen.show_results()

    def older(self) -> None:
        """Show the run before."""
        self._turn(-1)

    def newer(self) -> None:
        """Show the next run."""
        self._turn(1)

    def stop(self) -> None:
        """Stop what is under way and begin no more."""
        ledger = self._screen.ledger
        if ledger.finished:
            self._screen.say("this run has finished")
        else:
            self._main.qq.session.exec.cancel(ledger.run)
            self._screen.say("stopping the commands under way")

    def again(self) -> None:
        """Run the command once more for the machines it failed for."""
        ledger = self._screen.ledger
        if not ledger.finished or not ledger.failed:
            self._screen.say("no machine failed in this run" if ledger.finished else "this run is still at work")
            return
        self._main.qq.errands.run("running again", lambda: self._again(ledger), self._screen.go)

    def mark(self) -> None:
        """Mark the machines it failed for in the table, and go back there."""
        failed = [entry.uuid for entry in self._screen.ledger.failed]
        if not failed:
            self._screen.say("no machine failed in this run")
            return
        desk = self._main.desk
        machines = [desk.inventory.machines[uuid] for uuid in failed if uuid in desk.inventory.machines]
        clones = frozenset(machine.uuid for machine in machines if not machine.staging)
        if machines and not clones:
            self._screen.say("a staging machine is worked on alone, without a mark")
            return
        if desk.place.staging:  # marks wait aside there
            desk.go(Place(desk.place.template))
        desk.marks = clones
        self._main.show_table()
        self._screen.dismiss(None)

    def find(self) -> None:
        """Ask for a text, and go to the next line of the output that holds it."""
        self._screen.app.push_screen(FindDialog(), self._seek)

    def next(self) -> None:
        """Go to the next line that holds the text sought."""
        self._seek(None)

    def _seek(self, sought: Sought | None) -> None:
        self._sought = sought.text if sought else self._sought
        if self._sought and not self._screen.output.find(self._sought):
            self._screen.say(f"{self._sought!r} is not in this output")

    def _turn(self, steps: int) -> None:
        runs = [ledger.run for ledger in self._main.qq.session.exec.history]
        place = runs.index(self._screen.ledger.run) + steps
        if 0 <= place < len(runs):
            self._screen.go(runs[place])
        else:
            self._screen.say("there is no run before this" if steps < 0 else "there is no run after this")
