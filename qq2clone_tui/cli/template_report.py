"""Tell of templates: what an import found, what a deletion takes, and both as JSON."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk, Version

from .narration import Narrator
from .output import age, printable, size, table, write
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.domain.identity_xml import Finding
    from qq2clone_tui.domain.inventory import TemplateSummary
    from qq2clone_tui.engine.templates.importing import ImportReport
    from qq2clone_tui.engine.templates.removal import TemplateRemoval
    from qq2clone_tui.engine.versions.space import VersionSpace

    Taken = Mapping[tuple[str, int], VersionSpace]

__all__ = [
    "findings_object",
    "print_import",
    "print_removal",
    "print_versions",
    "removal_lines",
    "removal_object",
    "template_object",
]


def template_object(
    template: Template, summary: "TemplateSummary | None" = None, taken: "Taken | None" = None
) -> dict[str, Any]:
    """Return a template as JSON-ready values; its XML, which may hold a password, is left out.

    Args:
        template: the template.
        summary: who stands on it; None where nobody does yet.
        taken: the bytes of each version, by template and number.
    """
    standing = {each.number: each.clones for each in summary.versions} if summary else {}
    versions = [_version_object(template.name, each, standing, taken or {}) for each in reversed(template.history)]
    return {
        "name": template.name,
        "version": template.version,
        "clones": summary.clones if summary else 0,
        "staging": (summary.staging if summary else "") or None,
        "bytes": sum(disk.virtual_size for disk in template.disks),
        "source": template.source,
        "created_at": template.created_at,
        "disks": [_disk_object(disk) for disk in template.disks],
        "versions": versions,
    }


def print_versions(
    templates: Sequence[Template], summaries: "Mapping[str, TemplateSummary]", taken: "Taken", now: float
) -> None:
    """Write a table of the versions of all templates, the newest of each first."""
    rows = []
    for template in templates:
        summary = summaries.get(template.name)
        standing = {each.number: each.clones for each in summary.versions} if summary else {}
        for version in reversed(template.history):
            space = taken.get((template.name, version.number))
            source = template.source if version.number == 1 else ""
            rows.append(
                [
                    f"{template.name}@v{version.number}",
                    str(standing.get(version.number, 0)),
                    size(space.own) if space else "-",
                    size(space.clones) if space else "-",
                    age(now - version.created_at) if version.created_at else "-",
                    "changed!" if space and space.drift else "ok",
                    version.note or (f"from {source}" if source else "-"),
                ]
            )
    if rows:
        table(("VERSION", "CLONES", "OWN", "THEIRS", "AGE", "IMAGES", "NOTE"), rows, right=frozenset({1, 2, 3, 4}))


def _version_object(name: str, version: Version, standing: Mapping[int, int], taken: "Taken") -> dict[str, Any]:
    space = taken.get((name, version.number))
    return {
        "number": version.number,
        "clones": standing.get(version.number, 0),
        "created_at": version.created_at,
        "note": version.note,
        "own_bytes": space.own if space else None,
        "clones_bytes": space.clones if space else None,
        "drift": list(space.drift) if space else [],
        "firmware": dict(version.firmware),
        "states": [_state_object(state) for state in version.beside],
        "disks": [_disk_object(disk) for disk in version.disks],
    }


def _state_object(state: StateFile) -> dict[str, Any]:
    return {"part": state.part, "path": state.image, "owned": state.owned, "digest": state.digest or None}


def _disk_object(disk: TemplateDisk) -> dict[str, Any]:
    return {
        "target": disk.target,
        "image": disk.image,
        "format": disk.format,
        "virtual_size": disk.virtual_size,
        "policy": disk.policy.value,
        "owned": disk.owned,
        "digest": disk.digest or None,
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
