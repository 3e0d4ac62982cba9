"""List the commands of the screens that look at machines."""

from .command import Command, Group, Scope

__all__ = ["LOOKING"]


def _picture(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"picture.{verb}", tuple(keys.split()), title, text, Group.PICTURE, Scope.PICTURE, footer=footer)


def _wall(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"wall.{verb}", tuple(keys.split()), title, text, Group.WALL, Scope.WALL, footer=footer)


LOOKING: tuple[Command, ...] = (
    _picture("next", "n", "next", "See the next machine of the marked ones, or of the table.", 1),
    _picture("previous", "N", "previous", "See the machine before.", 2),
    _picture("text", "t", "letters/dots", "Show a text screen as letters, or as it looks.", 3),
    _picture("closer", "z", "closer", "Show a part of the picture, larger.", 4),
    _picture("wider", "Z", "wider", "Show more of the picture, smaller.", 5),
    _picture("whole", "f", "whole", "Show the whole picture."),
    _picture("left", "h left", "left", "Move what is seen to the left; a whole picture, to the machine before."),
    _picture("right", "l right", "right", "Move what is seen to the right; a whole picture, to the next machine."),
    _picture("up", "k up", "up", "Move what is seen up."),
    _picture("down", "j down", "down", "Move what is seen down."),
    _picture("console", "o", "console", "Go back and open the machine's console.", 6),
    _picture("refresh", "r", "refresh", "Look again now.", 8),
    _picture("faster", "plus", "more often", "Look more often.", 9),
    _picture("slower", "minus", "less often", "Look less often."),
    _picture("hold", "p", "hold", "Look only when asked to, or go on.", 7),
    _picture("back", "escape q v", "back", "Go back."),
    _wall("open", "enter v", "open", "See this screen alone.", 1),
    _wall("mark", "space", "mark", "Mark or unmark the machine and go to the next.", 2),
    _wall("text", "t", "letters/dots", "Show text screens as letters, or as they look.", 3),
    _wall("closer", "z", "larger", "Show fewer screens, larger.", 4),
    _wall("wider", "Z", "smaller", "Show more screens, smaller.", 5),
    _wall("left", "h left", "left", "Go to the screen on the left."),
    _wall("right", "l right", "right", "Go to the screen on the right."),
    _wall("up", "k up", "up", "Go to the screen above."),
    _wall("down", "j down", "down", "Go to the screen below."),
    _wall("page_down", "ctrl+f pagedown", "page down", "Go to the next page."),
    _wall("page_up", "ctrl+b pageup", "page up", "Go to the page before."),
    _wall("top", "g home", "top", "Go to the first screen."),
    _wall("bottom", "G end", "bottom", "Go to the last screen."),
    _wall("refresh", "r", "refresh", "Look at all of them again now.", 7),
    _wall("faster", "plus", "more often", "Look more often.", 8),
    _wall("slower", "minus", "less often", "Look less often."),
    _wall("hold", "p", "hold", "Look only when asked to, or go on.", 6),
    _wall("back", "escape q V", "back", "Go back; the cursor stays on the machine."),
)
