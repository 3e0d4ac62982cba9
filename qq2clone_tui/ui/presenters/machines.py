"""Show a machine as the cells of one table row, and say how each column sorts."""

from collections.abc import Callable
from dataclasses import dataclass

from qq2clone_tui.domain.address import sorting_key
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Rates

from .figures import age, amount, share
from .text import Cell, visible

__all__ = [
    "COLUMNS",
    "GLYPHS",
    "Column",
    "Row",
    "Standing",
    "column",
    "standing_cell",
    "standing_of",
    "state_cell",
    "state_word",
]

Standing = DomainState | CloneStatus
"""A machine's state, or what is being done to it while it is not whole."""

GLYPHS: dict[Standing, str] = {
    DomainState.RUNNING: "●",
    DomainState.IDLE: "◐",
    DomainState.PAUSED: "‖",
    DomainState.IN_SHUTDOWN: "↓",
    DomainState.OFF: "○",
    DomainState.CRASHED: "✗",
    DomainState.PMSUSPENDED: "☾",
    DomainState.SAVED: "◌",
    DomainState.MISSING: "?",
    CloneStatus.MAKING: "+",
    CloneStatus.REMOVING: "-",
}

_RANKS = {state: rank for rank, state in enumerate(DomainState)}

_NO_RATES = Rates()

Sortable = tuple[float | str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A machine with its newest figures at one instant, in epoch seconds, and the addresses to reach it at."""

    machine: Machine
    rates: Rates = _NO_RATES
    now: float = 0.0
    addresses: tuple[str, ...] = ()

    @property
    def figures(self) -> Rates:
        """Return the figures that hold for the machine's state: off, it only takes space."""
        return (
            self.rates if self.machine.state.active else Rates(disk_allocation_bytes=self.rates.disk_allocation_bytes)
        )


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the clone table.

    Args:
        id, title: its names in the model and on the screen.
        width: cells it takes; 0 for the one that takes what is left.
        cell: makes its cell.
        key: what rows sort by; equals stand in the order of template and number.
        right: True when it is flush right.
        measured: True when it shows figures that change by themselves.
        keep: columns of low rank go first when the terminal is narrow.
    """

    id: str
    title: str
    width: int
    cell: Callable[[Row], Cell]
    key: Callable[[Row], Sortable]
    right: bool = False
    measured: bool = False
    keep: int = 9


def standing_of(machine: Machine) -> Standing:
    """Return the state of a whole machine, or what is being done to another."""
    return machine.state if machine.status is CloneStatus.READY else machine.status


def state_word(machine: Machine) -> str:
    """Return the state in a word of the set language, or what is being done to the machine."""
    return standing_of(machine).value


def state_cell(machine: Machine) -> Cell:
    """Return glyph and word of a machine's state."""
    return standing_cell(standing_of(machine))


def standing_cell(standing: Standing) -> Cell:
    """Return glyph and word in the colour that belongs to them."""
    colour = "changing" if isinstance(standing, CloneStatus) else standing.value
    return Cell(f"{GLYPHS[standing]} {standing.value}", colour)


def _known(figure: float | None) -> Sortable:
    return (-1.0 if figure is None else figure,)


def _figure(text: str) -> Cell:
    return Cell(text, "dim" if text == "-" else "")


COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        "#",
        4,
        lambda row: Cell("✎", "accent") if row.machine.staging else Cell(str(row.machine.number), "dim"),
        lambda row: (row.machine.template, row.machine.number),
        right=True,
    ),
    Column("name", "name", 0, lambda row: Cell(visible(row.machine.name)), lambda row: (row.machine.name,)),
    Column("state", "state", 13, lambda row: state_cell(row.machine), lambda row: (_RANKS[row.machine.state],)),
    Column(
        "version",
        "ver",
        3,
        lambda row: Cell(f"v{row.machine.version}", "dim"),
        lambda row: (row.machine.version,),
        keep=3,
    ),
    Column(
        "cpu",
        "cpu",
        4,
        lambda row: _figure(share(row.figures.cpu_percent)),
        lambda row: _known(row.figures.cpu_percent),
        right=True,
        measured=True,
        keep=6,
    ),
    Column(
        "memory",
        "mem",
        5,
        lambda row: _figure(amount(row.figures.memory_bytes)),
        lambda row: _known(row.figures.memory_bytes),
        right=True,
        measured=True,
        keep=5,
    ),
    Column(
        "disk",
        "disk",
        5,
        lambda row: _figure(amount(row.figures.disk_allocation_bytes)),
        lambda row: _known(row.figures.disk_allocation_bytes),
        right=True,
        measured=True,
        keep=2,
    ),
    Column(
        "address",
        "address",
        15,
        lambda row: _figure(row.addresses[0] if row.addresses else "-"),
        lambda row: (sorting_key(row.addresses[0]) if row.addresses else "",),
        keep=1,
    ),
    Column(
        "age",
        "age",
        4,
        lambda row: Cell(age(row.now - row.machine.created_at), "dim"),
        lambda row: (-row.machine.created_at,),
        right=True,
        keep=4,
    ),
)

_BY_ID = {entry.id: entry for entry in COLUMNS}


def column(ident: str) -> Column:
    """Return the column with this id."""
    return _BY_ID[ident]
