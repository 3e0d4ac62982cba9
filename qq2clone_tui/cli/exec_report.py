"""Show what a command printed, machine by machine or by identical result."""

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from qq2clone_tui.domain.execution import ExecEntry, ExecLedger, ExecState, Group, Manner, groups
from qq2clone_tui.domain.outcome import Outcome, Output

from .invocation import Invocation
from .narration import Narrator
from .output import printable
from .raw_output import RawOutput

__all__ = ["Printer", "ledger_report", "report_outcomes"]

_SHOWN = 8


class Printer:
    """Writes output to stdout and stderr while a command runs over machines.

    Args:
        invocation: decides on JSON, which keeps stdout for itself.
        manner: one machine at a time passes its output through; more have theirs written whole.
        stop: stops the commands; called when nobody reads what they print.
        group: write equal results once, at the end; None to do so for many on a terminal.
    """

    def __init__(
        self, invocation: Invocation, manner: Manner, stop: Callable[[], object], *, group: bool | None
    ) -> None:
        alone = manner.parallel == 1
        grouped = sys.stdout.isatty() and not alone if group is None else group
        self._json = invocation.json
        self._grouped = grouped and not self._json
        self._streaming = alone and not self._grouped
        self._whole = not self._streaming and not self._grouped and not self._json
        self._written: set[str] = set()
        self._stop = stop
        self._fault: OSError | None = None
        self._out, self._err = RawOutput(sys.stdout), RawOutput(sys.stderr)
        self._lock = threading.Lock()

    def streamed(self, entry: ExecEntry, is_error: bool, piece: bytes) -> None:
        """Pass on what is printed as it comes; JSON keeps stdout for itself."""
        if self._streaming and not self._json:
            (self._err if is_error else self._out).put(piece, entry.uuid, last=False)

    def changed(self, ledger: ExecLedger) -> None:
        """Write the output of machines that are done."""
        if not self._whole:
            return
        with self._lock:
            try:
                for entry in ledger.entries:
                    if entry.state is ExecState.DONE and entry.uuid not in self._written:
                        self._written.add(entry.uuid)
                        self._write_block(f"{printable(entry.name)}: {printable(entry.verdict)}", entry.outcome)
            except OSError as fault:  # told on the thread that waits, where it ends the program
                self._fault = fault
                self._stop()

    def finish(self, ledger: ExecLedger) -> None:
        """Write the groups, where they are wanted.

        Raises:
            OSError: standard output or standard error could not be written to meanwhile.
        """
        if self._fault is not None:
            raise self._fault
        if self._grouped:
            for group in groups(tuple(entry for entry in ledger.entries if entry.state is ExecState.DONE)):
                self._write_block(heading(group), group.sample.outcome)

    def _write_block(self, title: str, outcome: Outcome | None) -> None:
        self._out.put(f"== {title}\n".encode(errors="backslashreplace"))
        for place, output in ((self._out, outcome.stdout), (self._err, outcome.stderr)) if outcome else ():
            left_out = f"\n[... {output.left_out} bytes left out ...]\n".encode() if output.left_out else b""
            text = output.head + left_out + output.tail
            if text:
                place.put(text if text.endswith(b"\n") else text + b"\n")


def heading(group: Group) -> str:
    """Return who is in a group and how they ended: ``18 the same (web-1, web-2, ...): exit 0``."""
    names = _listed([printable(entry.name) for entry in group.members])
    count = len(group.members)
    who = f"{count} the same ({names})" if count > 1 else names
    return f"{who}: {printable(group.sample.verdict)}"


def report_outcomes(ledger: ExecLedger, narrator: Narrator) -> None:
    """Say for which machines the command failed, and how many were not got to."""
    for entry in ledger.failed:
        why = entry.outcome.why if entry.outcome else ""
        narrator.error(f"{entry.name}: {why or entry.verdict}")
    skipped = [entry.name for entry in ledger.entries if entry.state is ExecState.SKIPPED]
    good = sum(entry.outcome is not None and entry.outcome.good for entry in ledger.entries)
    text = f"{good} done"
    text += f", {len(ledger.failed)} failed" if ledger.failed else ""
    text += f", {len(skipped)} not begun ({_listed(skipped)})" if skipped else ""
    narrator.note(text + ".")
    if ledger.manner.guest:
        cut = [entry.name for entry in ledger.entries if entry.outcome and entry.outcome.stdout.left_out]
        narrator.warn_all([f"Of what {name} printed, only the beginning and the end could be kept." for name in cut])
    if ledger.notice:
        narrator.warn(ledger.notice)


def ledger_report(ledger: ExecLedger) -> dict[str, Any]:
    """Return a finished run as JSON-ready values, as ``docs/json.md`` describes."""
    return {
        "action": "exec",
        "command": ledger.command,
        "guest": ledger.manner.guest,
        "cancelled": ledger.cancelled,
        "machines": [_entry_object(entry) for entry in ledger.entries],
    }


def _entry_object(entry: ExecEntry) -> dict[str, Any]:
    outcome = entry.outcome
    return {
        "uuid": entry.uuid,
        "name": entry.name,
        "number": entry.number,
        "state": entry.state.value,
        "ending": outcome.ending.value if outcome else None,
        "code": outcome.code if outcome else None,
        "why": (outcome.why if outcome else "") or entry.why,
        "stdout": _text(outcome.stdout) if outcome else "",
        "stderr": _text(outcome.stderr) if outcome else "",
        "truncated": bool(outcome and (outcome.stdout.left_out or outcome.stderr.left_out)),
        "seconds": round(outcome.seconds, 3) if outcome else 0.0,
    }


def _text(output: Output) -> str:
    return (output.head + output.tail).decode(errors="replace")


def _listed(names: Sequence[str]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[: _SHOWN - 1])} and {len(names) - _SHOWN + 1} more"
