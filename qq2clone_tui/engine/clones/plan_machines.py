"""Decide what a verb does to existing machines: power changes and removal."""

from collections.abc import Callable, Mapping, Sequence

from qq2clone_tui.domain.equivalent import lines
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Action, Danger, Plan, Refusal, Step
from qq2clone_tui.domain.states import DomainState, PowerVerb, refusal
from qq2clone_tui.engine.ports.images import ImageStore

__all__ = ["Need", "plan_power", "plan_removal"]

Need = Callable[[Machine], str]
"""Tells who needs a machine's disks as they are, as the end of the sentence "it has a disk that is needed by ..."."""

_STAGING = "is a staging machine; 'modify-template NAME discard-image' throws it away"
_DANGER = {PowerVerb.DESTROY: Danger.INTERRUPTS, PowerVerb.SAVE_REMOVE: Danger.LOSES}


def plan_power(
    verb: PowerVerb,
    uuids: Sequence[str],
    machines: Mapping[str, Machine],
    need: Need,
    *,
    uri: str,
    states: Mapping[str, int],
) -> Plan:
    """Return the plan of a power verb for the machines with these UUIDs; unknown UUIDs are ignored.

    Args:
        verb, uuids, machines, uri: what is done, to which of the machines there are, and where.
        need: tells who needs a machine's disks.
        states: bytes that saved states take, by UUID.
    """
    action = Action(verb.value)
    steps: list[Step] = []
    refusals: list[Refusal] = []
    for machine in _known(uuids, machines):
        why = refusal(verb, machine.state) or (_serves(machine, need) if verb is PowerVerb.START else None)
        if why:
            refusals.append(Refusal(machine.uuid, machine.name, why))
        else:
            steps.append(_power_step(action, machine, uri, states.get(machine.uuid, 0)))
    return Plan(action, tuple(steps), tuple(refusals), danger=_DANGER.get(verb, Danger.NONE))


def _power_step(action: Action, machine: Machine, uri: str, state_bytes: int) -> Step:
    kept = machine.state_file if machine.state is DomainState.SAVED else ""
    shell = lines(action, uri, machine.name, state_file=kept)
    goes = action is Action.SAVE_REMOVE
    return Step(
        action,
        machine.uuid,
        machine.name,
        machine.state,
        removes=(kept,) if goes and kept else (),
        frees=state_bytes if goes else 0,
        equivalent=shell,
    )


def plan_removal(
    uuids: Sequence[str],
    machines: Mapping[str, Machine],
    images: ImageStore,
    need: Need,
    *,
    uri: str,
) -> Plan:
    """Return the plan that removes machines with the files recorded as theirs, and no others."""
    chosen = _known(uuids, machines)
    sizes = images.allocated_bytes(path for machine in chosen for path in machine.files)
    steps: list[Step] = []
    refusals: list[Refusal] = []
    for machine in chosen:
        why = _STAGING if machine.staging else _serves(machine, need)
        if why:
            refusals.append(Refusal(machine.uuid, machine.name, why))
            continue
        present = tuple(path for path in machine.files if path in sizes)
        steps.append(
            Step(
                Action.REMOVE,
                machine.uuid,
                machine.name,
                machine.state,
                removes=present,
                frees=sum(sizes[path] for path in present),
                equivalent=lines(Action.REMOVE, uri, machine.name, removes=present, running=machine.state.active),
            )
        )
    return Plan(Action.REMOVE, tuple(steps), tuple(refusals), _removal_warnings(chosen), Danger.LOSES)


def _known(uuids: Sequence[str], machines: Mapping[str, Machine]) -> list[Machine]:
    return [machines[uuid] for uuid in dict.fromkeys(uuids) if uuid in machines]


def _serves(machine: Machine, need: Need) -> str | None:
    """Tell who needs this machine's disk as it is: writing or deleting it would ruin that one."""
    who = need(machine)
    return f"has a disk that is needed by {who}" if who else None


def _removal_warnings(machines: Sequence[Machine]) -> tuple[str, ...]:
    active = sum(machine.state.active for machine in machines)
    saved = sum(machine.state is DomainState.SAVED for machine in machines)
    warnings = []
    if active:
        warnings.append(f"{active} of them {'is' if active == 1 else 'are'} active and will be forced off first")
    if saved:
        warnings.append(f"{saved} saved state{'' if saved == 1 else 's'} will be lost")
    return tuple(warnings)
