"""Show a machine as the cells of one table row, and say how each column sorts."""

from collections.abc import Callable
from dataclasses import dataclass

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Rates

from .figures import age, amount, share
from .text import Cell, visible

__all__ = ["COLUMNS", "GLYPHS", "Column", "column", "state_cell", "state_word"]

GLYPHS: dict[DomainState, str] = {
    DomainState.RUNNING: "●",
    DomainState.IDLE: "◐",
    DomainState.PAUSED: "‖",
    DomainState.IN_SHUTDOWN: "↓",
    DomainState.OFF: "○",
    DomainState.CRASHED: "✗",
    DomainState.PMSUSPENDED: "☾",
    DomainState.SAVED: "◌",
    DomainState.MISSING: "?",
}

_UNFINISHED = {CloneStatus.MAKING: "+", CloneStatus.REMOVING: "-"}
_BY_SEVERITY = {state: rank for rank, state in enumerate(DomainState)}

Sortable = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the clone table.

    Args:
        id, title: its names in the model and on the screen.
        width: cells it takes; 0 for the one that takes what is left.
        cell: makes its cell from a machine, its figures and the current time in epoch seconds.
        key: what its rows sort by.
        right: True when it is flush right.
        measured: True when it shows figures that change by themselves.
        keep: columns of low rank go first when the terminal is narrow.
    """

    id: str
    title: str
    width: int
    cell: Callable[[Machine, Rates, float], Cell]
    key: Callable[[Machine, Rates | None], Sortable]
    right: bool = False
    measured: bool = False
    keep: int = 9


def state_word(machine: Machine) -> str:
    """Return the state in a word of the set language, or what is being done to the machine."""
    return machine.state.value if machine.status is CloneStatus.READY else machine.status.value


def state_cell(machine: Machine) -> Cell:
    """Return glyph and word of a machine's state."""
    if machine.status is not CloneStatus.READY:
        return Cell(f"{_UNFINISHED[machine.status]} {machine.status.value}", "changing")
    return Cell(f"{GLYPHS[machine.state]} {machine.state.value}", machine.state.value)


def _plain(machine: Machine) -> Sortable:
    return (machine.template, machine.number)


def _figure(field: str) -> Callable[[Machine, Rates | None], Sortable]:
    def key(machine: Machine, rates: Rates | None) -> Sortable:
        value: float | None = getattr(rates, field) if rates else None
        return (-1.0 if value is None else float(value), *_plain(machine))

    return key


def _quiet(text: str) -> Cell:
    return Cell(text, "dim" if text == "-" else "")


COLUMNS: tuple[Column, ...] = (
    Column("number", "#", 4, lambda m, r, t: Cell(str(m.number), "dim"), lambda m, r: _plain(m), right=True),
    Column("name", "name", 0, lambda m, r, t: Cell(visible(m.name)), lambda m, r: (m.name, m.number)),
    Column("state", "state", 13, lambda m, r, t: state_cell(m), lambda m, r: (_BY_SEVERITY[m.state], *_plain(m))),
    Column("version", "ver", 3, lambda m, r, t: Cell(f"v{m.version}", "dim"), lambda m, r: (m.version, *_plain(m)), keep=3),
    Column("cpu", "cpu", 4, lambda m, r, t: _quiet(share(r.cpu_percent)), _figure("cpu_percent"), True, True, keep=6),
    Column("memory", "mem", 5, lambda m, r, t: _quiet(amount(r.memory_bytes)), _figure("memory_bytes"), True, True, keep=5),
    Column(
        "disk", "disk", 5, lambda m, r, t: _quiet(amount(r.disk_allocation_bytes)), _figure("disk_allocation_bytes"),
        True, True, keep=2,
    ),
    Column(
        "age", "age", 4, lambda m, r, t: Cell(age(t - m.created_at), "dim"), lambda m, r: (-m.created_at, *_plain(m)),
        right=True, keep=4,
    ),
)  # fmt: skip

_BY_ID = {entry.id: entry for entry in COLUMNS}


def column(ident: str) -> Column:
    """Return the column with this id."""
    return _BY_ID[ident]
