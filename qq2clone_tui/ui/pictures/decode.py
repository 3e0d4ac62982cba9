"""Decode pictures that come from a hypervisor, and trust nothing about them."""

import io
import struct
import zlib

from PIL import Image

from qq2clone_tui.domain.errors import WrongFileKind
from qq2clone_tui.domain.screenshot import Screenshot

__all__ = ["MOST_DOTS", "decode"]

MOST_DOTS = 20_000_000
"""The largest picture decoded; the screens of machines have 8.3 million dots at most today."""

_FORMATS = ("PNG", "PPM")
# What Pillow raises at broken files of these two formats.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error, Image.DecompressionBombError)


def decode(shot: Screenshot) -> Image.Image:
    """Return a picture as red, green and blue.

    Raises:
        WrongFileKind: it is neither PNG nor PPM, is broken, or is too large.
    """
    try:
        with Image.open(io.BytesIO(shot.data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height <= MOST_DOTS:
                return picture.convert("RGB")
    except _BROKEN as fault:
        raise WrongFileKind("cannot read the picture of the screen", why="it is no whole PNG or PPM file") from fault
    raise WrongFileKind("cannot read the picture of the screen", why=f"it is too large, {width}×{height} dots")
