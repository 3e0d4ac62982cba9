"""Say what an import found, and what removing a template deletes."""

from qq2clone_tui.engine.templates.importing import ImportReport
from qq2clone_tui.engine.templates.removal import TemplateRemoval

from .text import Cell, Line, line, visible

__all__ = ["import_lines", "removal_lines"]


def import_lines(report: ImportReport) -> list[Line]:
    """Return what clones of an imported template will have changed, shared or dropped."""
    lines = [line(Cell(f" {visible(report.template.name)}", "strong"), " is a template now. In its clones:"), line()]
    width = max((len(finding.kind) for finding in report.findings), default=0)
    for finding in report.findings:
        lines.append(
            line(
                Cell(f" {finding.kind:<{width}}  ", "accent"),
                Cell(f"{visible(finding.where)}  ", "heading"),
                visible(finding.text),
            )
        )
    return lines


def removal_lines(removal: TemplateRemoval) -> list[Line]:
    """Return which images go with a template and which stay."""
    lines = [line(Cell(f" {visible(removal.name)}", "strong"))]
    for title, paths, tone in (("Deletes", removal.removes, "bad"), ("Leaves alone", removal.keeps, "good")):
        if paths:
            lines += [line(), line(Cell(f" {title}", tone))]
            lines += [line(Cell(f"   {visible(path)}", "dim")) for path in paths]
    return lines
