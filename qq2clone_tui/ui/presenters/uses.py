"""Show what stands on an image: the images and overlays over it, and the machines that use them."""

from textwrap import wrap

from rich.cells import cell_len

from qq2clone_tui.domain.image_graph import UserKind
from qq2clone_tui.domain.uses_tree import UsesTree

from .figures import amount
from .text import Cell, Line, counted, fit, line, visible
from .uses_rows import UsesRow

__all__ = ["remark_lines", "summary_line", "uses_heading", "uses_line"]

_FIGURE = 7
_FIGURES = ("own", "shared", "frees")
_LEAST_REMARK = 6
_LEAST_NAME = 6


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


def uses_line(row: UsesRow, width: int, tone: str = "") -> Line:
    """Return a row at ``width`` cells; the remark gives way first, then the lines that lead to it, then the name."""
    figures = "".join(fit(_figure(size), _FIGURE, right=True) for size in (row.own, row.shared, row.freed))
    arrow = {None: "", True: "▾ ", False: "▸ "}[row.open]
    room = max(_LEAST_NAME, width - len(figures) - 2 - len(arrow) - cell_len(row.mark.text))
    name, remark = visible(row.name.text), f"  {visible(row.remark.text)}" if row.remark.text else ""
    guide = row.guide
    if len(guide) > room - min(cell_len(name), room // 2):
        guide = "…" + guide[len(guide) - max(2, room // 2) :]
    room -= len(guide)
    name = fit(name, min(cell_len(name), max(_LEAST_NAME, room)))
    left = max(0, room - cell_len(name))
    return line(
        Cell(f" {guide}{arrow}", "dim"),
        row.mark,
        Cell(name, row.name.tone),
        Cell(fit(remark if left >= _LEAST_REMARK else "", left), row.remark.tone),
        Cell(figures, "dim"),
        tone=tone,
    )


def _figure(size: int | None) -> str:
    return "" if size is None else amount(size)
