"""Show what a check found: a line for each finding, and all that is to be said of one."""

from textwrap import wrap

from qq2clone_tui.domain.findings import CheckReport, Fate, Finding

from .figures import amount
from .text import Cell, Line, counted, fit, line, visible

__all__ = ["FATES", "consent_lines", "finding_line", "finding_lines", "looking_line", "report_line"]

FATES = {
    Fate.OPEN: ("✗", "bad", "left to you"),
    Fate.NEEDS_CONSENT: ("?", "warn", "with consent"),
    Fate.MENDABLE: ("+", "accent", "mendable"),
    Fate.MENDED: ("✓", "good", "mended"),
}
"""Mark, tone and word of what became of a finding; what needs eyes first comes first."""

_KIND = 24
_LEAST_SUBJECT = 12


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
    what, tone = {
        Fate.MENDED: (f"Mended: {finding.deed}.", "good"),
        Fate.MENDABLE: (f"r mends it: {finding.deed}.", "accent"),
        Fate.NEEDS_CONSENT: (f"With your consent (y): {finding.deed}. {finding.remedy}".rstrip(), "warn"),
        Fate.OPEN: (finding.remedy, "good"),
    }[finding.fate]
    parts = ((visible(finding.subject), "strong"), (f"{visible(finding.why)}.", ""), (visible(what), tone))
    return [line(Cell(f" {row}", how)) for text, how in parts for row in _wrapped(text, width)]


def report_line(report: CheckReport) -> Line:
    """Return one line on how things stand."""
    cells: list[Cell | str] = [" "]
    for fate, (mark, tone, word) in FATES.items():
        count = len(report.with_fate(fate))
        cells += [Cell(f"{mark} {count} {word}   ", tone)] if count else []
    if report.interrupted:
        cells.append(Cell("stopped before everything was looked at   ", "warn"))
    elif not report.findings:
        cells.append(Cell("✓ all is sound   ", "good"))
    looked = [counted(report.machines, "machine"), counted(report.templates, "template"), counted(report.files, "file")]
    looked += [counted(report.digests, "digest")] if report.digests else []
    return line(*cells, Cell(", ".join(looked), "dim"), tone="bar")


def looking_line(doing: str, done: int, total: int) -> Line:
    """Return one line on how far a look has got.

    Args:
        doing: what is being done.
        done, total: bytes; 0 of 0 where that does not count.
    """
    far = f" {amount(done)} of {amount(total)}" if total else ""
    return line(Cell(f" {visible(doing)}{far}…", "accent"), tone="bar")


def consent_lines(report: CheckReport, width: int) -> list[Line]:
    """Return what the user agrees to, a few lines for each finding; what is mended along with it is only counted."""
    lines: list[Line] = []
    for finding in report.with_fate(Fate.NEEDS_CONSENT):
        lines += [line(Cell(f" {visible(finding.subject)}", "strong"))]
        lines += [line(f"   {row}") for row in _wrapped(f"{visible(finding.deed)}.", width - 2)]
    more = len(report.with_fate(Fate.MENDABLE))
    if more:
        lines += [line(), line(Cell(f" And what takes no consent: {counted(more, 'finding')}.", "dim"))]
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(text, max(10, width - 2), break_on_hyphens=False)
