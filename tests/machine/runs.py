"""Run histories: so many, chosen anew by a seed or the same at every run."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity, reproduce_failure, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from .forker import Forker
from .rules import AnyOrder

__all__ = ["run", "scratch"]

_MEMORY = Path("/dev/shm")


@contextmanager
def scratch() -> Iterator[Path]:
    """Yield a directory for worlds, in memory where there is such a place: they wait for the disk at every step."""
    memory = _MEMORY if os.access(_MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="any-order-", dir=memory) as directory:
        yield Path(directory)


def run(
    root: Path, sequences: int, steps: int, chosen: int | None = None, *, shrink: bool = True, blob: str | None = None
) -> Counter[str]:
    """Run histories, and return how often each deed was done, refused or killed.

    Args:
        root: absolute directory for one world after the other.
        sequences: how many histories.
        steps: the most rules in each.
        chosen: seed of the choices; None for those that are the same at every run.
        shrink: look, for up to five minutes, for the shortest history that shows what was found.
        blob: the one history to have, as hypothesis has written it down.

    Raises:
        AssertionError: something was found; the shortest history that shows it is in the notes.
    """

    class Histories(AnyOrder):
        """Those of this run."""

    Histories.forker, Histories.root, Histories.tally = Forker(), root, Counter()
    if chosen is not None:
        seed(chosen)(Histories)
    if blob is not None:
        reproduce_failure(hypothesis.__version__, blob.encode())(Histories)
    try:
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=sequences,
                stateful_step_count=steps,
                derandomize=chosen is None,
                database=None,
                deadline=None,
                phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
                print_blob=True,
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.normal,
            ),
        )
    finally:
        Histories.forker.close()
    return Histories.tally
