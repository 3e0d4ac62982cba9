"""Open graphical consoles, and keep what their viewers say."""

import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from qq2clone_tui.domain.console import ConsoleReport, ConsoleState
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action
from qq2clone_tui.domain.states import POWER_VERBS, PowerVerb
from qq2clone_tui.engine.ports.terminal import SerialLine

from ..dialogs.consoles import ConsoleDialog, TroubleDialog
from ..dialogs.message import MessageDialog
from ..dialogs.question import QuestionDialog
from ..presenters.consoles import flash_text, history_lines, trouble_lines
from ..presenters.errors import error_lines
from ..presenters.text import Cell, counted, line, visible

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["ConsoleActions"]

MANY = 5
"""Consoles that open unasked."""

_MOST_WIDTH = 70
_AROUND = 12


class ConsoleActions:
    """Carries out the commands of the noun ``consoles``.

    Args:
        main: the screen that asks and tells.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._expected: set[int] = set()

    def connect(self) -> None:
        """Start what is off and open a console on each; many only after asking."""
        machines = self._main.desk.targets
        if len(machines) <= MANY:
            self.open_on(machines)
            return
        off = sum(_is_off(machine) for machine in machines)
        lines = [line(Cell(f" Each opens a window of its own: {len(machines)} in all.", "strong"))]
        lines += [line(Cell(f" {counted(off, 'machine')} will be started first.", "dim"))] if off else []

        def answered(yes: bool | None) -> None:
            if yes:
                self.open_on(machines)

        question = f"Open consoles on {counted(len(machines), 'machine')}?"
        self._main.qq.push_screen(QuestionDialog(question, lines), answered)

    def serial(self) -> None:
        """Give the terminal to the serial console of the machine under the cursor."""
        app = self._main.qq
        machine = app.desk.inventory.machines.get(app.desk.cursor or "")
        if machine is None:
            return

        def busy(error: Qq2cloneError) -> None:
            if "somebody has it open" in error.why:
                lines = [*error_lines(error, app.size.width), line(), line(" y ends that session and opens it here.")]
                question = QuestionDialog("Somebody has it open", lines)
                app.present(question, lambda yes: self._open_serial(machine, force=True) if yes else None)
            else:
                app.show_error(error)

        self._open_serial(machine, force=False, failed=busy)

    def _open_serial(
        self, machine: Machine, *, force: bool, failed: Callable[[Qq2cloneError], None] | None = None
    ) -> None:
        app = self._main.qq
        app.errands.run(
            "opening the serial console",
            lambda: app.session.serial.open(machine.uuid, force=force),
            lambda opened: self._converse(machine, opened),
            failed=failed,
        )

    def _converse(self, machine: Machine, opened: SerialLine) -> None:
        """Let the console have the terminal; the screen stands still until it is left or ends."""
        app, name = self._main.qq, visible(machine.name)
        try:
            with app.suspend():
                sys.stdout.write(f"This is the serial console of {name}; Ctrl-] goes back.\r\n")
                sys.stdout.flush()
                why = app.session.serial.converse(opened)
        except SuspendNotSupported:
            opened.close()
            app.show_error(BadArgument("cannot show the serial console", why="this terminal cannot be handed over"))
        except Qq2cloneError as error:
            app.show_error(error)
        else:
            self._main.flash(f"{name}: {visible(why)}" if why else f"You have left the console of {name}.", "dim")

    def history(self) -> None:
        """Show the consoles of this session with the last words of their viewers."""
        lines = history_lines(self._main.qq.session.consoles.history, self._width)
        self._main.qq.push_screen(MessageDialog("Consoles", lines))

    def ended(self, report: ConsoleReport) -> None:
        """Say that a viewer has died that was shown."""
        if report.state is ConsoleState.DIED:
            self._main.flash(f"The console of {visible(report.name)} died; ^o shows what it said", "bad")

    def expect(self, job: int) -> None:
        """Open the consoles of what a job starts once it has finished, where the setting says so."""
        if self._main.qq.console_wish.unasked:
            self._expected.add(job)
            self.take_jobs()

    def take_jobs(self) -> None:
        """See whether a job has finished whose machines' consoles are to be opened."""
        session = self._main.qq.session
        for ledger in session.jobs.history if self._expected else ():
            if ledger.finished and ledger.job in self._expected:
                self._expected.discard(ledger.job)
                started = _started(ledger)
                if 0 < len(started) <= MANY and session.consoles.possible():
                    self._open_running(started)

    def _open_running(self, uuids: Sequence[str]) -> None:
        session, wish = self._main.qq.session, self._main.qq.console_wish

        def opened(reports: tuple[ConsoleReport, ...]) -> None:
            told = tuple(report for report in reports if report.state is not ConsoleState.LEFT_OUT)
            if told:  # a machine that has no graphics is not worth a word when nobody asked for them
                self._opened(told)

        self._main.qq.errands.run("opening consoles", lambda: session.consoles.open(uuids, wish), opened)

    def open_on(self, machines: tuple[Machine, ...]) -> None:
        """Open a console on each of some machines; what is off is started first."""
        session, wish = self._main.qq.session, self._main.qq.console_wish
        uuids = [machine.uuid for machine in machines]
        off = [machine.uuid for machine in machines if _is_off(machine)]

        def work() -> tuple[ConsoleReport, ...]:
            plan = session.plan_power(PowerVerb.START, off) if off else None
            if plan is not None and plan.steps:
                session.jobs.run(plan)
            return session.consoles.open(uuids, wish)

        self._main.qq.errands.run("opening consoles", work, self._opened)

    def _opened(self, reports: tuple[ConsoleReport, ...]) -> None:
        app = self._main.qq
        commands = [report for report in reports if report.state is ConsoleState.COMMANDS]
        failed = [report for report in reports if report.state is ConsoleState.FAILED]
        left = [report for report in reports if report.state is ConsoleState.LEFT_OUT]
        shown = len(reports) - len(commands) - len(failed) - len(left)
        if failed or not (shown or commands):
            self._tell([*failed, *left])
        if commands:
            app.present(ConsoleDialog(app, commands))
        if shown:
            self._main.flash(flash_text([report for report in reports if report not in failed]), "good")

    def _tell(self, reports: list[ConsoleReport]) -> None:
        """Say why consoles did not open, and offer the other way to those that are there."""
        app, lines = self._main.qq, trouble_lines(reports, self._width)
        elsewhere = [report for report in reports if report.commands]
        if not elsewhere:
            app.present(MessageDialog("No console", lines))
            return
        app.present(TroubleDialog("No console", lines), lambda yes: self._offer(elsewhere) if yes else None)

    def _offer(self, reports: list[ConsoleReport]) -> None:
        self._main.qq.push_screen(ConsoleDialog(self._main.qq, reports))

    @property
    def _width(self) -> int:
        return min(_MOST_WIDTH, self._main.size.width * 94 // 100 - _AROUND // 2)


def _started(ledger: Ledger) -> list[str]:
    """Return the machines that a job has started."""
    done = [entry.step for entry in ledger.entries if entry.state is EntryState.DONE]
    return [step.uuid for step in done if step.action is Action.START or (step.clone and step.clone.start)]


def _is_off(machine: Machine) -> bool:
    return machine.state in POWER_VERBS[PowerVerb.START]
