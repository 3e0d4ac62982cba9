"""Say what a command is: one thing a user can ask for, where, and under which keys."""

from dataclasses import dataclass
from enum import StrEnum

from qq2clone_tui.domain.plan import Danger

__all__ = ["Command", "Group", "Scope"]


class Scope(StrEnum):
    """Where a command's keys are heard."""

    MAIN = "main"
    LIST = "list"
    TREE = "tree"
    JOBS = "jobs"
    RESULTS = "results"
    SETTINGS = "settings"
    PICTURE = "picture"
    WALL = "wall"
    USES = "uses"
    CHECKPOINTS = "checkpoints"
    CHECK = "check"


class Group(StrEnum):
    """The heading a command stands under in help, palette and README."""

    MACHINES = "Machines"
    SELECT = "Selection"
    VIEW = "View"
    TEMPLATES = "Templates"
    JOBS = "Jobs"
    RESULTS = "Results of a command"
    PICTURE = "Picture of a screen"
    WALL = "Wall of screens"
    USES = "Who stands on an image"
    CHECKPOINTS = "Checkpoints"
    CHECK = "What a check found"
    MOVE = "Moving"
    APP = "Program"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a user can ask for.

    Args:
        id: ``noun.verb``; names the class and the method that carry it out.
        keys: its keys in Textual's spelling, the one shown first.
        title: two or three words for footer and palette.
        help: one sentence for the help screen and the README.
        group: its heading.
        scope: where its keys are heard.
        danger: how much it can lose.
        writes: True when it changes anything but the screen; gone in read-only mode.
        footer: position in the line at the bottom of its screen, 0 when it is not shown there; what the main screen
            shows there follows the cursor, see ``hints``.
        words: other words for it, which the palette finds it by; the first letters of each will do.
    """

    id: str
    keys: tuple[str, ...]
    title: str
    help: str
    group: Group
    scope: Scope = Scope.MAIN
    danger: Danger = Danger.NONE
    writes: bool = False
    footer: int = 0
    words: str = ""

    @property
    def noun(self) -> str:
        """Return the part of the id that names the class of actions."""
        return self.id.partition(".")[0]

    @property
    def verb(self) -> str:
        """Return the part of the id that names the method."""
        return self.id.partition(".")[2]
