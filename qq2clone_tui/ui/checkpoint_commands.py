"""List the commands of the screen that shows the checkpoints of machines."""

from qq2clone_tui.domain.plan import Danger

from .command import Command, Group, Scope

__all__ = ["CHECKPOINTS"]


def _change(verb: str, keys: str, title: str, text: str, footer: int = 0, *, danger: Danger = Danger.NONE) -> Command:
    return Command(
        f"checkpoints.{verb}",
        tuple(keys.split()),
        title,
        text,
        Group.CHECKPOINTS,
        Scope.CHECKPOINTS,
        danger,
        writes=True,
        footer=footer,
    )


CHECKPOINTS: tuple[Command, ...] = (
    _change("make", "c", "make", "Keep the machines as they are now, under a name.", 1),
    _change("revert", "r", "go back", "Make the machines what they were at the checkpoint.", 2, danger=Danger.LOSES),
    _change("remove", "D", "delete", "Forget the checkpoint; the machines stay as they are.", 3, danger=Danger.LOSES),
    Command(
        "checkpoints.turn",
        ("t",),
        "by machine/name",
        "List the checkpoints of several machines by name, or one machine after the other.",
        Group.CHECKPOINTS,
        Scope.CHECKPOINTS,
        footer=4,
    ),
    Command(
        "checkpoints.back", ("escape", "q", "K"), "back", "Go back.", Group.CHECKPOINTS, Scope.CHECKPOINTS, footer=5
    ),
)
