"""Tell what a check found: a line for each finding, a summary, and all of it as JSON."""

from typing import Any

from qq2clone_tui.domain.findings import CheckReport, Fate, Finding

from .narration import Narrator
from .output import printable, write

__all__ = ["print_findings", "report_object", "summary"]

_KIND_WIDTH = 23


def print_findings(report: CheckReport) -> None:
    """Write the findings to stdout, one a line: what became of it, what it is, which object, why and what to do."""
    width = max((len(finding.fate.value) for finding in report.findings), default=0)
    for finding in report.findings:
        fate, kind = finding.fate.value.ljust(width), finding.kind.value.ljust(_KIND_WIDTH)
        write(printable(f"{fate}  {kind} {finding.subject}: {' '.join(finding.sentence.split())}"))


def summary(report: CheckReport, narrator: Narrator) -> None:
    """Say how much was looked at, and how it stands."""
    looked = f"{_counted(report.machines, 'machine')}, {_counted(report.templates, 'template')} and "
    looked += f"{_counted(report.files, 'file')} looked at"
    if report.digests:
        looked += f", {_counted(report.digests, 'digest')} computed"
    counts = [
        (len(report.with_fate(Fate.MENDED)), "mended"),
        (len(report.with_fate(Fate.MENDABLE)), "that check mends without --dry-run"),
        (len(report.with_fate(Fate.NEEDS_CONSENT)), "that --yes mends"),
        (len(report.with_fate(Fate.OPEN)), "left to you"),
    ]
    found = ", ".join(f"{count} {word}" for count, word in counts if count)
    end = " It was interrupted before everything was looked at." if report.interrupted else ""
    narrator.note(f"{looked}: {found or 'all is sound'}.{end}")


def report_object(report: CheckReport, *, dry_run: bool) -> dict[str, Any]:
    """Return a report as JSON-ready values, as ``docs/json.md`` describes."""
    return {
        "dry_run": dry_run,
        "interrupted": report.interrupted,
        "machines": report.machines,
        "templates": report.templates,
        "files": report.files,
        "digests": report.digests,
        "exit_code": report.exit_code,
        "findings": [_object(finding) for finding in report.findings],
    }


def _object(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "subject": finding.subject,
        "template": finding.template or None,
        "why": finding.why,
        "fate": finding.fate.value,
        "deed": finding.deed,
        "remedy": finding.remedy,
        "exit_code": finding.exit_code,
    }


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
