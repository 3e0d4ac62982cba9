"""Say for which reasons something may be refused: without one, it has to be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from .deeds import Deed
from .sight import Machine, Sight

__all__ = ["Circumstances", "excuses"]


@dataclass(frozen=True)
class Circumstances:
    """What else matters at one instant.

    Args:
        sight: what there is of ours.
        needed: machines, by UUID, and versions, by template and number, of which others need an image.
        stood_on: versions that something beside the template's staging machine stands on or uses.
        drifted: versions of which an image, or one below it, was changed.
        foreign: versions of which an image is not ours to write.
    """

    sight: Sight
    needed: frozenset[object] = frozenset()
    stood_on: frozenset[object] = frozenset()
    drifted: frozenset[object] = frozenset()
    foreign: frozenset[object] = frozenset()


@dataclass
class _Case:
    circumstances: Circumstances
    deed: Deed
    machine: Machine | None = None
    uuid: str = ""
    found: list[str] = field(default_factory=list)

    def say(self, why: str, holds: object) -> None:
        if holds:
            self.found.append(why)

    @property
    def key(self) -> tuple[str, int]:
        """Return the version that the deed is about."""
        if self.machine is not None:
            name = self.machine.template
            newest = self.deed.verb == "upgrade"
            return name, self.circumstances.sight.newest(name) if newest else self.machine.version
        name, _, number = self.deed.template.partition("@v")
        return name, int(number) if number else self.circumstances.sight.newest(name)


def excuses(circumstances: Circumstances, deed: Deed, uuid: str = "") -> list[str]:
    """Return the reasons for which a deed, or its part for one machine, may be refused."""
    sight = circumstances.sight
    machine = sight.machines.get(uuid or sight.staging(deed.template))
    case = _Case(circumstances, deed, machine, uuid or sight.staging(deed.template))
    _REASONS[deed.verb](case)
    return case.found


def _anything(case: _Case) -> None:
    case.say("it may find nothing to do", True)


def _nothing(case: _Case) -> None:
    pass


def _clone(case: _Case) -> None:
    case.machine = None
    case.say("drifted", case.key in case.circumstances.drifted)


def _start(case: _Case) -> None:
    assert case.machine is not None
    case.say("running", case.machine.state == "running")
    case.say("needed", case.uuid in case.circumstances.needed)
    case.say("drifted", case.machine.ephemeral and case.key in case.circumstances.drifted)


def _in_state(*states: str) -> Callable[[_Case], None]:
    def check(case: _Case) -> None:
        assert case.machine is not None
        case.say("in another state", case.machine.state not in states)

    return check


def _remove(case: _Case) -> None:
    case.say("needed", case.uuid in case.circumstances.needed)


def _discard(case: _Case) -> None:
    _commit(case)


def _renew(case: _Case) -> None:
    assert case.machine is not None
    _remove(case)
    case.say("saved", case.machine.state == "saved" and not case.deed.option)
    if case.deed.verb == "detach":
        case.say("running", case.machine.state == "running")
        case.say("detached", case.machine.detached)
        return
    case.say("drifted", case.key in case.circumstances.drifted)
    case.say("its version is gone", case.key not in case.circumstances.sight.versions)
    if case.deed.verb == "upgrade":
        case.say("there already", case.machine.version == case.key[1] and not case.machine.detached)


def _prepare(case: _Case) -> None:
    if case.machine is not None:
        case.say("there already", not case.deed.option or case.machine.state == "running")
        case.say("needed", case.uuid in case.circumstances.needed)
        return
    case.say("drifted", case.key in case.circumstances.drifted)


def _commit(case: _Case) -> None:
    assert case.machine is not None
    case.say("running", case.machine.state != "off")
    case.say("needed", case.uuid in case.circumstances.needed)


def _commit_next(case: _Case) -> None:
    _commit(case)
    case.say("drifted", case.key in case.circumstances.drifted)


def _in_place(case: _Case) -> None:
    _commit(case)
    case.machine = None
    case.say("not ours", case.key in case.circumstances.foreign)
    case.say("stood on", case.key in case.circumstances.stood_on)
    case.say("drifted", case.key in case.circumstances.drifted)


def _promote(case: _Case) -> None:
    assert case.machine is not None
    case.say("not off", case.machine.state != "off")
    case.say("needed", case.uuid in case.circumstances.needed)


def _delete(case: _Case) -> None:
    sight, name = case.circumstances.sight, case.deed.template
    case.say("has machines", any(each.template == name for each in sight.machines.values()))


_REASONS: Mapping[str, Callable[[_Case], None]] = {
    "acknowledge": _nothing,
    "clone": _clone,
    "commit": _commit_next,
    "delete": _delete,
    "destroy": _in_state("running"),
    "detach": _renew,
    "discard": _discard,
    "flatten": _anything,
    "force-off": _in_state("running"),
    "in-place": _in_place,
    "prepare": _prepare,
    "promote": _promote,
    "prune": _anything,
    "remove": _remove,
    "reset": _renew,
    "save": _in_state("running"),
    "start": _start,
    "upgrade": _renew,
}
