"""Show connection, host and jobs as the line at the top."""

from collections.abc import Mapping

from rich.cells import cell_len

from qq2clone_tui.domain.inventory import ConnectionState, Inventory
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.stats import Rates

from .figures import amount
from .text import Cell, Line, counted, visible

__all__ = ["header_line"]

_CONNECTIONS = {
    ConnectionState.LIVE: ("● live", "good"),
    ConnectionState.CONNECTING: ("◌ connecting…", "warn"),
    ConnectionState.RECONNECTING: ("✗ reconnecting…", "bad"),
}


def header_line(
    uri: str,
    inventory: Inventory,
    rates: Mapping[str, Rates],
    jobs: tuple[Ledger, ...],
    width: int,
    *,
    read_only: bool = False,
    busy: str = "",
) -> Line:
    """Return the top line at ``width`` cells; figures on the right give way to the URI."""
    word, tone = _CONNECTIONS[inventory.connection]
    host = f" @ {visible(inventory.host.hostname)}" if inventory.host and inventory.host.hostname else ""
    left = [Cell(" qq2clone ", "accent"), Cell(f" {visible(uri)}{host}  ", "strong"), Cell(word, tone)]
    if read_only:
        left.append(Cell("  read-only", "warn"))
    right = _right(inventory, rates, jobs, busy)
    taken = sum(cell_len(cell.text) for cell in left)
    while right and taken + sum(cell_len(cell.text) for cell in right) + 1 > width:
        right.pop(0)
    space = width - taken - sum(cell_len(cell.text) for cell in right)
    return Line((*left, Cell(" " * max(1, space)), *right), "bar")


def _right(inventory: Inventory, rates: Mapping[str, Rates], jobs: tuple[Ledger, ...], busy: str) -> list[Cell]:
    cells: list[Cell] = []
    clones = [machine for machine in inventory.machines.values() if not machine.staging]
    active = sum(machine.state.active for machine in clones)
    if inventory.host and inventory.host.cpus:
        cells.append(Cell(f"{counted(inventory.host.cpus, 'cpu')}   ", "dim"))
    cells.append(Cell(f"{active} of {counted(len(clones), 'machine')} up   ", "dim"))
    used = sum(rate.memory_bytes or 0 for rate in rates.values())
    if inventory.host and inventory.host.memory_bytes:
        cells.append(Cell(f"mem {amount(used) if used else '0'}/{amount(inventory.host.memory_bytes)}   ", "dim"))
    cells.append(_jobs(jobs))
    if busy:
        cells.append(Cell(f"… {busy} ", "warn"))
    return cells


def _jobs(jobs: tuple[Ledger, ...]) -> Cell:
    active = [job for job in jobs if not job.finished]
    if active:
        return Cell(f"jobs {len(active)} ▸ ", "accent")
    failed = jobs[-1].count(EntryState.FAILED) if jobs else 0
    return Cell(f"{failed} failed ✗ ", "bad") if failed else Cell("no jobs ", "dim")
