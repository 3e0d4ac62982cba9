"""Make a print of a picture; slow, so never on the screen's thread."""

from dataclasses import replace

from qq2clone_tui.domain.errors import WrongFileKind
from qq2clone_tui.domain.screen_text import ScreenText, read_text
from qq2clone_tui.domain.screenshot import Screenshot

from .lens import Depth, Lens, Print, Protocol

__all__ = ["develop"]


def develop(shot: Screenshot, lens: Lens) -> Print:
    """Return what a picture looks like through a lens: letters where it is a text screen, else dots.

    A text screen shrunk to a terminal is a blur, while its letters are about as many as the terminal's; so they are
    read and written out.
    """
    # Imported here: few sessions look at a screen, and Pillow takes its time to load.
    from .cells import show_dots
    from .decode import decode
    from .letters import show_letters

    if lens.width < 1 or lens.height < 1:
        return Print()
    try:
        picture = decode(shot)
    except WrongFileKind as error:
        return Print(problem=f"{error.what}: {error.why}")
    text: ScreenText | None = read_text(*picture.size, picture.tobytes()) if lens.text else None
    if text is not None and not lens.zoom:
        made = show_letters(text, lens)
    elif lens.graphics is Protocol.CELLS or 0 in lens.cell or lens.depth is Depth.MONO:
        made = show_dots(picture, lens)
    else:
        from .graphics import show_graphics

        made = show_graphics(picture, lens)
    return replace(made, dots=picture.size)
