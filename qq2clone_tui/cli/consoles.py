"""Open consoles from the command line, and say what became of each."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qq2clone_tui.domain.console import ConsoleReport, ConsoleState, ConsoleWish
from qq2clone_tui.domain.errors import NoGraphics
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.viewers import Viewer

from .invocation import Invocation
from .output import printable, write
from .progress import Progress
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.engine.session import Session

__all__ = ["UNASKED", "After", "console_wish", "consoles_after", "open_consoles", "report_consoles"]

UNASKED = 5
"""Consoles that a setting opens at most; -g opens any number."""

_INTERRUPTED = 130
_POLL_SECONDS = 0.05
_CAME = frozenset({ConsoleState.SHOWN, ConsoleState.COMMANDS})


@dataclass(frozen=True)
class After:
    """What was done after a batch.

    Args:
        code: exit code of its first failure, 0 when all went well.
        members: what it adds to the batch's JSON object.
    """

    code: int
    members: dict[str, Any]


def console_wish(invocation: Invocation, *, commands: bool = False) -> ConsoleWish:
    """Return how options and settings want consoles opened."""
    preferences = invocation.preferences
    viewer = Viewer.SPICY if preferences.spicy else Viewer.VIRT_VIEWER
    return ConsoleWish(viewer, preferences.spice_timeout, commands)


def consoles_after(invocation: Invocation, session: "Session", ledger: Ledger) -> After | None:
    """Open the consoles of the machines that a batch has started, where options or settings say so."""
    asked, setting = invocation.shared.graphics, invocation.preferences.use_spice
    wish = console_wish(invocation)
    if asked is False or (setting is False and not asked) or ledger.cancelled:
        return None
    if not asked and not (session.consoles.possible() if setting else session.consoles.welcome(wish.viewer)):
        return None
    started = [entry.step.uuid for entry in ledger.entries if entry.state is EntryState.DONE]
    if not asked and len(started) > UNASKED:
        invocation.narrator.note(f"Consoles of {len(started)} machines are only opened with -g.")
        return None
    if not started:
        return None
    reports, interrupted = open_consoles(invocation, session, started, wish)
    code = report_consoles(invocation, reports, needed=bool(asked))
    if not asked and setting is None:
        code = 0  # nobody spoke of consoles: the machines have started, which is what was wanted
    return After(_INTERRUPTED if interrupted else code, {"consoles": [console_object(each) for each in reports]})


def open_consoles(
    invocation: Invocation, session: "Session", uuids: Sequence[str], wish: ConsoleWish
) -> tuple[tuple[ConsoleReport, ...], bool]:
    """Open consoles beside this thread, so that Ctrl-C can end the waiting; tell whether it did."""
    stop = threading.Event()
    come: list[ConsoleReport] = []
    narrator = invocation.narrator
    shown = narrator.on_terminal and narrator.level >= Verbosity.NORMAL
    with Progress(shown=shown) as progress, ThreadPoolExecutor(1, thread_name_prefix="consoles") as beside:
        opening = beside.submit(lambda: session.consoles.open(uuids, wish, stop=stop, on_each=come.append))
        while not opening.done():
            try:
                wait([opening], timeout=_POLL_SECONDS)
                progress.counted("opening consoles", len(come), len(uuids))
            except KeyboardInterrupt:
                narrator.note("Waiting for no further console.")
                stop.set()
        return opening.result(), stop.is_set()


def report_consoles(invocation: Invocation, reports: Sequence[ConsoleReport], *, needed: bool = True) -> int:
    """Say what became of each console, write commands to stdout, and return the exit code.

    Args:
        invocation: how loud to be.
        reports: one for each machine.
        needed: whether it is a failure when no machine has a console.
    """
    for report in reports:
        _SAY[report.state](invocation, report)
    if not invocation.json:
        _write_commands([report for report in reports if report.state is ConsoleState.COMMANDS])
    if any(report.state is ConsoleState.FAILED and report.commands for report in reports):
        invocation.narrator.note("'qq2clone connect --print' gives the commands that show it at another desk.")
    code = next((report.exit_code for report in reports if report.state is ConsoleState.FAILED), 0)
    if needed and not code and not any(report.state in _CAME for report in reports):
        invocation.narrator.error(NoGraphics("no console was opened", why="none of the machines has one").paragraph())
        return NoGraphics.exit_code
    return code


def console_object(report: ConsoleReport) -> dict[str, Any]:
    """Return one console as JSON-ready values, as ``docs/json.md`` describes."""
    return {
        "name": report.name,
        "uuid": report.uuid,
        "state": report.state.value,
        "graphics": report.where or None,
        "viewer": report.viewer or None,
        "pid": report.pid or None,
        "log": report.log or None,
        "reason": report.reason,
        "exit_code": report.exit_code,
        "commands": [{"what": each.what, "line": each.line} for each in report.commands],
    }


def _write_commands(reports: Sequence[ConsoleReport]) -> None:
    for report in reports:
        asks = "; it asks for a password" if report.protected else ""
        write(printable(f"# {report.name}: {report.where}{asks}"))
        for command in report.commands:
            write(printable(f"# {command.what}:"))
            write(printable(command.line))


def _shown(invocation: Invocation, report: ConsoleReport) -> None:
    invocation.narrator.note(f"{report.name}: {report.viewer} shows {report.where}.")
    invocation.narrator.detail(f"{report.name}: its process is {report.pid}; what it says goes to {report.log}.")


def _left_out(invocation: Invocation, report: ConsoleReport) -> None:
    invocation.narrator.note(f"left out: {report.name}: {report.reason}.")


def _failed(invocation: Invocation, report: ConsoleReport) -> None:
    invocation.narrator.error(f"{report.name}: {report.reason}")
    if invocation.verbose and report.words:
        invocation.narrator.lines(report.words.rstrip("\n"))


def _nothing(_invocation: Invocation, _report: ConsoleReport) -> None:
    return


_SAY: dict[ConsoleState, Callable[[Invocation, ConsoleReport], None]] = {
    ConsoleState.SHOWN: _shown,
    ConsoleState.COMMANDS: _nothing,
    ConsoleState.LEFT_OUT: _left_out,
    ConsoleState.FAILED: _failed,
    ConsoleState.ENDED: _shown,
    ConsoleState.DIED: _failed,
}
