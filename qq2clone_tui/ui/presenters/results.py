"""Show what became of a command that was run over machines."""

import re
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len

from qq2clone_tui.domain.execution import ExecEntry, ExecLedger, ExecState, Group, groups
from qq2clone_tui.domain.outcome import Output

from .text import Cell, Line, counted, fit, line, visible

__all__ = ["Row", "Streams", "output_rows", "row_line", "rows_of", "run_summary"]

Streams: TypeAlias = tuple[Output, Output]
"""Standard output and standard error."""

_NOTHING: Streams = (Output(), Output())
_MOST_ROWS = 20_000
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])")
_MARKS = {
    ExecState.QUEUED: ("…", "dim"),
    ExecState.RUNNING: ("▸", "accent"),
    ExecState.SKIPPED: ("–", "warn"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list: a machine, or all machines with the same result.

    Args:
        entry: the machine, or the first of them.
        members: how many machines it stands for.
        names: their names, for a group.
    """

    entry: ExecEntry
    members: int = 1
    names: str = ""


def rows_of(ledger: ExecLedger, *, grouped: bool) -> tuple[Row, ...]:
    """Return the rows: machines in order, or groups of the same result, the largest first."""
    if not grouped:
        return tuple(Row(entry) for entry in ledger.entries)
    return tuple(_group_row(group) for group in groups(ledger.entries))


def row_line(row: Row, width: int, tone: str = "") -> Line:
    """Return one row: mark, who, how it ended, and how long that took."""
    entry = row.entry
    mark, colour = _mark(entry)
    seconds = f" {entry.outcome.seconds:.1f}s" if entry.outcome and row.members == 1 else ""
    verdict = f" {visible(entry.verdict)}"
    who = f"{row.members} × " if row.members > 1 else ""
    who += row.names or visible(entry.name)
    room = max(8, width - 3 - cell_len(verdict) - len(seconds))
    return line(Cell(f" {mark} ", colour), fit(who, room), Cell(verdict, colour), Cell(seconds, "dim"), tone=tone)


def run_summary(ledger: ExecLedger) -> Line:
    """Return one line on how a run stands."""
    good = sum(entry.outcome is not None and entry.outcome.good for entry in ledger.entries)
    counts = (
        (f"✓ {good} well", "good", good),
        (f"✗ {len(ledger.failed)} failed", "bad", len(ledger.failed)),
        (f"▸ {ledger.count(ExecState.RUNNING)} under way", "accent", ledger.count(ExecState.RUNNING)),
        (f"… {ledger.count(ExecState.QUEUED)} waiting", "dim", ledger.count(ExecState.QUEUED)),
        (f"– {ledger.count(ExecState.SKIPPED)} not begun", "warn", ledger.count(ExecState.SKIPPED)),
    )
    cells = [part for text, tone, count in counts if count for part in (Cell(text, tone), Cell("   "))]
    if ledger.cancelled and not ledger.finished:
        cells.append(Cell("stopping…   ", "warn"))
    if ledger.notice:
        cells.append(Cell(f"{visible(ledger.notice)}   ", "warn"))
    where = "in the guests" if ledger.manner.guest else "on this host"
    return line(Cell(f" run {ledger.run}   ", "strong"), *cells, Cell(f"{where}: {visible(ledger.command)}", "dim"))


def output_rows(entry: ExecEntry, width: int, live: Streams = _NOTHING) -> tuple[Line, ...]:
    """Return what a command printed, wrapped to ``width`` cells, with nothing in it that the terminal would obey.

    Args:
        entry: the machine.
        width: terminal cells.
        live: what it has printed so far on standard output and error, while it runs.
    """
    outcome = entry.outcome
    if outcome is None:
        waiting = line(Cell(f" {visible(entry.why or entry.state.value)}", "dim"))
        return (*_printed(live, width), waiting)
    head = [line(Cell(f" {visible(outcome.why)}", "bad"))] if outcome.why else []
    parts = [*head, *_printed((outcome.stdout, outcome.stderr), width)]
    return tuple(parts) or (line(Cell(" It printed nothing.", "dim")),)


def _printed(streams: Streams, width: int) -> list[Line]:
    out, err = streams
    parts = [line(text) for text in _texts(out, width)]
    if err.total:
        amount = f", {counted(err.total, 'byte')}" if err.left_out else ""
        parts.append(line(Cell(f" ── standard error{amount}", "dim")))
        parts += [line(Cell(text, "warn")) for text in _texts(err, width)]
    return parts


def _texts(output: Output, width: int) -> list[str]:
    if not output.left_out:
        return _wrapped(output.head + output.tail, width)
    gap = f" [{counted(output.left_out, 'byte')} left out]"
    return [*_wrapped(output.head, width), gap, *_wrapped(output.tail, width)]


def _wrapped(text: bytes, width: int) -> list[str]:
    rows: list[str] = []
    for raw in text.decode(errors="replace").splitlines():
        plain = visible(_ESCAPES.sub("", raw.rpartition("\r")[2] or raw).expandtabs(8).rstrip())
        while cell_len(plain) > width > 1:
            cut = width if plain.isascii() else _cut(plain, width)
            rows.append(plain[:cut])
            plain = plain[cut:]
        rows.append(plain)
        if len(rows) >= _MOST_ROWS:
            return [*rows, " [more was printed than is shown]"]
    return rows


def _cut(text: str, width: int) -> int:
    """Return how many characters fill ``width`` cells; at least one, or it would never end."""
    taken = 0
    for index, char in enumerate(text):
        taken += cell_len(char)
        if taken > width:
            return max(1, index)
    return len(text)


def _mark(entry: ExecEntry) -> tuple[str, str]:
    if entry.state is ExecState.DONE:
        return ("✗", "bad") if entry.failed else ("✓", "good")
    return _MARKS[entry.state]


def _group_row(group: Group) -> Row:
    return Row(group.sample, len(group.members), ", ".join(visible(entry.name) for entry in group.members))
