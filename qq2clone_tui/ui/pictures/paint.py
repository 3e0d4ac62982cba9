"""Make strips of coloured cells."""

from collections.abc import Iterable
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from qq2clone_tui.domain.screen_text import Colour

from .lens import Depth

__all__ = ["Dab", "joined", "strip_of"]

Dab = tuple[str, Colour | None, Colour | None]
"""Some text with its ink and its ground; None leaves the terminal's own."""

# xterm's colours for the sixteen names, https://invisible-island.net/xterm/
_SIXTEEN: tuple[Colour, ...] = (
    (0, 0, 0), (205, 0, 0), (0, 205, 0), (205, 205, 0), (0, 0, 238), (205, 0, 205), (0, 205, 205), (229, 229, 229),
    (127, 127, 127), (255, 0, 0), (0, 255, 0), (255, 255, 0), (92, 92, 255), (255, 0, 255), (0, 255, 255),
    (255, 255, 255),
)  # fmt: skip
_RED, _GREEN, _BLUE = 299, 587, 114


def luminance(colour: Colour) -> int:
    """Return how bright a colour is, from 0 to 255."""
    return (colour[0] * _RED + colour[1] * _GREEN + colour[2] * _BLUE) // 1000


def joined(dabs: Iterable[Dab]) -> list[Dab]:
    """Return dabs with those neighbours made one that look alike; spaces have no ink to differ in."""
    result: list[Dab] = []
    for text, own, ground in dabs:
        ink = own if text.strip(" ") else None
        if result:
            before, last, under = result[-1]
            if under == ground and ink in (None, last):
                result[-1] = (before + text, last, under)
                continue
        result.append((text, ink, ground))
    return result


def strip_of(dabs: Iterable[Dab], width: int, depth: Depth) -> Strip:
    """Return one row of cells.

    Args:
        dabs: from left to right; every character is one cell wide.
        width: how many cells they take together.
        depth: the colours there are.
    """
    return Strip([Segment(text, _style(ink, ground, depth)) for text, ink, ground in dabs], width)


@lru_cache(maxsize=32768)
def _style(ink: Colour | None, ground: Colour | None, depth: Depth) -> Style:
    if depth is Depth.MONO:
        turned = ink is not None and ground is not None and luminance(ground) > luminance(ink)
        return Style(reverse=True) if turned else Style.null()
    return Style(color=_colour(ink, depth), bgcolor=_colour(ground, depth))


def _colour(colour: Colour | None, depth: Depth) -> Color | None:
    if colour is None:
        return None
    if depth is Depth.FULL:
        return Color.from_rgb(*colour)
    return Color.from_ansi(min(range(len(_SIXTEEN)), key=lambda number: _apart(_SIXTEEN[number], colour)))


def _apart(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
