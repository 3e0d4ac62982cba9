"""Ask before files are deleted, but only somebody who is there to answer."""

import sys
from collections.abc import Sequence

from qq2clone_tui.domain.errors import BadArgument

from .invocation import Invocation
from .output import printable
from .shared import Verbosity

__all__ = ["MANY", "agreed"]

MANY = 20
"""Machines that can be deleted on a simple yes."""


def agreed(invocation: Invocation, question: str, lines: Sequence[str], *, machines: int = 0) -> bool:
    """Tell whether to go on with what cannot be undone.

    On a terminal the plan is shown and a question asked, unless ``--yes`` was given. Off a terminal
    nobody can be asked and the command itself is the decision, as with rm(1). Over ``MANY`` machines
    a y would come too easily: the question is to be answered by typing it.

    Raises:
        BadArgument: somebody is at the terminal, but -q or -Q forbids the question.
    """
    if invocation.shared.yes or not _somebody_is_there():
        return True
    if invocation.narrator.level <= Verbosity.QUIET:
        why = "something would be lost for good, and -q forbids the question"
        raise BadArgument("cannot go on without a confirmation", why=why, remedy="Add --yes.")
    for line in lines:
        sys.stderr.write(printable(line) + "\n")
    typed = f"Type '{question}' to go on:" if machines > MANY else f"{question}? [y/N]"
    sys.stderr.write(f"{printable(typed)} ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip()
    return answer == question if machines > MANY else answer.lower() in {"y", "yes"}


def _somebody_is_there() -> bool:
    """Tell whether both ends of a question are a terminal; a closed stdin is None."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
