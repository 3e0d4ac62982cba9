"""Show a screen of text as letters."""

from collections.abc import Iterator
from dataclasses import replace

from qq2clone_tui.domain.screen_text import Colour, Run, ScreenText
from qq2clone_tui.domain.vga_font import CURSOR

from .lens import Lens, Print, shown_from
from .paint import Dab, joined, strip_of

__all__ = ["show_letters"]

_NOTHING = f" {CURSOR}"
"""What does not count as written: a cursor comes and goes."""


def show_letters(text: ScreenText, lens: Lens) -> Print:
    """Return the part of a text screen that fits; where nothing else is asked, its last written lines."""
    width, height = min(lens.width, text.columns), min(lens.height, len(text.lines))
    written = [row for row, line in enumerate(text.lines) if any(run.text.strip(_NOTHING) for run in line)]
    left, top = 0, max(0, max(written, default=0) + 1 - height)
    if lens.middle is not None:
        left = shown_from(lens.middle[0], text.columns, width)
        top = shown_from(lens.middle[1], len(text.lines), height)
    lines = list(text.lines[top : top + height])
    if lens.dense and top:
        lines = [text.lines[row] for row in written[-height:]]
    rows = tuple(strip_of(joined(_dabs(_cut(line, left, width), lens)), width, lens.depth) for line in lines)
    return Print(rows, width, left, top, whole=(text.columns, len(text.lines)), letters=True)


def _cut(line: tuple[Run, ...], left: int, width: int) -> Iterator[Run]:
    at = -left
    for run in line:
        start, end = max(0, -at), min(len(run.text), width - at)
        if start < end:
            yield replace(run, text=run.text[start:end])
        at += len(run.text)


def _dabs(runs: Iterator[Run], lens: Lens) -> Iterator[Dab]:
    """Yield runs in the colours asked for; in a small tile a cursor that blinks is not worth its bytes."""
    for run in runs:
        text = run.text.replace(CURSOR, " ") if lens.dense else run.text
        yield (text, _faded(run.ink), _faded(run.ground)) if lens.faded else (text, run.ink, run.ground)


def _faded(colour: Colour) -> Colour:
    grey = sum(colour) // 5
    return grey, grey, grey
