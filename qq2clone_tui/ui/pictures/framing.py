"""Choose which part of a picture is shown, and in how many cells."""

from PIL import Image
from textual.strip import Strip

from .lens import Lens, Print, shown_from

__all__ = ["Box", "framed"]

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a part of a picture, in its dots."""


def framed(picture: Image.Image, lens: Lens) -> tuple[Print, Box]:
    """Return an empty print of the size and part asked for, and that part; where nothing is asked, the busiest."""
    scale, largest = _scale(picture.size, lens)
    columns = max(1, round(picture.width * scale))
    lines = max(1, round(picture.height * scale / lens.ratio))
    width, height = min(lens.width, columns), min(lens.height, lines)
    middle = lens.middle or _busiest(picture)
    left, top = shown_from(middle[0], columns, width), shown_from(middle[1], lines, height)
    across, down = picture.width / columns, picture.height / lines
    box = (left * across, top * down, (left + width) * across, (top + height) * down)
    blank = (Strip.blank(width),) * height
    return Print(blank, width, left, top, whole=(columns, lines), largest=largest), box


def _busiest(picture: Image.Image) -> tuple[float, float]:
    """Return the middle of all that is not black, in parts of the picture."""
    left, top, right, bottom = picture.getbbox() or (0, 0, *picture.size)
    return (left + right) / 2 / picture.width, (top + bottom) / 2 / picture.height


def _scale(size: tuple[int, int], lens: Lens) -> tuple[float, bool]:
    """Return how many cells one dot of the picture is wide, and whether it cannot be more."""
    fitting = min(lens.width / size[0], lens.height * lens.ratio / size[1])
    wanted = fitting * 2**lens.zoom
    most = max(1.0, fitting)
    return min(wanted, most), wanted >= most
