"""Show what a command did for each machine, live while it runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from qq2clone_tui.domain.execution import ExecLedger

from ..actions.results import ResultsActions
from ..commands import Scope, in_scope
from ..messages import RunsChanged
from ..presenters.footer import footer_line
from ..presenters.results import rows_of, run_summary
from ..presenters.text import Cell, line, visible
from ..widgets.line_list import LineList
from ..widgets.results import OutputList, RowList
from ..widgets.sheet import Sheet
from .steady import CoveringScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["ResultsScreen"]

_LIVE_SECONDS = 0.2


class ResultsScreen(CoveringScreen[None]):
    """One run at a time: machines on the left, output on the right.

    Args:
        main: the screen behind.
        again: runs a command once more for the machines it failed for; returns the number of the new run.

    Attributes:
        grouped: whether machines with the same result are one row.
        output: what the machine under the cursor printed.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(entry.keys), f"perform('{entry.verb}')", entry.title, id=entry.id, show=False)
        for entry in in_scope(Scope.RESULTS)
    ]

    def __init__(self, main: "MainScreen", again: Callable[[ExecLedger], int]) -> None:
        super().__init__()
        self.grouped = False
        self.output = OutputList(id="output")
        self._execution = main.qq.session.exec
        self._keymap = main.qq.taste.keymap
        self._actions = ResultsActions(self, main, again)
        self._run = 0
        self._unsubscribe: Callable[[], None] = lambda: None
        self._summary = Sheet(id="summary")
        self._rows = RowList(id="result-list")
        self._footer = Sheet(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out summary, machines, output and keys."""
        yield self._summary
        with Horizontal(id="results"):
            yield self._rows
            yield self.output
        yield self._footer

    def on_mount(self) -> None:
        """Follow the runs; begin at the newest."""
        self._unsubscribe = self._execution.subscribe(self._hear)
        self._rows.focus()
        self.call_after_refresh(self.show_results)
        self.set_interval(_LIVE_SECONDS, self.show_output)

    def on_unmount(self) -> None:
        """Follow them no more."""
        self._unsubscribe()

    def _hear(self, _ledger: ExecLedger) -> None:
        self.post_message(RunsChanged())

    @property
    def ledger(self) -> ExecLedger:
        """Return the run that is shown."""
        history = self._execution.history
        return next((ledger for ledger in history if ledger.run == self._run), history[-1])

    @on(RunsChanged)
    def show_results(self) -> None:
        """Show how the run stands now."""
        ledger = self.ledger
        self._run = ledger.run
        self._summary.show([run_summary(ledger)])
        self._rows.entitle("By result" if self.grouped else "Machines")
        self._rows.take(rows_of(ledger, grouped=self.grouped))
        self.show_output()
        self._hint()

    def show_output(self) -> None:
        """Show what the machine under the cursor has printed."""
        row = self._rows.chosen
        self.output.take(row, self._execution.printed(self._run, row.entry.uuid if row else ""))

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the screen."""
        getattr(self._actions, verb)()

    @on(LineList.Moved)
    def follow_cursor(self, event: LineList.Moved) -> None:
        """Show the output of another machine."""
        self._hint()
        if event.mover is self._rows:
            self.show_output()

    def on_resize(self) -> None:
        """Fit to another size."""
        self.call_after_refresh(self.show_results)

    def go(self, run: int) -> None:
        """Show another run."""
        self._run = run
        self._rows.move_to(0)
        self.show_results()

    def say(self, text: str) -> None:
        """Say something at the foot of the screen."""
        self._footer.show([line(Cell(f" {visible(text)}", "warn"), tone="bar")])

    def _hint(self) -> None:
        shown = self._keymap.in_footer(in_scope(Scope.RESULTS))
        self._footer.show([footer_line([(entry, True) for entry in shown], 0, self.size.width)])
