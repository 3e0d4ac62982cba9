"""Show what a check found: a line for each finding, and all that is to be said of one."""

from collections.abc import Sequence
from textwrap import wrap

from qq2clone_tui.domain.findings import CheckReport, Fate, Finding

from .figures import amount
from .text import Cell, Line, counted, fit, line, visible

__all__ = ["FATES", "consent_lines", "finding_line", "finding_lines", "looking_line", "report_line"]

FATES = {
    Fate.MENDED: ("✓", "good", "mended"),
    Fate.MENDABLE: ("+", "accent", "can be mended"),
    Fate.NEEDS_CONSENT: ("?", "warn", "take your consent"),
    Fate.OPEN: ("✗", "bad", "left to you"),
}
"""Mark, tone and word of what became of a finding."""

_KIND = 24
_LEAST_SUBJECT = 12
_TAKES_ONE = {"take your consent": "takes your consent"}


def finding_line(finding: Finding, width: int, tone: str = "") -> Line:
    """Return a finding as one row: what became of it, what it is, and with which object."""
    mark, colour, _ = FATES[finding.fate]
    kind = min(_KIND, max(0, width - 3 - _LEAST_SUBJECT))
    subject = visible(finding.subject)
    room = max(1, width - 3 - kind)
    # Of a path, its end tells more than its beginning.
    shown = f"…{subject[1 - room :]}" if subject.startswith("/") and len(subject) > room else subject
    return line(Cell(f" {mark} ", colour), Cell(fit(finding.kind.value, kind), colour), fit(shown, room), tone=tone)


def finding_lines(finding: Finding, width: int) -> list[Line]:
    """Return all there is to say of a finding, wrapped to ``width`` cells."""
    _, colour, _ = FATES[finding.fate]
    what = {
        Fate.MENDED: f"Mended: {finding.deed}.",
        Fate.MENDABLE: f"r mends it: {finding.deed}.",
        Fate.NEEDS_CONSENT: f"With your consent (y): {finding.deed}.",
        Fate.OPEN: finding.remedy,
    }[finding.fate]
    parts = ((visible(finding.subject), "strong"), (f"{visible(finding.why)}.", ""), (visible(what), colour))
    return [line(Cell(f" {row}", tone)) for text, tone in parts for row in _wrapped(text, width)]


def report_line(report: CheckReport) -> Line:
    """Return one line on how things stand."""
    looked = f"{counted(report.machines, 'machine')}, {counted(report.templates, 'template')}, "
    looked += counted(report.files, "file")
    if report.digests:
        looked += f", {counted(report.digests, 'digest')}"
    cells = [Cell(f" {looked}   ", "dim")]
    for fate, (mark, tone, word) in FATES.items():
        count = len(report.with_fate(fate))
        if count:
            cells.append(Cell(f"{mark} {count} {_TAKES_ONE.get(word, word) if count == 1 else word}   ", tone))
    if not report.findings and not report.interrupted:
        cells.append(Cell("✓ all is sound", "good"))
    if report.interrupted:
        cells.append(Cell("stopped before everything was looked at", "warn"))
    return line(*cells, tone="bar")


def looking_line(doing: str, done: int, total: int) -> Line:
    """Return one line on how far a look has got.

    Args:
        doing: what is being done.
        done, total: bytes; 0 of 0 where that does not count.
    """
    far = f" {amount(done)} of {amount(total)}" if total else ""
    return line(Cell(f" {visible(doing)}{far}…", "accent"), tone="bar")


def consent_lines(findings: Sequence[Finding], width: int) -> list[Line]:
    """Return what the user agrees to, a few lines for each finding."""
    lines: list[Line] = []
    for finding in findings:
        lines += [line(Cell(f" {visible(finding.subject)}", "strong"))]
        lines += [line(f"   {row}") for row in _wrapped(f"{visible(finding.deed)}.", width - 2)]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, max(10, width - 2), break_on_hyphens=False)
