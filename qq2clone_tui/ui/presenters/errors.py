"""Write an error out: what failed, on what, why, and what to try."""

from textwrap import wrap

from qq2clone_tui.domain.errors import Qq2cloneError, SelectionError

from .text import Cell, Line, line, visible

__all__ = ["error_lines"]


def error_lines(error: Qq2cloneError, width: int) -> list[Line]:
    """Return the lines of an error, wrapped for a dialog on a screen of ``width`` cells."""
    room = max(20, min(76, width - 12))
    lines = [line(Cell(f" {row}", "strong")) for row in wrap(error.what, room)]
    if isinstance(error, SelectionError):
        lines += [line(Cell(f"   {visible(row)}", "accent")) for row in error.caret().splitlines()]
    elif error.subject:
        lines += [line(Cell(f"   {row}", "accent")) for row in wrap(visible(error.subject), room - 2)]
    for text, tone in ((error.why, ""), (error.remedy, "good")):
        if text:
            lines += [line(), *(line(Cell(f" {row}", tone)) for row in wrap(visible(text), room))]
    return lines
