"""Decide what making, deleting and going back to a checkpoint does to machines."""

import contextlib
from collections.abc import Sequence

from qq2clone_tui.domain.checkpoint import Checkpoint, CheckpointSpec, check_note, fault_of
from qq2clone_tui.domain.checkpoint_rules import left_out, own_disks, why_not_delete, why_not_make, why_not_revert
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.equivalent import snapshot_line, virsh_line
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Action, Danger, Plan, Refusal, Step
from qq2clone_tui.engine.tools import Tools

__all__ = ["plan_deletion", "plan_making", "plan_return"]

_MIB = 1 << 20

_ON_EXISTING = {
    Action.REVERT: ("snapshot-revert", why_not_revert),
    Action.CHECKPOINT_REMOVE: ("snapshot-delete", why_not_delete),
}


def plan_making(tools: Tools, machines: Sequence[Machine], name: str, note: str) -> Plan:
    """Return the plan that makes a checkpoint of one name of each machine.

    Raises:
        BadArgument: no checkpoint can have the name, or the note.
    """
    fault = fault_of(name)
    if fault:
        remedy = "Begin with a letter, and go on with letters, digits and . _ + -"
        raise BadArgument("cannot use the name of the checkpoint", subject=name[:80], why=fault, remedy=remedy)
    check_note(note)
    holders = tools.hypervisor.checkpoints.holders()
    steps: list[Step] = []
    refusals: list[Refusal] = []
    memory = 0
    for machine in machines:
        try:
            spec, size = _spec(tools, machine, name, note, holders)
        except _Refused as refused:
            refusals.append(Refusal(machine.uuid, machine.name, refused.why))
            continue
        memory += size if machine.state.active else 0
        steps.append(_step(Action.CHECKPOINT, machine, spec, *_making_lines(tools, machine, spec)))
    return Plan(Action.CHECKPOINT, tuple(steps), tuple(refusals), _making_warnings(tools, steps, memory))


def plan_return(tools: Tools, machines: Sequence[Machine], name: str) -> Plan:
    """Return the plan that brings machines back to their checkpoint of a name."""
    plan, found = _on_existing(tools, Action.REVERT, machines, name)
    return Plan(plan.action, plan.steps, plan.refusals, _return_warnings(plan.steps, found, name), Danger.LOSES)


def plan_deletion(tools: Tools, machines: Sequence[Machine], name: str) -> Plan:
    """Return the plan that deletes the checkpoint of a name of each machine."""
    plan, _ = _on_existing(tools, Action.CHECKPOINT_REMOVE, machines, name)
    warnings = (f"nothing can bring back {name} afterwards; the machines stay as they are",) if plan.steps else ()
    return Plan(plan.action, plan.steps, plan.refusals, warnings, Danger.LOSES)


