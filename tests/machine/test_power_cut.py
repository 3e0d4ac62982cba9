"""Each deed with the power cut before one of its effects after another: all is whole after the next start.

Of what was written since the disk was last waited for, nothing is left; every deletion and definition is. Before
every third effect, that is: with QQ2CLONE_EVERY_STEP set, before every single one, which takes minutes.
"""

from collections.abc import Iterator
from itertools import count

import pytest

from .forker import Forker
from .history import History
from .runs import scratch
from .test_every_step import READY, STRIDE
from .world import World


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    """Who does what is cut off."""
    made = Forker()
    yield made
    made.close()


@pytest.mark.parametrize("late", [False, True], ids=["definitions at once", "definitions late"])
@pytest.mark.parametrize("name", READY)
def test_whichever_step_of_a_deed_the_power_is_cut_at_all_is_whole(name: str, late: bool, forker: Forker) -> None:
    with scratch() as directory:
        history = History(World(directory / "world"), forker)
        try:
            for effects in count(step=STRIDE):
                how = history.cut(READY[name](history), effects, late=late)
                history.check()
                if how != "killed":
                    break
        finally:
            history.close()
    assert how == "done"
