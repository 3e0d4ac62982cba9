"""Say what making a template of a machine does with its files."""

from qq2clone_tui.engine.templates.promote import Promotion

from .text import Cell, Line, line, visible

__all__ = ["promotion_lines"]

_MOST_LISTED = 6


def promotion_lines(promotion: Promotion) -> list[Line]:
    """Return which images become the template's, which stay below them, and what goes with the machine."""
    machine, template = visible(promotion.machine), visible(promotion.template)
    becomes = (
        "Copies, and the machine stays" if promotion.keep else f"Become v1 of {template}, and are never written again"
    )
    lines = [line(" ", Cell(machine, "strong"), " makes the template ", Cell(template, "strong"))]
    for title, paths, tone in (
        (becomes, promotion.images, "good"),
        ("Have to stay, for those stand on them", promotion.below, "heading"),
        ("Deletes", promotion.removes, "bad"),
    ):
        if paths:
            lines += [line(), line(Cell(f" {title}", tone))]
            lines += [line(Cell(f"   {visible(path)}", "dim")) for path in paths[:_MOST_LISTED]]
            if len(paths) > _MOST_LISTED:
                lines.append(line(Cell(f"   and {len(paths) - _MOST_LISTED} more", "dim")))
    if not promotion.keep:
        lines += [line(), line(Cell(f" ! {machine} is no machine any more after that", "warn"))]
    return lines
