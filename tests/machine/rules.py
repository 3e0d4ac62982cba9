"""Let hypothesis choose what is done next, and who is killed when."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from .deeds import Deed
from .forker import Forker
from .history import History, Pattern
from .sight import NVRAM, Sight
from .world import SIZE, World

__all__ = ["AnyOrder"]

T = TypeVar("T")

MOST_CLONES = 6
MOST_TEMPLATES = 4
MOST_VERSIONS = 8
MOST_TOUCHES = 2
SECTOR = 512


@dataclass(frozen=True)
class Death:
    """How a process ends before its time.

    Args:
        effects: so many effects it still has.
        again: so many the next one has, which mends what the first left behind; below 0, it lives.
        fresh: what goes on then is a new session, not one that has looked on.
    """

    effects: int
    again: int
    fresh: bool


DEATH = st.none() | st.builds(Death, st.integers(0, 24), st.integers(-16, 12), st.booleans())
WHICH = st.integers(0, 11)
DISK = st.sampled_from(["vda", "vdb", NVRAM])
_SECTORS = st.integers(0, SIZE // SECTOR - 1).map(lambda sectors: sectors * SECTOR)
PATTERN = st.builds(Pattern, st.integers(1, 255), _SECTORS, _SECTORS.map(lambda length: length + SECTOR), st.booleans())


def when(holds: Callable[[Sight], object]) -> Callable[..., Callable[..., object]]:
    """Let a rule be chosen only while something holds of what there is."""
    return precondition(lambda self: bool(holds(self.expected)))


class AnyOrder(RuleBasedStateMachine):
    """One history of two templates, their clones, and the others on the host.

    Attributes:
        forker, root: who does what is killed, and where the world is; set before it is run.
        tally: how often each deed was done, refused or killed.
    """

    forker: Forker
    root: Path
    tally: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.history = History(World(self.root), self.forker)

    @property
    def expected(self) -> Sight:
        """Return what there should be."""
        return self.history.expected

    def teardown(self) -> None:
        """Look once more, with QEMU's own eyes."""
        try:
            self.history.check_with_qemu()
        finally:
            self.history.close()

    @invariant()
    def everybody_reads_what_was_written_and_nothing_is_left_over(self) -> None:
        """Compare all that there is with all that there should be."""
        self.history.check()

    @initialize(counts=st.tuples(st.integers(0, 2), st.integers(0, 1)), start=st.booleans())
    def begin(self, counts: tuple[int, int], start: bool) -> None:
        """Begin with some clones, mostly."""
        for name, count in zip(("own", "ref"), counts, strict=True):
            if count:
                self._do(Deed("clone", name, number=count, option=start), None)

    @when(lambda sight: len(sight.clones()) < MOST_CLONES)
    @rule(which=WHICH, count=st.integers(1, 2), start=st.booleans(), ephemeral=st.booleans(), death=DEATH)
    def clone(self, which: int, count: int, start: bool, ephemeral: bool, death: Death | None) -> None:
        """Make clones of any version."""
        name, number = _pick(sorted(self.expected.versions), which)
        newest = number == self.expected.newest(name)
        reference = name if newest else f"{name}@v{number}"
        self._do(Deed("clone", reference, number=count, option=start, ephemeral=ephemeral), death)

    @when(lambda sight: sight.machines)
    @rule(which=WHICH, disk=DISK, pattern=PATTERN)
    def write(self, which: int, disk: str, pattern: Pattern) -> None:
        """Let a guest write, also that of a staging machine."""
        self._write(_pick(self.expected.in_order(), which), disk, pattern)

    @when(lambda sight: sight.clones())
    @rule(verb=st.sampled_from(["start", "destroy", "save"]), which=WHICH, death=DEATH)
    def power(self, verb: str, which: int, death: Death | None) -> None:
        """Start a clone, force it off or save it."""
        self._do(Deed(verb, uuids=(_pick(self.expected.clones(), which),)), death)

    @when(lambda sight: sight.clones())
    @rule(which=WHICH, more=st.booleans(), death=DEATH)
    def remove(self, which: int, more: bool, death: Death | None) -> None:
        """Remove one or two clones."""
        self._do(Deed("remove", uuids=self._clones(which, more)), death)

    @when(lambda sight: sight.clones())
    @rule(which=WHICH, more=st.booleans(), drop=st.booleans(), death=DEATH)
    def reset(self, which: int, more: bool, drop: bool, death: Death | None) -> None:
        """Give one or two clones fresh disks."""
        self._do(Deed("reset", uuids=self._clones(which, more), option=drop), death)

    @when(lambda sight: any(sight.behind(uuid) for uuid in sight.clones()))
    @rule(which=WHICH, more=st.booleans(), drop=st.booleans(), death=DEATH)
    def upgrade(self, which: int, more: bool, drop: bool, death: Death | None) -> None:
        """Give one or two clones disks over the newest version."""
        self._do(Deed("upgrade", uuids=self._clones(which, more), option=drop), death)

    @when(lambda sight: not all(sight.machines[uuid].detached for uuid in sight.clones()))
    @rule(which=WHICH, drop=st.booleans(), death=DEATH)
    def detach(self, which: int, drop: bool, death: Death | None) -> None:
        """Give a clone disks that stand alone."""
        self._do(Deed("detach", uuids=self._clones(which, False), option=drop), death)

    @when(lambda sight: len(sight.versions) < MOST_VERSIONS)
    @rule(which=WHICH, disk=DISK, pattern=PATTERN)
    def grow(self, which: int, disk: str, pattern: Pattern) -> None:
        """Give a template a next version, as people mostly do: without an accident."""
        name = _pick(self.expected.templates(), which)
        if not self.expected.staging(name):
            self._do(Deed("prepare", name), None)
        staging = self.expected.staging(name)
        if staging:
            self._write(staging, disk, pattern)
            self._do(Deed("commit", name), None)

    @when(lambda sight: len(sight.versions) < MOST_VERSIONS)
    @rule(which=WHICH, start=st.booleans(), death=DEATH)
    def prepare(self, which: int, start: bool, death: Death | None) -> None:
        """Make the staging machine of a template, or start it again."""
        self._do(Deed("prepare", _pick(self.expected.templates(), which), option=start), death)

    @when(lambda sight: sight.staged())
    @rule(which=WHICH, death=DEATH)
    def commit(self, which: int, death: Death | None) -> None:
        """Make the staging machine the next version."""
        self._do(Deed("commit", _pick(self.expected.staged(), which)), death)

    @when(lambda sight: sight.staged())
    @rule(which=WHICH, disk=DISK, pattern=PATTERN, death=DEATH)
    def commit_in_place(self, which: int, disk: str, pattern: Pattern, death: Death | None) -> None:
        """Write what is changed in the staging machine into the newest version, mostly after its clones are gone."""
        name = _pick(self.expected.staged(), which)
        newest = self.expected.newest(name)
        in_the_way = [
            uuid
            for uuid in self.expected.clones_of(name)
            if self.expected.machines[uuid].version == newest and not self.expected.machines[uuid].detached
        ]
        if in_the_way and which % 4:
            self._do(Deed("remove", uuids=tuple(in_the_way)), None)
        self._write(self.expected.staging(name), disk, pattern)
        self._do(Deed("in-place", name), death)

    @when(lambda sight: sight.staged())
    @rule(verb=st.sampled_from(["discard", "force-off"]), which=WHICH, death=DEATH)
    def end(self, verb: str, which: int, death: Death | None) -> None:
        """Throw the staging machine away, or force it off."""
        self._do(Deed(verb, _pick(self.expected.staged(), which)), death)

    @when(lambda sight: sight.clones() and len(sight.templates()) < MOST_TEMPLATES)
    @rule(which=WHICH, keep=st.booleans(), death=DEATH)
    def promote(self, which: int, keep: bool, death: Death | None) -> None:
        """Make a template of a clone."""
        uuid = _pick(self.expected.clones(), which)
        self._do(Deed("promote", self.history.new_name(), uuids=(uuid,), option=keep), death)

    @when(lambda sight: len(sight.versions) > len(sight.templates()))
    @rule(verb=st.sampled_from(["prune", "flatten"]), which=WHICH, depth=st.integers(1, 3), death=DEATH)
    def tidy(self, verb: str, which: int, depth: int, death: Death | None) -> None:
        """Let versions go that nobody needs, or that make the chains too long."""
        self._do(Deed(verb, _pick(self.expected.templates(), which), number=depth), death)

    @when(lambda sight: len(sight.templates()) > 2)
    @rule(which=WHICH, death=DEATH)
    def delete_template(self, which: int, death: Death | None) -> None:
        """Delete a template, which is refused while it has clones."""
        self._do(Deed("delete", _pick(self.expected.templates(), which)), death)

    @when(lambda sight: sight.machines or sight.versions)
    @rule(how=st.sampled_from(["overlay", "overlay here", "machine"]), which=WHICH, disk=DISK)
    def others_come(self, how: str, which: int, disk: str) -> None:
        """Let somebody stand on an image of ours."""
        self.history.others_come(how, which, disk)

    @precondition(lambda self: self.history.strangers.there)
    @rule()
    def others_leave(self) -> None:
        """Take away what the others have made."""
        self.history.others_leave()

    @precondition(lambda self: not self.history.drifted and self.history.touches < MOST_TOUCHES)
    @rule(which=WHICH)
    def touch(self, which: int) -> None:
        """Let the time stamp of a version's image change."""
        self.history.touch(*_pick(sorted(self.expected.versions), which))

    @precondition(lambda self: self.history.drifted)
    @rule(which=WHICH, death=DEATH)
    def acknowledge(self, which: int, death: Death | None) -> None:
        """Say that a version is as it should be."""
        name, number = _pick(sorted(self.history.drifted), which)
        self._do(Deed("acknowledge", f"{name}@v{number}"), death)

    def _write(self, uuid: str, disk: str, pattern: Pattern) -> None:
        if disk in self.expected.machines[uuid].disks:
            self.history.write(uuid, disk, pattern)

    def _clones(self, which: int, more: bool) -> tuple[str, ...]:
        clones = self.expected.clones()
        return tuple(dict.fromkeys(_pick(clones, each) for each in (which, which + 1)[: 1 + more]))

    def _do(self, deed: Deed, death: Death | None) -> None:
        if death is None:
            how = self.history.do(deed)
        else:
            how = self.history.kill(deed, death.effects, death.again, fresh=death.fresh)
        self.tally[f"{deed.verb} {how}"] += 1


def _pick(choices: Sequence[T], which: int) -> T:
    return choices[which % len(choices)]
