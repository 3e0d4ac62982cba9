"""Show what a command did for each machine, live while it runs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from qq2clone_tui.domain.execution import ExecLedger, ExecState
from qq2clone_tui.domain.outcome import Output

from ..commands import Scope, in_scope
from ..dialogs.exec import FindDialog, Sought
from ..messages import RunsChanged
from ..presenters.footer import footer_line
from ..presenters.results import Row, output_rows, row_line, rows_of, run_summary
from ..presenters.text import Cell, Line, line, visible
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .steady import SteadyScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["ResultsScreen"]

_LIVE_SECONDS = 0.2


class RowList(LineList):
    """Machines, or groups of them with the same result."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()

    @property
    def line_count(self) -> int:
        """Return the number of rows."""
        return len(self.rows)

    @property
    def chosen(self) -> Row | None:
        """Return the row under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    def take(self, rows: tuple[Row, ...]) -> None:
        """Show these rows; the cursor stays on its machine."""
        before = self.chosen
        self.rows = rows
        if before is not None:
            places = {row.entry.uuid: index for index, row in enumerate(rows)}
            self._cursor = places.get(before.entry.uuid, self._cursor)
        self.follow()

    def line_at(self, index: int) -> Line:
        """Return one row."""
        tone = self.cursor_tone if index == self.cursor else ""
        return row_line(self.rows[index], self.scrollable_content_region.width, tone)


class OutputList(LineList):
    """What was printed, line by line."""

    def line_at(self, index: int) -> Line:
        """Return one line of it."""
        shown = self._lines[index]
        return Line(shown.cells, self.cursor_tone) if index == self.cursor and self.has_focus else shown

    def find(self, text: str) -> bool:
        """Go to the next line that holds a text, whatever its case; after the last comes the first."""
        wanted, count = text.casefold(), self.line_count
        for step in range(1, count + 1):
            index = (self.cursor + step) % count
            if wanted in "".join(cell.text for cell in self._lines[index].cells).casefold():
                self.move_to(index)
                return True
        return False


class ResultsScreen(SteadyScreen[None]):
    """One run at a time: machines on the left, output on the right.

    Args:
        main: the screen behind.
        again: runs a command once more for the machines it failed for; returns the number of the new run.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(entry.keys), f"perform('{entry.verb}')", entry.title, id=entry.id, show=False)
        for entry in in_scope(Scope.RESULTS)
    ]

    def __init__(self, main: "MainScreen", again: Callable[[ExecLedger], int]) -> None:
        super().__init__()
        self._main = main
        self._again = again
        self._run = 0
        self._grouped = False
        self._sought = ""
        self._shown: object = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._summary = Sheet(id="summary")
        self._rows = RowList(id="result-list")
        self._output = OutputList(id="output")
        self._footer = Sheet(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out summary, machines, output and keys."""
        yield self._summary
        with Horizontal(id="results"):
            yield self._rows
            yield self._output
        yield self._footer

    def on_mount(self) -> None:
        """Follow the runs; begin at the newest."""
        self._unsubscribe = self._main.qq.session.exec.subscribe(self._hear)
        self._rows.focus()
        self.call_after_refresh(self.show_results)
        self.set_interval(_LIVE_SECONDS, self._show_live)

    def on_unmount(self) -> None:
        """Follow them no more."""
        self._unsubscribe()

    def _hear(self, _ledger: ExecLedger) -> None:
        self.post_message(RunsChanged())

    @property
    def ledger(self) -> ExecLedger:
        """Return the run that is shown."""
        history = self._main.qq.session.exec.history
        return next((ledger for ledger in history if ledger.run == self._run), history[-1])

    @on(RunsChanged)
    def show_results(self) -> None:
        """Show how the run stands now."""
        ledger = self.ledger
        self._run = ledger.run
        self._summary.show([run_summary(ledger)])
        self._rows.entitle("By result" if self._grouped else "Machines")
        self._rows.take(rows_of(ledger, grouped=self._grouped))
        self._show_output()
        self._hint()

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the screen."""
        getattr(self, f"do_{verb}")()

    def do_back(self) -> None:
        """Go back; the run goes on."""
        self.dismiss(None)

    def do_group(self) -> None:
        """Show machines one by one, or those with the same result as one."""
        self._grouped = not self._grouped
        self.show_results()

    def do_older(self) -> None:
        """Show the run before."""
        self._turn(-1)

    def do_newer(self) -> None:
        """Show the next run."""
        self._turn(1)

    def do_stop(self) -> None:
        """Stop what is under way and begin no more."""
        if self.ledger.finished:
            self._say("this run has finished")
        else:
            self._main.qq.session.exec.cancel(self._run)
            self._say("stopping the commands under way")

    def do_again(self) -> None:
        """Run the command once more for the machines it failed for."""
        ledger = self.ledger
        if not ledger.finished or not ledger.failed:
            self._say("no machine failed in this run" if ledger.finished else "this run is still at work")
            return
        self._main.qq.errands.run("running again", lambda: self._again(ledger), self._go)

    def do_mark(self) -> None:
        """Mark the machines it failed for in the table, and go back there."""
        failed = [entry.uuid for entry in self.ledger.failed]
        if not failed:
            self._say("no machine failed in this run")
            return
        self._main.desk.marks = frozenset(uuid for uuid in failed if uuid in self._main.desk.inventory.machines)
        self._main.show_table()
        self.dismiss(None)

    def do_find(self) -> None:
        """Ask for a text, and go to the next line of the output that holds it."""
        self.app.push_screen(FindDialog(), self._seek)

    def do_next(self) -> None:
        """Go to the next line that holds the text sought."""
        self._seek(None)

    @on(LineList.Moved)
    def follow_cursor(self, event: LineList.Moved) -> None:
        """Show the output of another machine."""
        self._hint()
        if event.mover is self._rows:
            self._show_output()

    def on_resize(self) -> None:
        """Fit to another size."""
        self._shown = None
        self.call_after_refresh(self.show_results)

    def _seek(self, sought: Sought | None) -> None:
        self._sought = sought.text if sought else self._sought
        if self._sought and not self._output.find(self._sought):
            self._say(f"{self._sought!r} is not in this output")

    def _turn(self, steps: int) -> None:
        runs = [ledger.run for ledger in self._main.qq.session.exec.history]
        place = runs.index(self.ledger.run) + steps
        if 0 <= place < len(runs):
            self._go(runs[place])
        else:
            self._say("there is no run before this" if steps < 0 else "there is no run after this")

    def _go(self, run: int) -> None:
        self._run = run
        self._rows.move_to(0)
        self.show_results()

    def _show_output(self) -> None:
        row = self._rows.chosen
        output, width = self._output, max(2, self._output.scrollable_content_region.width)
        live = self._live(row)
        wanted = (row.entry if row else None, width, live)
        if wanted == self._shown:  # a run of thousands changes often, and mostly elsewhere
            return
        same = isinstance(self._shown, tuple) and row is not None and self._shown[0] is not None
        stays = same and isinstance(self._shown, tuple) and self._shown[0].uuid == (row.entry.uuid if row else "")
        self._shown = wanted
        output.entitle(visible(row.entry.name) if row else "Output")
        output.show(output_rows(row.entry, width, live) if row else ())
        if not stays:
            output.move_to(0)
        elif row is not None and row.entry.state is ExecState.RUNNING and not output.has_focus:
            output.move_to(output.line_count - 1)

    def _live(self, row: Row | None) -> tuple[Output, Output]:
        if row is None or row.entry.state is not ExecState.RUNNING:
            return Output(), Output()
        return self._main.qq.session.exec.printed(self._run, row.entry.uuid)

    def _show_live(self) -> None:
        row = self._rows.chosen
        if row is not None and row.entry.state is ExecState.RUNNING:
            self._show_output()

    def _say(self, text: str) -> None:
        self._footer.show([line(Cell(f" {visible(text)}", "warn"), tone="bar")])

    def _hint(self) -> None:
        shown = sorted((entry for entry in in_scope(Scope.RESULTS) if entry.footer), key=lambda entry: entry.footer)
        self._footer.show([footer_line([(entry, True) for entry in shown], 0, self.size.width)])
