"""Show a picture as cells, each of up to four dots in two colours."""

from collections.abc import Iterator
from dataclasses import replace

from PIL import Image, ImageOps

from qq2clone_tui.domain.screen_text import Colour

from .framing import Box, framed
from .lens import Depth, Lens, Print
from .paint import Dab, joined, strip_of

__all__ = ["show_dots"]

# By bits: top left 8, top right 4, bottom left 2, bottom right 1.
_QUARTERS = " ▗▖▄▝▐▞▟▘▚▌▙▀▜▛█"
_BRAILLE = 0x2800
_BRAILLE_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_FLAT = 10
"""Difference in brightness below which the dots of a cell are taken for one colour."""

_BRIGHT, _MOST_GAIN = 225, 4.0


def show_dots(picture: Image.Image, lens: Lens) -> Print:
    """Return the part of a picture that fits, as cells."""
    frame, box = framed(picture, lens)
    rows = tuple(strip_of(joined(dabs), frame.width, lens.depth) for dabs in _painted(picture, box, frame.size, lens))
    return replace(frame, rows=rows)


def _painted(picture: Image.Image, box: Box, size: tuple[int, int], lens: Lens) -> Iterator[list[Dab]]:
    width, height = size
    if lens.depth is Depth.MONO and not lens.blocks:
        dots = _scaled(picture, box, (width * 2, height * 4), lens).convert("1")
        yield from _braille(dots, width, height)
        return
    dots = _scaled(picture, box, (width if lens.blocks else width * 2, height * 2), lens)
    if lens.depth is Depth.MONO:
        dots = dots.convert("1").convert("RGB")
    if lens.blocks:
        dots = dots.resize((width * 2, height * 2), Image.Resampling.NEAREST)
    yield from _quarters(dots, width, height)


def _scaled(picture: Image.Image, box: Box, size: tuple[int, int], lens: Lens) -> Image.Image:
    """Return a part of a picture at another size; thin bright strokes on a dark ground stay bright."""
    shrunk = (box[2] - box[0]) / size[0]
    how = Image.Resampling.LANCZOS if shrunk > 1 else Image.Resampling.BOX
    dots = picture.resize(size, how, box)
    if shrunk > 1.5:
        histogram = dots.convert("L").histogram()
        bright = _percentile(histogram, 0.995)
        gain = min(_MOST_GAIN, _BRIGHT / max(1, bright))
        if gain > 1 and _percentile(histogram, 0.5) < 64:
            dots = dots.point([min(255, int(value * gain)) for value in range(256)] * 3)
    return ImageOps.grayscale(dots).point([value // 2 for value in range(256)]).convert("RGB") if lens.faded else dots


def _percentile(histogram: list[int], share: float) -> int:
    left = sum(histogram) * share
    for value, count in enumerate(histogram):
        left -= count
        if left <= 0:
            return value
    return 255


def _quarters(dots: Image.Image, width: int, height: int) -> Iterator[list[Dab]]:
    """Yield rows of cells: the brighter dots of each are its ink, the darker its ground."""
    colours, lights = dots.tobytes(), dots.convert("L").tobytes()
    pitch = width * 2
    for row in range(height):
        cells: list[Dab] = []
        for column in range(width):
            at = row * 2 * pitch + column * 2
            places = (at, at + 1, at + pitch, at + pitch + 1)
            a, b, c, d = (lights[place] for place in places)
            mean = (a + b + c + d) / 4
            if max(a, b, c, d) - min(a, b, c, d) < _FLAT:
                cells.append((" ", None, _mean(colours, places)))
                continue
            bits = (a > mean) << 3 | (b > mean) << 2 | (c > mean) << 1 | (d > mean)
            lit = [place for place, light in zip(places, (a, b, c, d), strict=True) if light > mean]
            unlit = [place for place, light in zip(places, (a, b, c, d), strict=True) if light <= mean]
            cells.append((_QUARTERS[bits], _mean(colours, lit), _mean(colours, unlit)))
        yield cells


def _mean(colours: bytes, places: list[int] | tuple[int, ...]) -> Colour:
    """Return the mean colour of some dots, a little coarser, so that more neighbours are alike."""
    count = len(places)
    red = sum(colours[place * 3] for place in places) // count
    green = sum(colours[place * 3 + 1] for place in places) // count
    blue = sum(colours[place * 3 + 2] for place in places) // count
    return red & 0xF8 | red >> 5, green & 0xF8 | green >> 5, blue & 0xF8 | blue >> 5


def _braille(dots: Image.Image, width: int, height: int) -> Iterator[list[Dab]]:
    """Yield rows of cells of eight dots each, for terminals without colours."""
    lights = dots.convert("L").tobytes()
    pitch = width * 2
    for row in range(height):
        letters = []
        for column in range(width):
            at = row * 4 * pitch + column * 2
            bits = sum(
                bit for y, pair in enumerate(_BRAILLE_BITS) for x, bit in enumerate(pair) if lights[at + y * pitch + x]
            )
            letters.append(chr(_BRAILLE + bits) if bits else " ")
        yield [("".join(letters), None, None)]
