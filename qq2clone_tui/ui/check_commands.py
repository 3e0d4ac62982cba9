"""List the commands of the screen that shows what a check found."""

from .command import Command, Group, Scope

__all__ = ["CHECK"]


def _check(verb: str, keys: str, title: str, text: str, footer: int = 0, *, writes: bool = False) -> Command:
    return Command(
        f"findings.{verb}", tuple(keys.split()), title, text, Group.CHECK, Scope.CHECK, writes=writes, footer=footer
    )


CHECK: tuple[Command, ...] = (
    _check("mend", "r", "mend", "Mend what can be mended without losing anything.", 1, writes=True),
    _check("agree", "y", "consent", "Mend also what takes your consent; what that is is shown first.", 2,
           writes=True),
    _check("digests", "d", "digests", "Compute the digests of all images that are ours, and compare them.", 3),
    _check("again", "a", "look again", "Look at everything again.", 4),
    _check("stop", "C", "stop", "Stop looking; what was found so far is shown.", 5),
    _check("back", "escape q m", "back", "Go back.", 6),
)  # fmt: skip
