"""Show the checkpoints of one machine as a tree, those of several by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from textwrap import wrap

from rich.cells import cell_len

from qq2clone_tui.domain.checkpoint import Checkpoint, unroll
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger

from .machines import standing_cell, state_cell
from .text import Cell, Line, counted, fit, line, visible

__all__ = [
    "CheckpointRow",
    "Layout",
    "empty_text",
    "heading_line",
    "outcome_text",
    "remark_lines",
    "row_line",
    "rows_by_machine",
    "rows_of",
    "subject_line",
]

_MADE, _STATE, _SHARE = 18, 14, 10
_LEAST_NAME, _USUAL_NAME, _MOST_NAME = 16, 20, 46
"""Cells of a name: at least, as one has that nobody chose, at most."""
_LEAST_MACHINE, _MOST_MACHINE = 12, 30


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A line of the list.

    Args:
        newest: the checkpoint, of several machines the one made last.
        depth: how deep it stands in the tree.
        holders: how many machines have one of this name.
        remembering: how many of those would go on from the memory of then.
        machines: how many machines are looked at.
        machine: the one machine it belongs to where several are listed one by one.
    """

    newest: Checkpoint
    depth: int = 0
    holders: int = 1
    remembering: int = 0
    machines: int = 1
    machine: Machine | None = None

    @property
    def ident(self) -> tuple[str, str]:
        """Return what tells the row from every other one."""
        return self.machine.uuid if self.machine else "", self.newest.name


@dataclass(frozen=True, slots=True)
class Layout:
    """Which columns some rows need.

    Args:
        several: a row may stand for several machines.
        machine: cells of the longest name in the column of machines, 0 where there is no such column.
    """

    several: bool = False
    machine: int = 0

    @classmethod
    def of(cls, rows: Sequence[CheckpointRow]) -> "Layout":
        """Return what some rows need."""
        names = (cell_len(visible(row.machine.name)) for row in rows if row.machine)
        return cls(any(row.machines > 1 for row in rows), max(names, default=0))

    def machine_width(self, width: int) -> int:
        """Return how wide the column of machines is in a list of some width."""
        return max(_LEAST_MACHINE, min(self.machine + 4, _MOST_MACHINE, width // 3)) if self.machine else 0

    def name_width(self, width: int) -> int:
        """Return how wide the column of checkpoints is in a list of some width."""
        rest = self.machine_width(width) + _MADE + _STATE + (_SHARE if self.several else 0)
        return max(_LEAST_NAME, min(_MOST_NAME, max((width - rest) // 2, min(_USUAL_NAME, width - rest))))


def rows_of(machines: Sequence[Machine], found: Mapping[str, Sequence[Checkpoint]]) -> tuple[CheckpointRow, ...]:
    """Return the rows for some machines: a tree for one, names in the order of time for several."""
    if len(machines) == 1:
        return _tree(machines[0], found)
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


def rows_by_machine(
    machines: Sequence[Machine], found: Mapping[str, Sequence[Checkpoint]]
) -> tuple[CheckpointRow, ...]:
    """Return the rows of several machines, one machine after the other, each with its own tree."""
    return tuple(replace(row, machine=machine) for machine in machines for row in _tree(machine, found))


def _tree(machine: Machine, found: Mapping[str, Sequence[Checkpoint]]) -> tuple[CheckpointRow, ...]:
    tree = unroll(found.get(machine.uuid, ()))
    return tuple(CheckpointRow(each, depth, remembering=int(each.with_memory)) for depth, each in tree)


def subject_line(
    machines: Sequence[Machine],
    rows: Sequence[CheckpointRow] | None,
    found: Mapping[str, Sequence[Checkpoint]] | None = None,
    place: str = "",
) -> Line:
    """Return whose checkpoints these are, and how many.

    Args:
        machines: whose they are.
        rows: what is listed; None when nothing has been read.
        found: the checkpoints of each machine that has any, by UUID; None when they have not been read.
        place: what the machines stand on, in words, where they were chosen by that.
    """
    count = Cell(f"   {counted(len(rows), 'checkpoint')}" if rows is not None else "", "dim")
    if place:
        holders = sum(1 for machine in machines if found and found.get(machine.uuid))
        share = f"   {holders} of them {'has' if holders == 1 else 'have'} any" if found is not None else ""
        whole = Cell(f" {visible(place)}: ", "strong")
        return line(whole, counted(len(machines), "machine"), Cell(share, "dim"), count, tone="bar")
    if len(machines) == 1:
        return line(Cell(f" {visible(machines[0].name)}  ", "strong"), state_cell(machines[0]), count, tone="bar")
    names = ", ".join(visible(machine.name) for machine in machines[:4]) + (" …" if len(machines) > 4 else "")
    return line(Cell(f" {counted(len(machines), 'machine')}: ", "strong"), names, count, tone="bar")


def empty_text(machines: int, *, read_only: bool = False) -> str:
    """Return what stands where no machine has a checkpoint, and how to make one where that may be done."""
    if machines == 1:
        return "No checkpoints yet." if read_only else "No checkpoints yet: c makes one."
    none = f"None of the {machines} machines has a checkpoint yet"
    return f"{none}." if read_only else f"{none}: c makes one of each."


def heading_line(layout: Layout, width: int) -> Line:
    """Return the titles of the columns."""
    share = fit("machines", _SHARE) if layout.several else ""
    owner = fit("   machine", layout.machine_width(width))
    name = fit("  checkpoint" if layout.machine else "   checkpoint", layout.name_width(width))
    return line(Cell(f"{owner}{name}{fit('made', _MADE)}{fit('state', _STATE)}{share}note", "heading"))


def row_line(row: CheckpointRow, layout: Layout, width: int, tone: str) -> Line:
    """Return one row, fitted to a width in cells."""
    each, owner = row.newest, row.machine
    mark = "▸" if each.current and not layout.several else " "
    lead = "" if owner else " "
    name = fit(f"{lead}{mark} {'  ' * min(row.depth, 8)}{visible(each.name)}", layout.name_width(width) - 1)
    state = standing_cell(each.state)
    return line(
        *([Cell(f"{fit(f'   {visible(owner.name)}', layout.machine_width(width) - 1)} ")] if owner else []),
        Cell(f"{name} ", "strong" if mark == "▸" else ""),
        Cell(fit(_moment(each), _MADE), "dim"),
        Cell(fit(state.text, _STATE), state.tone),
        *([Cell(fit(f"{row.holders} of {row.machines}", _SHARE))] if layout.several else []),
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
    whole = f"{visible(row.machine.name)}: {visible(each.name)}" if row.machine else visible(each.name)
    lines = [line(Cell(f" {fit(whole, room).rstrip()}", "strong"))]
    lines += [line(Cell(f" {text}", "dim")) for text in wrap(after, room)]
    return [*lines, *(line(Cell(f" {text}")) for text in wrap(visible(each.description), room))][:4]


def outcome_text(ledger: Ledger) -> str:
    """Return what became of a job, in one line; the first reason where something failed."""
    failed, done = ledger.failed(), ledger.count(EntryState.DONE)
    title = f"{visible(ledger.plan.title)}: {counted(done, 'machine')} done"
    if not failed:
        return title
    return f"{title}, {len(failed)} failed: {visible(failed[0].reason)}"


def _moment(each: Checkpoint) -> str:
    return datetime.fromtimestamp(each.created_at).astimezone().strftime("%Y-%m-%d %H:%M") if each.created_at else "-"
