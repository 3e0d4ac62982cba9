"""Show what a plan may be allowed to drop so that it can take in more machines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .text import Cell, Line, counted, line

__all__ = ["DROPS", "PlanOption", "option_lines"]


@dataclass(frozen=True, slots=True)
class PlanOption:
    """Something that plans leave alone unless told otherwise.

    Args:
        name: as refusals that it lifts call it.
        keys: the one that turns it, and the one that does while a phrase is being typed.
        title: what is done when it is on.
    """

    name: str
    keys: tuple[str, str]
    title: str


DROPS = (
    PlanOption("drop_saved", ("s", "f3"), "throw saved memory away"),
    PlanOption("drop_checkpoints", ("c", "f4"), "throw checkpoints away"),
)


def option_lines(
    options: Sequence[PlanOption], on: Collection[str], lets_in: Mapping[str, int], *, typing: bool = False
) -> list[Line]:
    """Return a line for each option: its key, whether it is on, what it does.

    Args:
        options: those that matter to the plan.
        on: the names of those that are on.
        lets_in: how many machines are left out without it, by its name.
        typing: whether letters go into a field.
    """
    return [
        line(
            Cell(f" {option.keys[typing]:<3}", "key"),
            Cell("[x] " if option.name in on else "[ ] ", "bad" if option.name in on else ""),
            Cell(option.title, "bad" if option.name in on else ""),
            Cell(f": {counted(lets_in.get(option.name, 0), 'machine')}", "dim"),
        )
        for option in options
    ]
