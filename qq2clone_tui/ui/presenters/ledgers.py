"""Show a job's ledger: a title with counts, and a line for each machine."""

from rich.cells import cell_len

from qq2clone_tui.domain.job import Entry, EntryState, Ledger

from .text import Cell, Line, fit, line, visible

__all__ = ["MARKS", "entry_line", "job_lines", "ledger_summary", "ledger_title", "urgent"]

MARKS = {
    EntryState.QUEUED: ("…", "dim"),
    EntryState.RUNNING: ("▸", "accent"),
    EntryState.DONE: ("✓", "good"),
    EntryState.FAILED: ("✗", "bad"),
    EntryState.SKIPPED: ("–", "warn"),
}

_MOST_URGENT_FIRST = (EntryState.FAILED, EntryState.RUNNING, EntryState.QUEUED, EntryState.SKIPPED, EntryState.DONE)
_ROOMY = 60
_LEAST_REASON = 13
_WORDS = {
    EntryState.DONE: "done",
    EntryState.FAILED: "failed",
    EntryState.SKIPPED: "skipped",
    EntryState.RUNNING: "under way",
    EntryState.QUEUED: "queued",
}
_UNDER_WAY = {"clone": "making", "rm": "removing", "start": "starting", "shutdown": "asking", "destroy": "cutting off",
              "suspend": "pausing", "resume": "resuming", "save": "saving", "save-rm": "deleting",
              "rm-wipe": "wiping", "rm-shred": "shredding", "rename": "renaming",
              "reset": "resetting", "upgrade": "upgrading", "detach": "copying in full", "checkpoint": "keeping",
              "revert": "going back", "checkpoint-rm": "deleting"}  # fmt: skip


def ledger_title(ledger: Ledger) -> str:
    """Return a short title such as ``start 20 ── 14 ✓  1 ✗  5 …``."""
    counts = [(ledger.count(state), MARKS[state][0]) for state in _WORDS]
    return f"{visible(ledger.plan.title)} ── " + "  ".join(f"{count} {mark}" for count, mark in counts if count)


def ledger_summary(ledger: Ledger) -> Line:
    """Return one line that says how a job stands, in words."""
    cells: list[Cell | str] = []
    for state, word in _WORDS.items():
        if count := ledger.count(state):
            mark, tone = MARKS[state]
            cells += [Cell(f"{mark} {count} {word}", tone), "   "]
    if ledger.cancelled and not ledger.finished:
        cells.append(Cell("cancelling…", "warn"))
    return line(" ", *cells)


def urgent(ledger: Ledger) -> tuple[Entry, ...]:
    """Return the entries with what needs eyes first: failed, running, queued, skipped, done."""
    return tuple(sorted(ledger.entries, key=lambda entry: _MOST_URGENT_FIRST.index(entry.state)))


def entry_line(entry: Entry, width: int, tone: str = "") -> Line:
    """Return one machine of a job: mark, name, and state or reason."""
    mark, colour = MARKS[entry.state]
    name = min(cell_len(visible(entry.step.name)) + 1, max(8, width - _LEAST_REASON)) if width < _ROOMY else 24
    # The reason names the machine, which stands before it anyway.
    said = (
        entry.reason.partition(f"{entry.step.name!r}: ")[2]
        or entry.reason
        or (_UNDER_WAY[entry.step.action.value] if entry.state is EntryState.RUNNING else entry.state.value)
    )
    return line(
        Cell(f" {mark} ", colour),
        fit(visible(entry.step.name), name),
        Cell(f" {visible(said)}", colour),
        tone=tone,
    )


def job_lines(jobs: tuple[Ledger, ...], width: int, height: int) -> tuple[Line, ...]:
    """Return the newest job as it fits a small pane."""
    if not jobs:
        return (line(), line(Cell("  No jobs yet.", "dim")))
    entries = urgent(jobs[-1])
    shown = entries if len(entries) <= height else entries[: max(0, height - 1)]
    lines = [entry_line(entry, width) for entry in shown]
    if len(shown) < len(entries):
        lines.append(line(Cell(f"   and {len(entries) - len(shown)} more: J shows all", "dim")))
    return tuple(lines)
