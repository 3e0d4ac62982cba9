"""Show templates, and their clones by state, as the rows of a tree."""

from collections import Counter
from dataclasses import dataclass

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Inventory
from qq2clone_tui.domain.states import DomainState

from .machines import Standing, standing_cell, standing_of
from .text import Cell, Line, fit, visible

__all__ = ["Branch", "branches", "tree_line"]

_ORDER: tuple[Standing, ...] = (*DomainState, CloneStatus.MAKING, CloneStatus.REMOVING)


@dataclass(frozen=True, slots=True)
class Branch:
    """One row of the tree: everything, one template, or one state of a template.

    Args:
        template, state: what it stands for; both None for all machines.
        count: its clones.
        version: newest version of the template, 0 for other rows.
        open: True when the states of a template are shown below it.
    """

    template: str | None = None
    state: Standing | None = None
    count: int = 0
    version: int = 0
    open: bool = False


def branches(inventory: Inventory, closed: frozenset[str]) -> tuple[Branch, ...]:
    """Return the rows from top to bottom; templates in ``closed`` hide their states."""
    counts = Counter((machine.template, standing_of(machine)) for machine in inventory.machines.values())
    rows = [Branch(count=len(inventory.machines))]
    for template in inventory.templates:
        is_open = template.name not in closed
        rows.append(Branch(template.name, None, template.clones, template.version, is_open))
        if is_open:
            rows += [
                Branch(template.name, state, counts[template.name, state])
                for state in _ORDER
                if counts[template.name, state]
            ]
    return tuple(rows)


def tree_line(branch: Branch, width: int, tone: str = "") -> Line:
    """Return a row of the tree at ``width`` cells."""
    count = Cell(f"{branch.count:>4} ", "dim")
    if branch.template is None:
        return Line((Cell(fit(" all machines", width - 5), "strong"), count), tone)
    if branch.state is None:
        version = Cell(fit(f" v{branch.version}", 3, right=True), "dim")
        arrow = "▾" if branch.open else "▸"
        name = fit(f" {arrow} {visible(branch.template)}", width - 8)
        return Line((Cell(name, "strong"), version, count), tone)
    state = standing_cell(branch.state)
    return Line((Cell(fit(f"   {state.text}", width - 5), state.tone), count), tone)
