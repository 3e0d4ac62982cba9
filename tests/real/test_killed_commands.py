"""Commands killed by SIGKILL at any moment: the next one finds every disk as its guest left it, and nothing else."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.machine.deeds import Deed

from .killed import KilledCommands

ROUNDS = 26
SEED = 4
"""Of what is done in which order; the moments depend on the host as well."""

_IMAGE = {"commit": ("commit-image",), "in-place": ("commit-image", "--in-place"), "discard": ("discard-image",)}
_SETS = ("remove", "reset", "upgrade", "detach")
_FOLDS = {"prune": ("prune", "tiny"), "flatten": ("flatten", "tiny", "--depth", "1")}
_VERBS = ("clone", "promote", *_SETS, *_IMAGE, *_FOLDS)


@pytest.mark.timeout(900)
def test_commands_killed_at_any_moment_leave_every_disk_whole_and_nothing_over(
    fresh_root: Callable[[], Path], tmp_path: Path
) -> None:
    dice = random.Random(SEED)  # noqa: S311 - for moments, not for secrets
    commands = KilledCommands(fresh_root(), tmp_path, dice)
    verbs = [*_VERBS, *_VERBS, *_VERBS][:ROUNDS]
    dice.shuffle(verbs)
    for verb in verbs:
        _ready(commands, dice, verb)
        deed, words = _typed(commands, dice, verb)
        commands.kill(deed, *words)
    assert commands.killed >= ROUNDS // 4, "hardly any was killed in time"
    assert commands.begun, "none was killed while it was at it"


def _ready(commands: KilledCommands, dice: random.Random, verb: str) -> None:
    """Make what a command needs to have something to do."""
    if len(commands.expected.clones_of("tiny")) < 3:
        commands.do(Deed("clone", "tiny", number=3), "-t", "tiny", "clone", "3")
        for uuid in commands.expected.clones_of("tiny"):
            commands.write(uuid, dice.randrange(1, 256))
    if verb in {*_IMAGE, "upgrade", *_FOLDS}:
        commands.stage(dice.randrange(1, 256))
    if verb in {"upgrade", *_FOLDS}:
        commands.do(Deed("commit", "tiny"), "modify-template", "tiny", "commit-image")
    if verb in {"in-place", *_FOLDS}:
        everybody = commands.expected.clones_of("tiny")
        on = {"in-place": "remove"}.get(verb, "upgrade")
        behind = [uuid for uuid in everybody if on == "remove" or commands.expected.behind(uuid)]
        if behind:
            words = ("rm" if on == "remove" else on, commands.numbers(behind))
            commands.do(Deed(on, uuids=tuple(behind)), "-t", "tiny", *words, "--yes")


def _typed(commands: KilledCommands, dice: random.Random, verb: str) -> tuple[Deed, tuple[str, ...]]:
    """Return what is done next, and the words of its command."""
    clones = commands.expected.clones_of("tiny")
    some = tuple(dice.sample(clones, min(2, len(clones))))
    if verb == "clone":
        return Deed("clone", "tiny", number=4), ("-t", "tiny", "clone", "4")
    if verb == "promote":
        name = commands.new_name()
        number = commands.numbers(some[:1])
        return Deed("promote", name, some[:1]), ("-t", "tiny", "promote", number, name, "--yes")
    if verb in _SETS:
        if verb == "upgrade":
            some = tuple(uuid for uuid in clones if commands.expected.behind(uuid))
        if verb == "detach":
            some = tuple(uuid for uuid in clones if not commands.expected.machines[uuid].detached)
        words = ("rm" if verb == "remove" else verb, commands.numbers(some), "--yes")
        return Deed(verb, uuids=some), ("-t", "tiny", *words)
    if verb in _IMAGE:
        return Deed(verb, "tiny"), ("modify-template", "tiny", *_IMAGE[verb], "--yes")
    return Deed(verb, "tiny", number=1), (*_FOLDS[verb], "--yes")
