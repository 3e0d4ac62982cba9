"""Write pictures in the terminal's own graphics."""

import base64
import io
import re
from dataclasses import replace

from PIL import Image

# The package's public modules ask the terminal at import, which would take keys away from Textual; this one does not.
from textual_image._sixel import image_to_sixels

from .framing import framed
from .lens import Lens, Print, Protocol

__all__ = ["show_graphics"]

_KITTY_NUMBER = 7_411_273
"""Number of the one picture shown at a time, hardly another program's."""

_KITTY_PIECE = 4096

# DEC STD 070, sixel: introducer and raster attributes, then colours as "#number;2;red;green;blue".
_SIXEL_HEAD = re.compile(r'\x1bP[\d;]*q(?:"[\d;]*)?')
_SIXEL_COLOUR = re.compile(r"#(\d+);2;\d+;\d+;\d+")


def show_graphics(picture: Image.Image, lens: Lens) -> Print:
    """Return the part of a picture that fits, as empty cells and what the terminal is to draw over them."""
    frame, box = framed(picture, lens)
    width, height = frame.width * lens.cell[0], len(frame.rows) * lens.cell[1]
    how = Image.Resampling.LANCZOS if box[2] - box[0] > width else Image.Resampling.NEAREST
    part = picture.resize((width, height), how, box)
    if lens.faded:
        part = part.convert("L").point([value // 2 for value in range(256)]).convert("RGB")
    if lens.graphics is Protocol.SIXEL:
        return replace(frame, overlay=_sixel(part))
    return replace(frame, overlay=_kitty(part, frame), removal=f"\x1b_Ga=d,d=I,i={_KITTY_NUMBER},q=2\x1b\\")


def _sixel(part: Image.Image) -> str:
    """Return a picture for terminals with sixel graphics, its colours defined before any is used.

    The library defines each where it is first used, which xterm takes for a change of what is drawn already.
    """
    drawn = image_to_sixels(part)
    head = _SIXEL_HEAD.match(drawn)
    start = head.end() if head else 0
    colours = "".join(match.group() for match in _SIXEL_COLOUR.finditer(drawn))
    return drawn[:start] + colours + _SIXEL_COLOUR.sub(r"#\1", drawn[start:])


def _kitty(part: Image.Image, frame: Print) -> str:
    """Return a picture for kitty and its like: https://sw.kovidgoyal.net/kitty/graphics-protocol/"""
    file = io.BytesIO()
    part.save(file, "PNG")
    data = base64.standard_b64encode(file.getvalue()).decode()
    pieces = [data[start : start + _KITTY_PIECE] for start in range(0, len(data), _KITTY_PIECE)]
    how = f"a=T,f=100,i={_KITTY_NUMBER},p=1,c={frame.width},r={len(frame.rows)},C=1,q=2,"
    return "".join(
        f"\x1b_G{how if number == 0 else ''}m={int(number < len(pieces) - 1)};{piece}\x1b\\"
        for number, piece in enumerate(pieces)
    )
