"""List the commands of the screen that shows who stands on an image."""

from .command import Command, Group, Scope

__all__ = ["USES"]


def _uses(verb: str, keys: str, title: str, text: str, footer: int = 0) -> Command:
    return Command(f"uses.{verb}", tuple(keys.split()), title, text, Group.USES, Scope.USES, footer=footer)


USES: tuple[Command, ...] = (
    _uses("go", "enter", "go there", "Go back with the cursor on this machine.", 1),
    _uses("fold", "left h", "fold", "Hide what stands on the image; else go to what this stands on.", 4),
    _uses("unfold", "right l", "unfold", "Show what stands on the image."),
    _uses("bare", "z", "images only", "Hide all machines, or show them again.", 5),
    _uses("find", "slash", "find", "Find an image or a machine by a part of its name.", 6),
    _uses("next", "n", "find next", "Go to the next one that holds the text."),
    _uses("whole", "t", "whole template", "Show all of the machine's template, or the machine alone again.", 2),
    _uses("refresh", "r", "refresh", "Look at the images again now.", 7),
    _uses("back", "escape q w", "back", "Go back.", 3),
)
