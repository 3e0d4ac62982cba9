"""Show templates, their versions, and their clones by state, as the rows of a tree."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Inventory, Machine, TemplateSummary, VersionSummary
from qq2clone_tui.domain.states import DomainState

from ..desk import Place
from .figures import amount
from .machines import GLYPHS, Standing, standing_cell, standing_of
from .text import Cell, Line, fit, visible

__all__ = ["STAGING_GLYPH", "Branch", "branches", "tree_line"]

ALL = Place()
STAGING_GLYPH = "✎"
DRIFT_MARK = "!"
_ORDER: tuple[Standing, ...] = (*DomainState, CloneStatus.MAKING, CloneStatus.REMOVING)
_COUNT = 5
_BYTES = 6
_LEAST_NOTE = 10


@dataclass(frozen=True, slots=True)
class Branch:
    """One row of the tree: everything, one template, or a part of one template.

    Args:
        place: what it stands for.
        count: its clones.
        template: what is known of the template, on its row.
        version: what is known of the version, on its row.
        staging: the staging machine, on its row and, while that is hidden, on the template's.
        coming: number that the version made in the staging machine gets.
        open: True when the rows of a template are shown below it.
    """

    place: Place = ALL
    count: int = 0
    template: TemplateSummary | None = None
    version: VersionSummary | None = None
    staging: Machine | None = None
    coming: int = 0
    open: bool = False


def branches(inventory: Inventory, closed: frozenset[str]) -> tuple[Branch, ...]:
    """Return the rows from top to bottom; templates in ``closed`` hide what is below them."""
    clones = [machine for machine in inventory.machines.values() if not machine.staging]
    counts = Counter((machine.template, standing_of(machine)) for machine in clones)
    rows = [Branch(count=len(clones))]
    for template in inventory.templates:
        name, is_open = template.name, template.name not in closed
        staging = inventory.machines.get(template.staging)
        top = Branch(Place(name), template.clones, template, staging=None if is_open else staging, open=is_open)
        rows.append(top)
        if is_open:
            rows += [Branch(Place(name, version=each.number), each.clones, version=each) for each in template.versions]
            rows += _staging(name, template, staging)
            rows += _states(name, counts)
    return tuple(rows)


def tree_line(branch: Branch, width: int, tone: str = "") -> Line:
    """Return a row of the tree at ``width`` cells."""
    count = Cell(f"{branch.count:>{_COUNT - 1}} ", "dim")
    room = width - cell_len(count.text)
    if branch.template is not None:
        return Line((*_template(branch, branch.template, room), count), tone)
    if branch.version is not None:
        return Line((*_version(branch.version, room), count), tone)
    if branch.staging is not None:
        return Line(_staged(branch, branch.staging, width), tone)
    if branch.place.state is None:
        return Line((Cell(fit(" all machines", room), "strong"), count), tone)
    state = standing_cell(branch.place.state)
    return Line((Cell(fit(f"   {state.text}", room), state.tone), count), tone)


def _staging(name: str, template: TemplateSummary, staging: Machine | None) -> list[Branch]:
    if staging is None:
        return []
    return [Branch(Place(name, staging=True), staging=staging, coming=template.version + 1)]


def _states(name: str, counts: Counter[tuple[str, Standing]]) -> Iterable[Branch]:
    return (Branch(Place(name, state), counts[name, state]) for state in _ORDER if counts[name, state])


def _template(branch: Branch, template: TemplateSummary, room: int) -> tuple[Cell, ...]:
    """Return the row of a template; what is hidden below it and matters is told by its marks."""
    hidden = not branch.open
    drifted = hidden and any(version.drift for version in template.versions)
    marks = (f" {STAGING_GLYPH}" if branch.staging else "", f" {DRIFT_MARK}" if drifted else "")
    number = f" v{template.version}".rjust(3)
    name = fit(f" {'▸' if hidden else '▾'} {visible(template.name)}", room - len(number) - len("".join(marks)))
    return (Cell(name, "strong"), Cell(marks[0], "accent"), Cell(marks[1], "bad"), Cell(number, "dim"))


def _version(version: VersionSummary, room: int) -> tuple[Cell, ...]:
    """Return the row of a version: drift first, then its bytes, then as much of the note as there is room for."""
    name, mark = f"   v{version.number}", f" {DRIFT_MARK}" if version.drift else ""
    room -= _BYTES + len(name) + len(mark)
    note = fit(f" {visible(version.note)}", room) if version.note and room >= _LEAST_NOTE else " " * room
    return (
        Cell(name, "warn" if version.drift else ""),
        Cell(mark, "bad"),
        Cell(note, "dim"),
        Cell(f"{amount(version.bytes):>{_BYTES}}", "dim"),
    )


def _staged(branch: Branch, machine: Machine, width: int) -> tuple[Cell, ...]:
    """Return the row of a staging machine: the version it becomes, and its state, in a word if there is room."""
    name, state = f"   {STAGING_GLYPH} staging v{branch.coming}", standing_cell(standing_of(machine))
    if cell_len(name) + cell_len(state.text) + 2 > width:
        state = Cell(GLYPHS[standing_of(machine)], state.tone)
    room = width - cell_len(state.text) - 1
    return (Cell(fit(name, room), "accent"), Cell(f"{state.text} ", state.tone))
