"""Measure a command that is run once for each of many machines."""

from qq2clone_tui.domain.execution import Manner
from qq2clone_tui.engine.session import Session

from .figures import Figure, Result
from .hypervisors import Ground
from .stage import TEMPLATE, Stage, run
from .watch import Seconds, median, say, timed

__all__ = ["measure"]

COUNT = 200
PARALLEL = 16
ROUNDS = 5
_MOST_MILLISECONDS = 10
_NAME = f"exec all true, {COUNT} machines, {PARALLEL} at a time, for each"


def measure(ground: Ground) -> list[Result]:
    """Return the figures of commands over machines."""
    return ground.on_each(_on_one, _NAME)


def _on_one(stage: Stage) -> list[Result]:
    session = stage.session
    run(session, session.plan_clone(TEMPLATE, COUNT))
    _execute(session)
    rounds = [timed(lambda: _execute(session)) for _ in range(ROUNDS)]
    taken: Seconds = median(rounds)
    say(f"{stage.name}: exec over {COUNT} machines in {taken:.2f} s")
    return [Figure(f"{_NAME} ({stage.name})", 1000 * taken / COUNT, _MOST_MILLISECONDS, "ms", at_most=True)]


def _execute(session: Session) -> None:
    ledger = session.exec.run(session.select("all", TEMPLATE), "true", Manner(parallel=PARALLEL))
    if ledger.failed or len(ledger.entries) != COUNT:
        raise RuntimeError(f"the command failed for {len(ledger.failed)} of {len(ledger.entries)} machines")
