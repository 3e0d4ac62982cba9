"""Paint text screens and desktops as pictures, dot by dot."""

from collections.abc import Sequence

from qq2clone_tui.domain.vga_font import HEIGHT, SHAPES, WIDTH

__all__ = ["COLUMNS", "CYAN", "GREEN", "GREY", "LINES", "paint_desktop", "paint_text"]

COLUMNS, LINES = 80, 25

CYAN, GREY, GREEN = "\x1d", "\x1e", "\x1f"
"""Change ink and ground from there on, to the end of the line or the next of them."""

_BLACK = bytes(3)
_INKS = {
    CYAN: (_BLACK, bytes((0, 168, 168))),
    GREY: (bytes((168, 168, 168)), _BLACK),
    GREEN: (bytes((84, 252, 84)), _BLACK),
}


def paint_text(lines: Sequence[str]) -> bytes:
    """Return a VGA text screen as PPM, 720 dots by 400; what does not fit is cut off."""
    padded = [*lines[:LINES], *[""] * (LINES - len(lines))]
    return _ppm(COLUMNS * (WIDTH + 1), LINES * HEIGHT, b"".join(_scans(line) for line in padded))


def _scans(line: str) -> bytes:
    ink, ground = _INKS[GREY]
    cells: list[tuple[bytes, bytes, bytes]] = []
    for letter in line:
        if letter in _INKS:
            ink, ground = _INKS[letter]
        elif len(cells) < COLUMNS:
            cells.append((SHAPES.get(letter, SHAPES["?"]), ink, ground))
    cells += [(SHAPES[" "], *_INKS[GREY])] * (COLUMNS - len(cells))
    return b"".join(_scan(shape[row], ink, ground) for row in range(HEIGHT) for shape, ink, ground in cells)


def _scan(bits: int, ink: bytes, ground: bytes) -> bytes:
    dots = [ink if bits >> (WIDTH - 1 - column) & 1 else ground for column in range(WIDTH)]
    return b"".join(dots) + ground


def paint_desktop(seed: int) -> bytes:
    """Return a desktop with a window and a bar as PPM, 640 dots by 480; ``seed`` places the window."""
    width, height = 640, 480
    left, top = 60 + seed % 7 * 20, 50 + seed % 5 * 20
    rows = []
    for y in range(height):
        sky = bytes((20 + y // 12, 70 + y // 6, 150 + y // 8))
        if y >= height - 34:
            rows.append(bytes((24, 28, 36)) * 46 + bytes((90, 150, 220)) * 4 + bytes((24, 28, 36)) * (width - 50))
        elif top <= y < top + 260:
            pane = bytes((40, 90, 170)) if y < top + 26 else bytes((244, 244, 240))
            ruled = y > top + 40 and (y - top) % 18 < 5
            inner = pane * 16 + (bytes((90, 96, 104)) if ruled else pane) * (160 + seed * (y // 18) % 120)
            inner += pane * (330 - len(inner) // 3)
            rows.append(sky * left + inner + sky * (width - left - 330))
        else:
            rows.append(sky * width)
    return _ppm(width, height, b"".join(rows))


def _ppm(width: int, height: int, dots: bytes) -> bytes:
    """Return dots as a picture: https://netpbm.sourceforge.net/doc/ppm.html"""
    return b"P6\n%d %d\n255\n" % (width, height) + dots
