"""Short histories, each of which once went wrong."""

from collections.abc import Iterator

import pytest

from .deeds import Deed
from .forker import Forker
from .history import History, Pattern
from .runs import scratch
from .world import World

SOME = Pattern(7, 0, 65536, False)


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    """Who does what is killed."""
    made = Forker()
    yield made
    made.close()


@pytest.fixture
def history(forker: Forker) -> Iterator[History]:
    """A world at its beginning; looked at once more at its end."""
    with scratch() as directory:
        begun = History(World(directory / "world"), forker)
        yield begun
        begun.check()
        begun.close()


def cloned(history: History) -> str:
    """Make a clone with two disks and firmware variables, and return its UUID."""
    history.do(Deed("clone", "own", number=1))
    return history.expected.clones()[-1]


def grown(history: History) -> None:
    """Give the template a next version."""
    history.do(Deed("prepare", "own"))
    history.write(history.expected.staging("own"), "vda", SOME)
    history.do(Deed("commit", "own"))


def test_a_staging_machine_is_not_discarded_from_under_an_overlay_of_others(history: History) -> None:
    history.do(Deed("prepare", "own"))
    history.others_come("overlay here", 0, "vda")
    assert history.do(Deed("discard", "own")) == "refused"
    history.others_leave()
    assert history.do(Deed("discard", "own")) == "done"


@pytest.mark.parametrize("verb", ["reset", "detach", "remove"])
def test_a_disk_is_not_taken_from_under_a_machine_of_others(history: History, verb: str) -> None:
    clone = cloned(history)
    history.others_come("machine", 0, "vda")
    assert history.do(Deed(verb, uuids=(clone,))) == "refused"
    history.others_leave()
    assert history.do(Deed(verb, uuids=(clone,))) == "done"


def test_an_ephemeral_clone_does_not_begin_afresh_while_a_machine_of_others_has_its_disk(history: History) -> None:
    history.do(Deed("clone", "own", number=1, ephemeral=True))
    (clone,) = history.expected.clones()
    history.write(clone, "vda", SOME)
    history.others_come("machine", 0, "vda")
    assert history.do(Deed("start", uuids=(clone,))) == "refused"


def test_a_template_made_of_copies_keeps_its_firmware_variables_when_the_clone_goes(history: History) -> None:
    clone = cloned(history)
    history.do(Deed("promote", "new", uuids=(clone,), option=True))
    history.do(Deed("remove", uuids=(clone,)))
    assert history.do(Deed("clone", "new", number=1)) == "done"


@pytest.mark.parametrize("effects", range(4, 24, 2))
def test_a_template_with_versions_is_gone_whole_wherever_its_deletion_was_killed(
    history: History, effects: int
) -> None:
    for _ in range(3):
        grown(history)
    history.kill(Deed("delete", "own"), effects, -1, fresh=True)


@pytest.mark.parametrize("which", range(3))
def test_a_commit_in_place_killed_before_it_finds_that_others_need_the_image_leaves_nothing_unfinished(
    history: History, which: int
) -> None:
    grown(history)
    history.do(Deed("prepare", "own"))
    history.others_come("overlay here", which, "vda")
    for effects in range(1, 4):
        history.kill(Deed("in-place", "own"), effects, -1, fresh=True)
        history.check()
    history.others_leave()
    assert history.do(Deed("commit", "own")) == "done"
