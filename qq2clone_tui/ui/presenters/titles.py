"""Write the titles of panes and the lines that stand where there is nothing to show."""

from ..desk import Desk, version_in_view
from .machines import standing_cell
from .text import Cell, Line, line, visible

__all__ = ["empty_line", "table_title"]


def table_title(desk: Desk) -> str:
    """Return what the table shows: ``debian12 · 3 marked · 42 of 120 · filter web``."""
    place = desk.place
    parts = [visible(place.template) if place.template else "all machines"]
    if place.state:
        parts.append(standing_cell(place.state).text)
    version = version_in_view(desk)
    if version:
        parts.append(f"v{version.summary.number}")
        parts += [visible(version.summary.note)] if version.summary.note else []
    if place.staging:
        parts.append("staging machine")
    if desk.marks:
        hidden = len(desk.hidden)
        parts.append(f"{len(desk.marks)} marked" + (f" ({hidden} hidden)" if hidden else ""))
    total = len(desk.in_place)
    parts.append(f"{len(desk.rows)} of {total}" if len(desk.rows) != total else f"{total}")
    if desk.filter:
        parts.append(f"filter {visible(desk.filter)}")
    return " · ".join(parts)


def empty_line(desk: Desk) -> Line:
    """Return why the table has no rows."""
    if desk.filter and desk.in_place:
        return line(Cell("  No machine here matches the filter; esc clears it.", "dim"))
    if not desk.inventory.version:
        return line(Cell("  Reading machines…", "dim"))
    if desk.place.version and not desk.in_place:
        keys = "" if desk.read_only else ": c makes some of it"
        return line(Cell(f"  No clones stand on this version{keys}.", "dim"))
    if desk.inventory.templates and not desk.inventory.machines:
        return line(Cell("  No clones yet." if desk.read_only else "  No clones yet: c makes some.", "dim"))
    return line(Cell("  No machines here.", "dim"))
