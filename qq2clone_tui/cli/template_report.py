"""Tell of templates: what an import found, what a deletion takes, and both as JSON."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qq2clone_tui.domain.template import Template

from .narration import Narrator
from .output import printable, size, write
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.domain.identity_xml import Finding
    from qq2clone_tui.engine.import_template import ImportReport
    from qq2clone_tui.engine.remove_template import TemplateRemoval

__all__ = [
    "findings_object",
    "print_import",
    "print_removal",
    "removal_lines",
    "removal_object",
    "template_object",
]


def template_object(template: Template, clones: int = 0) -> dict[str, Any]:
    """Return a template as JSON-ready values; its XML, which may hold a password, is left out."""
    return {
        "name": template.name,
        "version": template.version,
        "clones": clones,
        "bytes": sum(disk.virtual_size for disk in template.disks),
        "source": template.source,
        "created_at": template.created_at,
        "disks": [
            {
                "target": disk.target,
                "image": disk.image,
                "format": disk.format,
                "virtual_size": disk.virtual_size,
                "policy": disk.policy.value,
                "owned": disk.owned,
            }
            for disk in template.disks
        ],
    }


def findings_object(findings: "Sequence[Finding]") -> list[dict[str, str]]:
    """Return the findings of an import as JSON-ready values."""
    return [{"kind": each.kind, "where": each.where, "text": each.text} for each in findings]


def print_import(report: "ImportReport", narrator: Narrator, *, dry_run: bool) -> None:
    """Narrate what was found; of a dry run the disks are the result, on stdout."""
    lines = [
        printable(f"{disk.target}: {disk.image} ({disk.format}, {size(disk.virtual_size)}, {disk.policy.value})")
        for disk in report.template.disks
    ]
    if dry_run:
        for line in lines:
            write(line)
    else:
        narrator.lines("\n".join(lines), Verbosity.VERBOSE)
    for each in report.findings:
        narrator.lines(f"  {each.kind}: {each.where}: {each.text}", Verbosity.NORMAL)


def removal_lines(removal: "TemplateRemoval") -> list[str]:
    """Return what a deletion takes and what it leaves, a line each."""
    lines = [f"Template {removal.name}"]
    lines += [f"  deletes  {path}" for path in removal.removes]
    lines += [f"  keeps    {path}" for path in removal.keeps]
    return [printable(line) for line in lines]


def print_removal(removal: "TemplateRemoval") -> None:
    """Write the plan of a deletion to stdout."""
    for line in removal_lines(removal):
        write(line)


def removal_object(removal: "TemplateRemoval") -> dict[str, Any]:
    """Return a deletion as JSON-ready values."""
    return {"name": removal.name, "removes": list(removal.removes), "keeps": list(removal.keeps)}
