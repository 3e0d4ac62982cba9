"""Ask before files are deleted, but only somebody who is there to answer."""

import sys
from collections.abc import Sequence

from qq2clone_tui.domain.errors import BadArgument

from .invocation import Invocation
from .output import printable
from .shared import Verbosity

__all__ = ["agreed"]


def agreed(invocation: Invocation, question: str, lines: Sequence[str]) -> bool:
    """Tell whether to go on with what cannot be undone.

    On a terminal the plan is shown and a question asked, unless ``--yes`` was given. Off a terminal
    nobody can be asked and the command itself is the decision, as with rm(1).

    Raises:
        BadArgument: somebody is at the terminal, but -q or -Q forbids the question.
    """
    if invocation.shared.yes or not _somebody_is_there():
        return True
    if invocation.narrator.level <= Verbosity.QUIET:
        why = "it deletes files, and -q forbids the question"
        raise BadArgument("cannot go on without a confirmation", why=why, remedy="Add --yes.")
    for line in lines:
        sys.stderr.write(printable(line) + "\n")
    sys.stderr.write(f"{printable(question)} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _somebody_is_there() -> bool:
    """Tell whether both ends of a question are a terminal; a closed stdin is None."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()
