"""Each deed killed before one of its effects after another; and so is the next start, which mends what was left.

Before every third one, that is: with QQ2CLONE_EVERY_STEP set, before every single one, which takes minutes.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from itertools import count

import pytest

from .deeds import VERBS, Deed
from .forker import Forker
from .history import History, Pattern
from .runs import scratch
from .world import World

Ready = Callable[[History], Deed]
"""Makes what a deed needs, unless it is there, and returns the deed."""

STRIDE = 1 if os.environ.get("QQ2CLONE_EVERY_STEP") else 3

SOME = Pattern(9, 1024, 70000 // 512 * 512, False)


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    """Who does what is killed."""
    made = Forker()
    yield made
    made.close()


def clone(history: History, *, running: bool = False, ephemeral: bool = False) -> str:
    """Return a clone of its own that has been written to, and no other one."""
    for uuid in history.expected.clones():
        machine = history.expected.machines[uuid]
        if machine.detached or machine.ephemeral is not ephemeral:
            history.do(Deed("remove", uuids=(uuid,)))
    if not history.expected.clones():
        history.do(Deed("clone", "own", number=1, ephemeral=ephemeral))
    (uuid,) = history.expected.clones()
    if history.expected.machines[uuid].state == "saved":
        history.do(Deed("start", uuids=(uuid,)))
    if (history.expected.machines[uuid].state == "running") is not running:
        history.do(Deed("start" if running else "destroy", uuids=(uuid,)))
    history.write(uuid, "vda", SOME)
    history.write(uuid, "vdb", SOME)
    return uuid


def staging(history: History, *, running: bool = False) -> None:
    """Make the staging machine, and write to it."""
    if not history.expected.staging("own"):
        history.do(Deed("prepare", "own"))
    if running and history.expected.machines[history.expected.staging("own")].state == "off":
        history.do(Deed("prepare", "own", option=True))
    history.write(history.expected.staging("own"), "vda", SOME)
    history.write(history.expected.staging("own"), "vdb", SOME)


def free(history: History) -> None:
    """Have a second version that neither a clone nor a staging machine stands on."""
    for uuid in history.expected.clones():
        history.do(Deed("remove", uuids=(uuid,)))
    while history.expected.newest("own") < 2 or history.expected.staging("own"):
        staging(history)
        history.do(Deed("commit", "own"))


def ready_clone(history: History) -> Deed:
    """Make two clones that run."""
    return Deed("clone", "own", number=2, option=True)


def ready_start(history: History) -> Deed:
    """Start a clone that begins afresh."""
    return Deed("start", uuids=(clone(history, ephemeral=True),))


def ready_power(verb: str) -> Ready:
    """Change the power of a clone that runs."""
    return lambda history: Deed(verb, uuids=(clone(history, running=True),))


def ready_renewed(verb: str) -> Ready:
    """Give a clone other disks, or remove it."""

    def ready(history: History) -> Deed:
        uuid = clone(history, running=verb != "detach")
        if verb == "upgrade" and not history.expected.behind(uuid):
            staging(history)
            history.do(Deed("commit", "own"))
        return Deed(verb, uuids=(uuid,))

    return ready


def ready_prepare(history: History) -> Deed:
    """Make a staging machine and start it."""
    if history.expected.staging("own"):
        if history.expected.machines[history.expected.staging("own")].state == "running":
            history.do(Deed("force-off", "own"))
        history.do(Deed("discard", "own"))
    return Deed("prepare", "own", option=True)


def ready_staging(verb: str) -> Ready:
    """End the staging machine's life, or force it off."""

    def ready(history: History) -> Deed:
        if verb == "in-place":
            free(history)
        staging(history, running=verb == "force-off")
        return Deed(verb, "own")

    return ready


def ready_promote(history: History) -> Deed:
    """Make a template of a clone's own files."""
    return Deed("promote", history.new_name(), uuids=(clone(history),))


def ready_copy(history: History) -> Deed:
    """Make a template of copies."""
    return Deed("promote", history.new_name(), uuids=(clone(history),), option=True)


def ready_fold(verb: str) -> Ready:
    """Let versions go that nobody needs, or that are in the way of a shorter chain."""

    def ready(history: History) -> Deed:
        free(history)
        return Deed(verb, "own", number=1)

    return ready


def ready_delete(history: History) -> Deed:
    """Delete a template that has files of its own."""
    names = [name for name in history.expected.templates() if name.startswith("new")]
    if not names:
        history.do(ready_copy(history))
    return Deed("delete", next(name for name in history.expected.templates() if name.startswith("new")))


def ready_acknowledge(history: History) -> Deed:
    """Say that a version is right as it is."""
    history.touch("own", 1)
    return Deed("acknowledge", "own@v1")


READY: Mapping[str, Ready] = {
    "acknowledge": ready_acknowledge,
    "clone": ready_clone,
    "delete": ready_delete,
    "prepare": ready_prepare,
    "promote": ready_promote,
    "promote a copy": ready_copy,
    "start": ready_start,
    **{verb: ready_fold(verb) for verb in ("flatten", "prune")},
    **{verb: ready_power(verb) for verb in ("destroy", "save")},
    **{verb: ready_renewed(verb) for verb in ("detach", "remove", "reset", "upgrade")},
    **{verb: ready_staging(verb) for verb in ("commit", "discard", "force-off", "in-place")},
}


def test_all_that_can_be_done_is_tried() -> None:
    assert set(VERBS) <= set(READY)


@pytest.mark.parametrize("name", READY)
def test_whichever_step_a_deed_and_the_next_start_are_killed_at_all_is_whole(name: str, forker: Forker) -> None:
    with scratch() as directory:
        history = History(World(directory / "world"), forker)
        try:
            for effects in count(step=STRIDE):
                deed = READY[name](history)
                how = history.kill(deed, effects, effects % 6 - 1, fresh=effects % 2 == 0)
                history.check()
                if how != "killed":
                    break
        finally:
            history.close()
    assert effects
    assert how == "done"
