"""Write out consoles: the commands that show one elsewhere, and what became of viewers."""

from collections.abc import Sequence
from textwrap import wrap

from qq2clone_tui.domain.console import ConsoleReport, ConsoleState

from .text import Cell, Line, counted, line, visible

__all__ = ["command_lines", "flash_text", "history_lines", "trouble_lines"]

_INDENT = "     "
_LAST_WORDS = 4
_TONES = {
    ConsoleState.SHOWN: ("shown", "good"),
    ConsoleState.ENDED: ("closed", "dim"),
    ConsoleState.DIED: ("died", "bad"),
    ConsoleState.FAILED: ("failed", "bad"),
}


def command_lines(report: ConsoleReport, width: int) -> list[Line]:
    """Return the commands that show a console at one's own desk, each under the key that copies it.

    Args:
        report: the console.
        width: cells to fill; a longer command goes on in the next line.
    """
    lines = [line(Cell(f" {visible(report.name)}", "strong"), Cell(f"   {visible(report.where)}", "dim")), line()]
    lines.append(line(" To see it without a viewer here, type at your own desk:"))
    for number, command in enumerate(report.commands, start=1):
        lines += [line(), line(Cell(f"  {number} ", "key"), Cell(f" {command.what}", "dim"))]
        rows = wrap(visible(command.line), max(20, width - len(_INDENT) - 1), break_on_hyphens=False)
        lines += [line(Cell(f"{_INDENT}{row}", "accent")) for row in rows]
    if report.protected:
        lines += [line(), line(Cell(" The console asks for a password.", "warn"))]
    return lines


def trouble_lines(reports: Sequence[ConsoleReport], width: int) -> list[Line]:
    """Return why consoles did not open, with what their viewers said."""
    lines: list[Line] = []
    for report in reports:
        lines += [line()] if lines else []
        lines.append(line(Cell(f" {visible(report.name)}", "strong"), Cell(f"   {visible(report.where)}", "dim")))
        lines += [line(f"   {row}") for row in wrap(visible(report.reason), max(20, width - 4))]
        lines += _words(report, width)
    return lines


def history_lines(history: Sequence[ConsoleReport], width: int) -> list[Line]:
    """Return every console of the session, the newest first, with the last words of its viewer."""
    lines: list[Line] = []
    for report in reversed(history):
        word, tone = _TONES.get(report.state, (report.state.value, "dim"))
        lines += [line()] if lines else []
        lines.append(
            line(
                Cell(f" {visible(report.name)}", "strong"),
                Cell(f"   {word}", tone),
                Cell(f"   {visible(report.viewer)} {visible(report.where)}", "dim"),
            )
        )
        lines += [line(f"   {row}") for row in wrap(visible(report.reason), max(20, width - 4))]
        lines += _words(report, width)
        lines += [line(Cell(f"   {row}", "dim")) for row in wrap(visible(report.log), max(20, width - 4))]
    return lines or [line(Cell(" No console was opened yet: o opens one.", "dim"))]


def flash_text(reports: Sequence[ConsoleReport]) -> str:
    """Return one line for consoles that opened."""
    shown = [report for report in reports if report.state is ConsoleState.SHOWN]
    left = len(reports) - len(shown)
    more = f"; {counted(left, 'machine')} left out: {reports[-1].reason}" if left else ""
    if len(shown) == 1:
        return f"{visible(shown[0].name)}: {shown[0].viewer} shows {visible(shown[0].where)}{more}"
    return f"{counted(len(shown), 'console')} open{more}"


def _words(report: ConsoleReport, width: int) -> list[Line]:
    said = [visible(row) for row in report.words.splitlines() if row.strip() and _plain(row) not in report.reason]
    rows = [part for row in said[-_LAST_WORDS:] for part in wrap(row, max(20, width - 6))]
    return [line(Cell(f"   │ {row}", "warn")) for row in rows]


def _plain(row: str) -> str:
    """Return a row as the reason of a failure would quote it."""
    return " ".join("".join(char if char.isprintable() else " " for char in row).split())
