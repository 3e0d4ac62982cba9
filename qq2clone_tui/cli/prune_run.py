"""Carry out a plan of versions that go, so that Ctrl-C ends it in good order."""

import threading
from typing import TYPE_CHECKING

from .interruptible import interruptible
from .invocation import Invocation
from .progress import Progress
from .prune_report import numbers
from .shared import Verbosity

if TYPE_CHECKING:
    from qq2clone_tui.domain.prune_plan import PrunePlan
    from qq2clone_tui.engine.session import Session
    from qq2clone_tui.engine.versions.pruning import FoldResult, PruningProgress

__all__ = ["prune_beside"]


def prune_beside(
    invocation: Invocation, session: "Session", plan: "PrunePlan"
) -> "tuple[tuple[FoldResult, ...], bool]":
    """Carry the plan out beside this thread, so that Ctrl-C ends it in good order."""
    narrator, stop = invocation.narrator, threading.Event()
    shown = narrator.on_terminal and narrator.level >= Verbosity.NORMAL
    with Progress(shown=shown) as progress:

        def tell(told: "PruningProgress") -> None:
            copied = sum(merge.copied for merge in told.fold.merges)
            what = f"{told.template}: removing {numbers(told.fold.versions)}"
            progress.measured(what, round(told.fraction * copied), copied)

        results = interruptible(lambda: session.pruning.prune(plan, tell, stop), stop.set, narrator, "Stopping.")
    return results, stop.is_set()
