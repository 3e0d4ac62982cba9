"""Show what stands on an image: the images and overlays over it, and the machines that use them."""

from collections.abc import Mapping
from textwrap import wrap

from rich.cells import cell_len

from qq2clone_tui.domain.image_graph import User, UserKind
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.uses_tree import UsesTree

from .figures import amount
from .machines import GLYPHS, standing_of, state_cell, state_word
from .text import Cell, Line, counted, fit, line, visible
from .uses_rows import UsesRow

__all__ = ["remark_lines", "summary_line", "uses_heading", "uses_line"]

_FIGURE = 7
_FIGURES = ("own", "shared", "frees")
_LEAST_REMARK = 6
_LEAST_NAME = 6
_OURS, _THEIRS, _STRANGER = "■", "□", "◇"
_ARROWS = {None: "", True: "▾ ", False: "▸ "}

_Told = tuple[Cell, Cell, Cell]
"""A mark, a name and a remark."""


def summary_line(tree: UsesTree, subject: str) -> Line:
    """Return one line on the whole of a tree.

    Args:
        tree: what is shown.
        subject: what was asked about, in words.
    """
    machines, strays = tree.machines, tree.strays
    foreign = sum(user.kind is UserKind.MACHINE for user in machines)
    cells = [
        Cell(f" {visible(subject)}  ", "strong"),
        Cell(f"{counted(len(tree.shown), 'image')}  {counted(len(machines), 'machine')}  "),
        Cell(f"{amount(tree.graph.bytes_of(tree.shown))} on disk  ", "dim"),
    ]
    if foreign:
        cells.append(Cell(f"{foreign} foreign  ", "warn"))
    if strays:
        cells.append(Cell(f"{counted(len(strays), 'overlay')} of nobody  ", "warn"))
    return line(*cells, tone="bar")


def remark_lines(tree: UsesTree, row: UsesRow, width: int) -> list[Line]:
    """Return what there is to say about a row: where its file is, and what its bytes mean."""
    rows = wrap(visible(row.path), max(10, width - 2), break_on_hyphens=False)
    path = [line(f" {text}") for text in rows[:2]]
    image = tree.graph.image(row.path)
    shared, freed = tree.shared(row.path), tree.freed[row.path]
    means = [f"holds {amount(image.bytes)}" if image.there else "it cannot be seen from here"]
    if shared:
        means.append(f"reads {amount(shared)} from below")
    more = bool(tree.over(row.path)) or len(tree.users(row.path)) > 1
    if not tree.ours(row.path):
        means.append("was not made by us and stays" + (f"; what is ours on it frees {amount(freed)}" if freed else ""))
    elif freed:
        means.append(f"frees {amount(freed)} if it goes{' with all that stands on it' if more else ''}")
    return [*path, line(Cell(f" {', '.join(means)}", "dim"))]


def uses_heading(width: int) -> Line:
    """Return the line above the rows."""
    figures = "".join(fit(word, _FIGURE, right=True) for word in _FIGURES)
    return line(Cell(fit(" image or machine", width - len(figures) - 1) + figures, "heading"))


def uses_line(tree: UsesTree, machines: Mapping[str, Machine], row: UsesRow, width: int, tone: str = "") -> Line:
    """Return a row at ``width`` cells; the remark gives way first, then the lines that lead to it, then the name.

    Args:
        tree: what is shown.
        machines: ours, by UUID, for their states.
        row, width, tone: which row, and how.
    """
    mark, name, remark = _machine(machines, row, row.user) if row.user else _image(tree, row)
    figures, arrow = _figures(tree, row), _ARROWS[row.open]
    room = max(_LEAST_NAME, width - len(figures) - 2 - len(arrow) - cell_len(mark.text))
    called, said = visible(name.text), f"  {visible(remark.text)}" if remark.text else ""
    guide = row.guide
    if len(guide) > room - min(cell_len(called), room // 2):
        guide = "…" + guide[len(guide) - max(2, room // 2) :]
    room -= len(guide)
    called = fit(called, min(cell_len(called), max(_LEAST_NAME, room)))
    left = max(0, room - cell_len(called))
    return line(
        Cell(f" {guide}{arrow}", "dim"),
        mark,
        Cell(called, name.tone),
        Cell(fit(said if left >= _LEAST_REMARK else "", left), remark.tone),
        Cell(figures, "dim"),
        tone=tone,
    )


def _figures(tree: UsesTree, row: UsesRow) -> str:
    if row.user and not row.alone:  # the row of the image says it
        return " " * _FIGURE * len(_FIGURES)
    image = tree.graph.image(row.path)
    sizes = (image.bytes if image.there else None, tree.shared(row.path) or None, tree.freed[row.path])
    return "".join(fit("" if size is None else amount(size), _FIGURE, right=True) for size in sizes)


def _image(tree: UsesTree, row: UsesRow) -> _Told:
    image, versions, standing = tree.graph.image(row.path), tree.versions(row.path), tree.standing_on(row.path)
    known = bool(versions) or tree.ours(row.path)
    remarks = [
        ", ".join(_short(version, row.file) for version in versions),
        counted(standing, "machine") if standing else "",
        "" if image.there else "not to be seen",
        "" if known else "foreign" if standing or row.open is not None else "foreign, used by nobody known",
    ]
    return (
        Cell(f"{_OURS if known else _THEIRS} ", "accent" if known else "warn"),
        Cell(row.name, "strong" if known else "warn"),
        Cell(" · ".join(word for word in remarks if word), "" if known and image.there else "warn"),
    )


def _machine(machines: Mapping[str, Machine], row: UsesRow, user: User) -> _Told:
    machine, foreign = machines.get(user.ident), user.kind is UserKind.MACHINE
    state = state_word(machine) if machine else "running" if user.active else "off"
    glyph, tone = (GLYPHS[standing_of(machine)], state_cell(machine).tone) if machine else (_STRANGER, "warn")
    kind = {UserKind.MACHINE: "foreign", UserKind.STAGING: "staging"}.get(user.kind, "")
    words = [kind, state, row.file if row.alone else ""]
    return (
        Cell(f"{glyph} ", tone),
        Cell(row.name, "warn" if foreign else ""),
        Cell(" · ".join(word for word in words if word), "warn" if foreign else "dim"),
    )


def _short(version: str, file: str) -> str:
    """Return ``v2`` of ``debian@v2`` where the file beside it says whose version that is."""
    template, _, number = version.rpartition("@")
    return number if file.startswith(template) else version
