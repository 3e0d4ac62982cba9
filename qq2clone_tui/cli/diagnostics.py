"""Say what failed: one paragraph for an error, one line for each failed machine of a batch."""

from typing import Any

from qq2clone_tui.domain.errors import Qq2cloneError, SelectionError
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action

from .narration import Narrator
from .output import printable, write_json
from .plan_report import refusal_lines

__all__ = ["ledger_object", "report_error", "report_ledger"]

_SHOWN = 4
_PAST = {
    "clone": "cloned",
    "start": "started",
    "shutdown": "asked to shut down",
    "destroy": "forced off",
    "suspend": "suspended",
    "resume": "resumed",
    "save": "saved",
    "save-rm": "rid of their saved states",
    "rm": "removed",
    "rm-wipe": "wiped and removed",
    "rm-shred": "shredded and removed",
    "rename": "renamed",
    "reset": "reset",
    "upgrade": "moved to another version",
    "detach": "detached",
    "checkpoint": "kept in checkpoint",
    "revert": "taken back to checkpoint",
    "checkpoint-rm": "rid of checkpoint",
}


def report_error(error: Qq2cloneError, narrator: Narrator, *, as_json: bool) -> None:
    """Write an error as a paragraph on stderr, and with ``--json`` as an object on stdout."""
    narrator.error(error.paragraph())
    if isinstance(error, SelectionError):
        narrator.lines(_caret(error))
    if as_json:
        write_json(
            error={
                "what": error.what,
                "subject": error.subject,
                "why": error.why,
                "remedy": error.remedy,
                "column": error.column if isinstance(error, SelectionError) else None,
                "exit_code": error.exit_code,
            }
        )


def report_ledger(ledger: Ledger, narrator: Narrator) -> None:
    """Write the summary of a batch and every machine that failed or was not got to."""
    past = f"{_PAST[ledger.plan.action.value]} {ledger.plan.checkpoint}".rstrip()
    for line in refusal_lines(ledger.plan):
        narrator.note(f"{line}.")
    for entry in ledger.entries:
        if entry.state is EntryState.FAILED:
            narrator.error(f"{entry.step.name}: {entry.reason}")
        elif entry.state is EntryState.DONE:
            narrator.detail(f"{entry.step.name}: {past}.")
    counts = {state: ledger.count(state) for state in EntryState}
    text = f"{counts[EntryState.DONE]} {past}"
    done = [entry.step.name for entry in ledger.entries if entry.state is EntryState.DONE]
    if done and ledger.plan.action is Action.CLONE:
        text += f" ({', '.join(done) if len(done) <= _SHOWN else f'{done[0]} ... {done[-1]}'})"
    for state in (EntryState.FAILED, EntryState.SKIPPED):
        text += f", {counts[state]} {state.value}" if counts[state] else ""
    narrator.note(text + ".")


def ledger_object(ledger: Ledger) -> dict[str, Any]:
    """Return a finished batch as JSON-ready values, as ``docs/json.md`` describes."""
    machines = [
        {
            "name": entry.step.name,
            "uuid": entry.step.uuid,
            "number": entry.step.clone.identity.number if entry.step.clone else None,
            "state": entry.state.value,
            "reason": entry.reason,
            "exit_code": entry.exit_code,
        }
        for entry in ledger.entries
    ]
    machines += [
        {"name": each.name, "uuid": each.uuid, "number": None, "state": "refused", "reason": each.why, "exit_code": 0}
        for each in ledger.plan.refusals
    ]
    counts = {state.value: ledger.count(state) for state in (EntryState.DONE, EntryState.FAILED, EntryState.SKIPPED)}
    return {
        "action": ledger.plan.action.value,
        "template": ledger.plan.template or None,
        "checkpoint": ledger.plan.checkpoint or None,
        **counts,
        "refused": len(ledger.plan.refusals),
        "exit_code": ledger.exit_code,
        "machines": machines,
    }


def _caret(error: SelectionError) -> str:
    """Return the set with a caret under the fault, still under it after characters became escapes."""
    before, fault = error.text[: error.column], error.text[error.column :]
    return f"  {printable(before)}{printable(fault)}\n  {' ' * len(printable(before))}^"
