"""Show the checkpoints of one machine as a tree, those of several by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from textwrap import wrap

from qq2clone_tui.domain.checkpoint import Checkpoint, unroll
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger

from .machines import standing_cell, state_cell
from .text import Cell, Line, counted, fit, line, visible

__all__ = ["CheckpointRow", "heading_line", "outcome_text", "remark_lines", "row_line", "rows_of", "subject_line"]

_MADE, _STATE, _SHARE = 18, 14, 10
_LEAST_NAME = 16


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A line of the list.

    Args:
        newest: the checkpoint, of several machines the one made last.
        depth: how deep it stands in the tree.
        holders: how many machines have one of this name.
        remembering: how many of those would go on from the memory of then.
        machines: how many machines are looked at.
    """

    newest: Checkpoint
    depth: int = 0
    holders: int = 1
    remembering: int = 0
    machines: int = 1


def rows_of(machines: Sequence[Machine], found: Mapping[str, Sequence[Checkpoint]]) -> tuple[CheckpointRow, ...]:
    """Return the rows for some machines: a tree for one, names in the order of time for several."""
    if len(machines) == 1:
        tree = unroll(found.get(machines[0].uuid, ()))
        return tuple(CheckpointRow(each, depth, remembering=int(each.with_memory)) for depth, each in tree)
    named: dict[str, list[Checkpoint]] = {}
    for machine in machines:
        for each in found.get(machine.uuid, ()):
            named.setdefault(each.name, []).append(each)
    rows = [
        CheckpointRow(
            max(kept, key=lambda each: each.created_at),
            0,
            len(kept),
            sum(each.with_memory for each in kept),
            len(machines),
        )
        for kept in named.values()
    ]
    return tuple(sorted(rows, key=lambda row: (row.newest.created_at, row.newest.name)))


def subject_line(machines: Sequence[Machine], rows: Sequence[CheckpointRow] | None) -> Line:
    """Return whose checkpoints these are, and how many; None when they have not been read."""
    count = Cell(f"   {counted(len(rows), 'checkpoint')}" if rows is not None else "", "dim")
    if len(machines) == 1:
        return line(Cell(f" {visible(machines[0].name)}  ", "strong"), state_cell(machines[0]), count, tone="bar")
    names = ", ".join(visible(machine.name) for machine in machines[:4]) + (" …" if len(machines) > 4 else "")
    return line(Cell(f" {counted(len(machines), 'machine')}: ", "strong"), names, count, tone="bar")


def heading_line(width: int, *, several: bool) -> Line:
    """Return the titles of the columns."""
    share = fit("machines", _SHARE) if several else ""
    name = fit("   checkpoint", _name_width(width, several=several))
    return line(Cell(f"{name}{fit('made', _MADE)}{fit('state', _STATE)}{share}note", "heading"))


def row_line(row: CheckpointRow, width: int, tone: str) -> Line:
    """Return one row, fitted to a width in cells."""
    several, each = row.machines > 1, row.newest
    mark = "▸" if each.current and not several else " "
    name = fit(f" {mark} {'  ' * min(row.depth, 8)}{visible(each.name)}", _name_width(width, several=several) - 1)
    state = standing_cell(each.state)
    return line(
        Cell(f"{name} ", "strong" if mark == "▸" else ""),
        Cell(fit(_moment(each), _MADE), "dim"),
        Cell(fit(state.text, _STATE), state.tone),
        *([Cell(fit(f"{row.holders} of {row.machines}", _SHARE))] if several else []),
        Cell(visible(each.description), "dim"),
        tone=tone,
    )


def remark_lines(row: CheckpointRow, width: int) -> list[Line]:
    """Return all there is to say about one row: the whole name, the whole note, what going back does."""
    each, room = row.newest, max(20, width - 3)
    if row.machines == 1:
        after = f"{each.state.value} again, with the memory of then" if each.with_memory else "off"
        after = f"Going back leaves it {after}.{' It came from this one last.' if each.current else ''}"
    else:
        off = row.holders - row.remembering
        after = f"Going back leaves {row.remembering} going on from the memory of then, and {off} off."
    lines = [line(Cell(f" {fit(visible(each.name), room).rstrip()}", "strong"))]
    lines += [line(Cell(f" {text}", "dim")) for text in wrap(after, room)]
    return [*lines, *(line(Cell(f" {text}")) for text in wrap(visible(each.description), room))][:4]


def outcome_text(ledger: Ledger) -> str:
    """Return what became of a job, in one line; the first reason where something failed."""
    failed, done = ledger.failed(), ledger.count(EntryState.DONE)
    title = f"{visible(ledger.plan.title)}: {counted(done, 'machine')} done"
    if not failed:
        return title
    return f"{title}, {len(failed)} failed: {visible(failed[0].reason)}"


def _name_width(width: int, *, several: bool) -> int:
    rest = _MADE + _STATE + (_SHARE if several else 0)
    return max(_LEAST_NAME, min(46, (width - rest) // 2))


def _moment(each: Checkpoint) -> str:
    return datetime.fromtimestamp(each.created_at).astimezone().strftime("%Y-%m-%d %H:%M") if each.created_at else "-"
