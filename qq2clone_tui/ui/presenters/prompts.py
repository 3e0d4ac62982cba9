"""Say what a set means while it is typed, with a caret under its fault."""

from qq2clone_tui.domain.errors import SelectionError

from .text import Cell, Line, counted, line, visible

__all__ = ["set_remarks"]


def set_remarks(text: str, matches: int, hidden: int, fault: SelectionError | None) -> tuple[Line, ...]:
    """Return the lines under the set prompt.

    Args:
        text: what has been typed.
        matches: how many machines light up.
        hidden: how many of those the filter keeps out of sight.
        fault: what is wrong with the set so far.
    """
    unseen = f", {hidden} of them hidden by the filter" if hidden else ""
    found = Cell(f"   {counted(matches, 'machine')}{unseen}", "accent" if matches else "dim")
    if fault is None:
        return (line(found, Cell("   Enter marks them", "dim")),)
    column = min(fault.column, len(text))
    caret = line(Cell(f"   {' ' * column}^ ", "bad"), Cell(visible(fault.why), "warn"), Cell("   ", ""))
    return (caret, line(found, Cell(f"   {visible(fault.remedy)}" if fault.remedy else "", "dim")))