class _Refused(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _spec(tools: Tools, machine: Machine, name: str, note: str, holders: frozenset[str]) -> tuple[CheckpointSpec, int]:
    """Return what to make of a machine, and the bytes of its memory."""
    why = why_not_make(machine)
    if why:
        raise _Refused(why)
    kept = tools.hypervisor.checkpoints.of(machine.uuid) if machine.uuid in holders else ()
    if any(each.name == name for each in kept):
        raise _Refused(f"has a checkpoint {name} already")
    try:
        xml = tools.hypervisor.live_xml(machine.uuid)
        described = describe(xml)
        obstacle = tools.hypervisor.checkpoints.obstacle(xml)
    except Qq2cloneError as error:
        raise _Refused(f"cannot be read: {error.why or error.what}") from error
    disks, why = own_disks(described.disks, machine.files)
    if obstacle and tools.images.kept.reachable:
        # In disks that nothing has open, this program can make it itself.
        why = why or (f"{obstacle}; while it is off, its disks can be kept" if machine.state.active else "")
    else:
        why = why or obstacle
    if why:
        raise _Refused(why)
    targets, files = tuple(disk.target for disk in disks), tuple(disk.source for disk in disks)
    leaves = left_out(xml, by_hand=bool(obstacle), active=machine.state.active)
    return CheckpointSpec(name, note, targets, files, bool(obstacle), leaves), described.memory_bytes


def _on_existing(
    tools: Tools, action: Action, machines: Sequence[Machine], name: str
) -> tuple[Plan, dict[str, Checkpoint]]:
    """Return the plan for machines that have a checkpoint of that name, and which one each has."""
    virsh, why_not = _ON_EXISTING[action]
    holders = tools.hypervisor.checkpoints.holders()
    steps: list[Step] = []
    refusals: list[Refusal] = []
    checkpoints: dict[str, Checkpoint] = {}
    for machine in machines:
        kept = tools.hypervisor.checkpoints.of(machine.uuid) if machine.uuid in holders else ()
        found = next((each for each in kept if each.name == name), None)
        why = why_not(machine, found, name)
        if not why and action is Action.CHECKPOINT_REMOVE and machine.state.active:
            why = _beside_variables(tools, machine)
        if why or found is None:
            refusals.append(Refusal(machine.uuid, machine.name, why))
            continue
        checkpoints[machine.uuid] = found
        shell = virsh_line(tools.hypervisor.uri, virsh, "--domain", machine.name, "--snapshotname", name)
        steps.append(_step(action, machine, CheckpointSpec(name, files=found.files), shell))
    return Plan(action, tuple(steps), tuple(refusals)), checkpoints


def _beside_variables(tools: Tools, machine: Machine) -> str:
    """Return why the QEMU of an active machine deletes no state, empty when it does."""
    try:
        obstacle = tools.hypervisor.checkpoints.obstacle(tools.hypervisor.live_xml(machine.uuid))
    except Qq2cloneError as error:
        return f"cannot be read: {error.why or error.what}"
    return f"{obstacle}; turn it off first" if obstacle else ""


def _making_lines(tools: Tools, machine: Machine, spec: CheckpointSpec) -> tuple[str, ...]:
    uri, note = tools.hypervisor.uri, ["--description", spec.note] if spec.note else []
    if not spec.by_hand:
        words = ["--domain", machine.name, "--name", spec.name, *note]
        return (virsh_line(uri, "snapshot-create-as", *words),)
    told = virsh_line(uri, "snapshot-create", "--domain", machine.name, "--redefine", "--current", "FILE")
    return (*(snapshot_line(spec.name, path) for path in spec.files), told)


def _step(action: Action, machine: Machine, spec: CheckpointSpec, *shell: str) -> Step:
    return Step(action, machine.uuid, machine.name, machine.state, checkpoint=spec, equivalent=shell)


def _making_warnings(tools: Tools, steps: Sequence[Step], memory: int) -> tuple[str, ...]:
    warnings = []
    leaves = [step.checkpoint.leaves for step in steps if step.checkpoint is not None and step.checkpoint.leaves]
    if leaves:
        what = " and ".join(dict.fromkeys(word for words in leaves for word in words))
        whose = "its" if len(steps) == 1 else f"of {len(leaves)} of them,"
        warnings.append(f"{whose} {what} are not kept: going back leaves them as they are then")
    active = sum(step.state is not None and step.state.active for step in steps)
    if not active:
        return tuple(warnings)
    each = _some_active(active, len(steps))
    warnings += [f"{each}, and will stand still while memory of up to {memory // _MIB} MiB is written to disk"]
    with contextlib.suppress(Qq2cloneError):
        room = tools.images.room()
        if room is not None and room.free < memory:
            warnings.append(f"that may not fit: {room.free // _MIB} MiB are free at {tools.images.place}")
    return tuple(warnings)


def _return_warnings(steps: Sequence[Step], found: dict[str, Checkpoint], name: str) -> tuple[str, ...]:
    if not steps:
        return ()
    active = sum(step.state is not None and step.state.active for step in steps)
    warnings = [f"all that was written since {name} is lost, and changes to the definition are undone"]
    if active:
        warnings.append(f"{_some_active(active, len(steps))} and will be cut off")
    running = sum(found[step.uuid].with_memory for step in steps)
    if running:
        who = "it" if len(steps) == 1 else f"{running} of them"
        warnings.append(f"{who} will go on from the memory of then; the guest's clock will be behind")
    return tuple(warnings)


def _some_active(active: int, steps: int) -> str:
    return "it is active" if steps == 1 else f"{active} of them {'is' if active == 1 else 'are'} active"
