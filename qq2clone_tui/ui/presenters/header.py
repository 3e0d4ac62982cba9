"""Show connection, host and jobs as the line at the top."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len

from qq2clone_tui.domain.host_figures import HostFigures
from qq2clone_tui.domain.inventory import ConnectionState, Inventory
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.room import Room
from qq2clone_tui.domain.stats import Rates

from .figures import amount, share
from .text import Cell, Line, counted, fit, visible

__all__ = ["header_line"]

_CONNECTIONS = {
    ConnectionState.LIVE: ("● live", "good"),
    ConnectionState.CONNECTING: ("◌ connecting…", "warn"),
    ConnectionState.RECONNECTING: ("✗ reconnecting…", "bad"),
}
_ROOMY = 110
_WANTED = 4
"""From this rank on a part is worth more than the settings in a URI."""
_STAYS = 9
_SETTINGS = re.compile(r"\?.+")


@dataclass(frozen=True, slots=True)
class _Part:
    """Something at the right; where there is no room for all, that of the lowest rank goes first.

    Args:
        rank: from 0; ``_STAYS`` for what stays whatever else has to go.
        cell: what is written.
        joined: it belongs to the part before it.
    """

    rank: int
    cell: Cell
    joined: bool = False


def header_line(
    uri: str,
    inventory: Inventory,
    rates: Mapping[str, Rates],
    jobs: tuple[Ledger, ...],
    width: int,
    *,
    host: HostFigures = HostFigures(),  # noqa: B008 - frozen, so sharing it is safe
    read_only: bool = False,
    busy: str = "",
) -> Line:
    """Return the top line at ``width`` cells.

    Figures at the right give way to the URI, though not to the settings in it; the URI gives way to a warning.
    """
    word, tone = _CONNECTIONS[inventory.connection]
    program, state = Cell(" qq2clone ", "accent"), Cell(word + ("  " if read_only else ""), tone)
    mode = Cell("read-only" if read_only else "", "warn")
    left = width - _width([program, state, mode]) - len("  ")
    parts = [*_load(inventory, host), _up(inventory), *_memory(inventory, rates, host), *_room(host.room), _jobs(jobs)]
    if busy:
        parts.append(_Part(8, Cell(f"… {busy}", "warn"), joined=True))
    gap = "   " if width >= _ROOMY else "  "
    wanted = _fitting([part for part in parts if part.rank >= _WANTED], left, gap)
    where = _where(uri, inventory, left - _width(wanted))
    right = _fitting(parts, left - cell_len(where), gap)
    where = fit(where, min(cell_len(where), left - _width(right)))
    space = " " * (left - cell_len(where) - _width(right))
    return Line((program, Cell(f"{where}  ", "strong"), state, mode, Cell(space), *right), "bar")


def _where(uri: str, inventory: Inventory, width: int) -> str:
    """Return the name of the hypervisor, without the settings in its URI where these take too much room."""
    name = f" @ {visible(inventory.host.hostname)}" if inventory.host and inventory.host.hostname else ""
    whole, bare = (f" {visible(text)}{name}" for text in (uri, _SETTINGS.sub("?…", uri)))
    return whole if cell_len(whole) <= width else bare


def _fitting(parts: list[_Part], width: int, gap: str) -> list[Cell]:
    """Return the cells of those parts for which there is room, each behind its gap."""
    while parts:
        cells = [Cell(" ")]
        for part in reversed(parts):
            cells = [Cell(" " if part.joined or part is parts[0] else gap), part.cell, *cells]
        least = min(parts, key=lambda part: part.rank)
        if least.rank >= _STAYS or _width(cells) <= width:
            return cells
        parts = [part for part in parts if part is not least]
    return []


def _width(cells: Iterable[Cell]) -> int:
    return sum(cell_len(cell.text) for cell in cells)


def _load(inventory: Inventory, host: HostFigures) -> Iterator[_Part]:
    known = host.cpu_percent is not None
    if known:
        yield _Part(3, Cell(f"load {share(host.cpu_percent)}", "dim"))
    if inventory.host and inventory.host.cpus:
        yield _Part(1, Cell(f"{'of ' * known}{counted(inventory.host.cpus, 'cpu')}", "dim"), joined=known)


def _up(inventory: Inventory) -> _Part:
    clones = [machine for machine in inventory.machines.values() if not machine.staging]
    active = sum(machine.state.active for machine in clones)
    return _Part(2, Cell(f"{active} of {counted(len(clones), 'machine')} up", "dim"))


def _memory(inventory: Inventory, rates: Mapping[str, Rates], host: HostFigures) -> Iterator[_Part]:
    """Say what of the host's memory is taken; where it does not tell, what our machines take of it."""
    total = host.memory_bytes or (inventory.host.memory_bytes if inventory.host else 0)
    if total:
        used = host.memory_used_bytes
        taken = amount(sum(rate.memory_bytes or 0 for rate in rates.values()) if used is None else used)
        unit = amount(total)[-1]
        yield _Part(4, Cell(f"mem {taken.removesuffix(unit)}/{amount(total)}", "dim"))


def _room(room: Room | None) -> Iterator[_Part]:
    if room is not None:
        text = f"pool {amount(room.free)} free"
        yield _Part(_STAYS, Cell(f"! {text}", "warn")) if room.scarce else _Part(5, Cell(text, "dim"))


def _jobs(jobs: tuple[Ledger, ...]) -> _Part:
    active = [job for job in jobs if not job.finished]
    if active:
        return _Part(7, Cell(f"jobs {len(active)} ▸", "accent"))
    failed = jobs[-1].count(EntryState.FAILED) if jobs else 0
    return _Part(6, Cell(f"{failed} failed ✗", "bad") if failed else Cell("no jobs", "dim"))
