"""Measure the reset of a hundred clones, beside remaking them with virt-clone."""

from functools import partial

from qq2clone_tui.engine.session import Session

from .changed_images import change
from .figures import Figure, Missing, Result
from .hypervisors import Ground
from .stage import TEMPLATE, Stage, run
from .virt_clone import Theirs, measure_virt_clone, why_not
from .watch import Seconds, median, say, timed

__all__ = ["measure"]

COUNT = 100
ROUNDS = 3
_NAME = f"reset of {COUNT} stopped clones"
_MOST_SECONDS = 1
_LEAST_GAIN = 20
_CHANGED_BYTES = 4 * 1024**2
"""What every clone has written since it was made."""


def measure(ground: Ground) -> list[Result]:
    """Return the figures of resets."""
    theirs = None if why_not() else measure_virt_clone(ground)
    results = ground.on_each(partial(_on_one, theirs), _NAME)
    return results if theirs else [*results, Missing(f"{_NAME} : virt-clone loop", why_not())]


def _on_one(theirs: Theirs | None, stage: Stage) -> list[Result]:
    session = stage.session
    run(session, session.plan_clone(TEMPLATE, COUNT))
    rounds = [_reset(session) for _ in range(ROUNDS)]
    for taken in rounds:
        say(f"{stage.name}: {COUNT} clones reset in {taken:.2f} s")
    ours = median(rounds)
    results: list[Result] = [Figure(f"{_NAME} ({stage.name})", ours, _MOST_SECONDS, "s", at_most=True)]
    if theirs is not None:
        note = f"{COUNT / ours:.0f}/s against {1 / theirs.seconds:.1f}/s on {theirs.uri}"
        gain = theirs.seconds * COUNT / ours
        results.append(Figure(f"{_NAME} : virt-clone loop ({stage.name})", gain, _LEAST_GAIN, note=note))
    return results


def _reset(session: Session) -> Seconds:
    """Return how long planning and making a reset took, of clones that have all written something."""
    machines = session.inventory.refresh().machines
    for machine in machines.values():
        for path in machine.files:
            change(path, _CHANGED_BYTES)
    return timed(lambda: run(session, session.renewal.plan_reset(list(machines))))
