"""Say what should be there after a deed, from what was there before."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from .deeds import Deed, Outcome
from .sight import NVRAM, Machine, Sight, Version

__all__ = ["after", "torn"]


def after(before: Sight, seen: Sight, deed: Deed, outcome: Outcome) -> Sight:
    """Return what there should be once a deed is done.

    Args:
        before: what there was.
        seen: what there is; only what nobody can know before, such as UUIDs, is taken from it.
        deed, outcome: what was done, and to which machines it was not.
    """
    done = tuple(uuid for uuid in deed.uuids if uuid not in outcome.machines and uuid in before.machines)
    return _RULES[deed.verb](before, seen, replace(deed, uuids=done))


def torn(before: Sight, seen: Sight, deed: Deed) -> str:
    """Return what is neither as before a deed that was killed nor as after it; empty when all is well."""
    wanted = after(before, seen, deed, Outcome())
    for uuid in {*before.machines, *seen.machines, *wanted.machines}:
        found = seen.machines.get(uuid)
        if not _is_one_of(found, before.machines.get(uuid), wanted.machines.get(uuid)):
            return f"{found} was {before.machines.get(uuid)} and should be {wanted.machines.get(uuid)}"
    for key in {*before.versions, *seen.versions, *wanted.versions}:
        one = seen.versions.get(key)
        if one not in (before.versions.get(key), wanted.versions.get(key)):
            return f"{key} is {one}, was {before.versions.get(key)} and should be {wanted.versions.get(key)}"
    if deed.verb in _WHOLE and _all_off(seen) not in (_all_off(before), _all_off(wanted)):
        return f"{deed.verb} is done by half"
    return ""


def _is_one_of(found: Machine | None, *others: Machine | None) -> bool:
    """Tell whether a machine is one of others, or as one of them is when it is off: its power may have been cut."""
    if found is None or found.state != "off":
        return found in others
    return found in [other and replace(other, state="off") for other in others]


def _all_off(sight: Sight) -> Sight:
    return replace(sight, machines={uuid: replace(one, state="off") for uuid, one in sight.machines.items()})


_WHOLE = frozenset({"prepare", "commit", "in-place", "discard", "promote"})
"""Deeds that change more than one thing at one instant."""


def _same(before: Sight, _seen: Sight, _deed: Deed) -> Sight:
    return before


def _cloned(before: Sight, seen: Sight, deed: Deed) -> Sight:
    name, _, number = deed.template.partition("@v")
    version = int(number) if number else before.newest(name)
    now = before
    for uuid, found in seen.machines.items():
        if uuid not in before.machines:
            state = "running" if deed.option else "off"
            disks = before.versions[name, version].disks
            now = now.with_machine(
                uuid, Machine(f"{name}-{found.number}", name, version, found.number, state, disks, deed.ephemeral)
            )
    return now


def _in_state(state: str) -> "Rule":
    def change(before: Sight, _seen: Sight, deed: Deed) -> Sight:
        now = before
        for uuid in deed.uuids:
            now = now.with_machine(uuid, replace(before.machines[uuid], state=state))
        return now

    return change


def _removed(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    now = before
    for uuid in deed.uuids:
        now = now.without(uuid)
    return now


def _fresh(before: Sight, uuid: str, version: int) -> Machine:
    """Return a machine over a version, with the firmware variables it has."""
    machine = before.machines[uuid]
    disks = {**before.versions[machine.template, version].disks, NVRAM: machine.disks.get(NVRAM, "")}
    return replace(machine, version=version, disks={key: value for key, value in disks.items() if value})


def _renewed(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    now = before
    for uuid in deed.uuids:
        machine = before.machines[uuid]
        version = before.newest(machine.template) if deed.verb == "upgrade" else machine.version
        state = "off" if machine.state == "saved" else machine.state
        now = now.with_machine(uuid, replace(_fresh(before, uuid, version), state=state, detached=False))
    return now


def _detached(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    now = before
    for uuid in deed.uuids:
        machine = before.machines[uuid]
        state = "off" if machine.state == "saved" else machine.state
        now = now.with_machine(uuid, replace(machine, state=state, detached=True))
    return now


def _started(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    now = before
    for uuid in deed.uuids:
        machine = before.machines[uuid]
        afresh = machine.ephemeral and not machine.detached and machine.state == "off"
        now = now.with_machine(
            uuid, replace(_fresh(before, uuid, machine.version) if afresh else machine, state="running")
        )
    return now


def _prepared(before: Sight, seen: Sight, deed: Deed) -> Sight:
    name, uuid = deed.template, before.staging(deed.template)
    if uuid:
        machine = before.machines[uuid]
        return before.with_machine(uuid, replace(machine, state="running" if deed.option else machine.state))
    newest = before.newest(name)
    fresh = seen.staging(name)
    state = "running" if deed.option else "off"
    disks = before.versions[name, newest].disks
    return (
        before.with_machine(fresh, Machine(f"{name}.v{newest + 1}", name, newest, 0, state, disks)) if fresh else before
    )


def _committed(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    name, uuid = deed.template, before.staging(deed.template)
    newest, disks = before.newest(name), dict(before.machines[uuid].disks)
    if deed.verb == "commit":
        return before.without(uuid).with_version(name, newest + 1, Version(disks))
    kept = {key: value for key, value in before.versions[name, newest].disks.items() if key == NVRAM}
    return before.without(uuid).with_version(name, newest, Version({**disks, **kept}))


def _discarded(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    return before.without(before.staging(deed.template))


def _forced_off(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    uuid = before.staging(deed.template)
    return before.with_machine(uuid, replace(before.machines[uuid], state="off"))


def _promoted(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    (uuid,) = deed.uuids
    machine = before.machines[uuid]
    now = before.with_version(deed.template, 1, Version(machine.disks))
    return now if deed.option else now.without(uuid)


def _pruned(before: Sight, seen: Sight, deed: Deed) -> Sight:
    """Return the same without versions that are gone, and that neither a machine nor a next version needs."""
    gone = {key for key in before.versions if key not in seen.versions and key[0] == deed.template}
    used = {(each.template, each.version) for each in before.machines.values() if not each.detached}
    assert not gone & used, f"there were machines of {gone & used}"
    assert (deed.template, before.newest(deed.template)) not in gone
    return replace(before, versions={key: value for key, value in before.versions.items() if key not in gone})


def _deleted(before: Sight, _seen: Sight, deed: Deed) -> Sight:
    return replace(before, versions={key: one for key, one in before.versions.items() if key[0] != deed.template})


Rule = Callable[[Sight, Sight, Deed], Sight]

_RULES: Mapping[str, Rule] = {
    "acknowledge": _same,
    "clone": _cloned,
    "commit": _committed,
    "delete": _deleted,
    "destroy": _in_state("off"),
    "detach": _detached,
    "discard": _discarded,
    "flatten": _pruned,
    "force-off": _forced_off,
    "in-place": _committed,
    "prepare": _prepared,
    "promote": _promoted,
    "prune": _pruned,
    "recover": _same,
    "remove": _removed,
    "reset": _renewed,
    "save": _in_state("saved"),
    "start": _started,
    "upgrade": _renewed,
}
