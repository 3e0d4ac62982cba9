"""Make, delete and go back to the checkpoint of one machine, having looked at it once more."""

from collections.abc import Iterable

from qq2clone_tui.domain.checkpoint import CheckpointSpec
from qq2clone_tui.domain.checkpoint_rules import why_not_delete, why_not_revert
from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import BadArgument, DomainNotFound, HypervisorError, Qq2cloneError
from qq2clone_tui.domain.intent import IntentKind
from qq2clone_tui.domain.inventory import DomainSummary, Machine
from qq2clone_tui.domain.metadata import mark_text
from qq2clone_tui.domain.plan import Action, Step
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.clones.changelings import check_ours
from qq2clone_tui.engine.tools import Tools

from .settling import intent_of, settle_checkpoint

__all__ = ["carry_out"]

_WHAT = {
    Action.CHECKPOINT: "cannot make the checkpoint",
    Action.REVERT: "cannot go back",
    Action.CHECKPOINT_REMOVE: "cannot delete the checkpoint",
}


def carry_out(tools: Tools, step: Step, spec: CheckpointSpec) -> None:
    """Do to one machine what a step says; the caller keeps other jobs off it.

    Raises:
        BadArgument: it is not as it was when the plan was made.
        HypervisorError: libvirt refused.
    """
    _settle_earlier(tools, step.uuid)
    record, domain = _present(tools, step)
    tools.catalogue.intents.begin(intent_of(step, spec, domain))
    try:
        if step.action is Action.CHECKPOINT:
            _make(tools, step, spec, domain)
        elif step.action is Action.REVERT:
            _revert(tools, step, spec, record, domain)
        else:
            _delete(tools, step, spec, record, domain)
    finally:
        tools.catalogue.intents.end(step.uuid)


def _settle_earlier(tools: Tools, uuid: str) -> None:
    """Deal with what a process that is gone left undone about a checkpoint of the same machine."""
    left = tools.catalogue.intents.of(uuid)
    if left is not None and left.kind is IntentKind.CHECKPOINT and tools.catalogue.intents.claim(uuid) is not None:
        settle_checkpoint(tools, left)


def _make(tools: Tools, step: Step, spec: CheckpointSpec, domain: DomainSummary) -> None:
    holding = _holding(tools, spec.files, spec.name)
    if holding:
        # QEMU would keep both, and go back to the older one.
        raise BadArgument(
            _WHAT[step.action],
            subject=step.name,
            why=f"{holding} holds a state {spec.name} already, left there by something that was interrupted",
            remedy="Choose another name.",
        )
    if spec.by_hand:
        _make_by_hand(tools, step, spec, domain)
    else:
        tools.hypervisor.checkpoints.make(step.uuid, spec.name, spec.note, spec.disks)


def _make_by_hand(tools: Tools, step: Step, spec: CheckpointSpec, domain: DomainSummary) -> None:
    """Make the state in the disks of a machine that is off, all or none of them, and tell libvirt of it."""
    _refuse(step, f"it is {domain.state.value} by now" if domain.state.active else "")
    _refuse_in_use(tools, step, spec, domain)
    made: list[str] = []
    try:
        for path in spec.files:
            tools.images.kept.keep(path, spec.name)
            made.append(path)
        tools.hypervisor.checkpoints.adopt(step.uuid, spec.name, spec.note, spec.disks)
    except Qq2cloneError:
        for path in made:
            tools.images.kept.drop(path, spec.name)
        raise


def _revert(tools: Tools, step: Step, spec: CheckpointSpec, record: CloneRecord, domain: DomainSummary) -> None:
    kept = {each.name: each for each in tools.hypervisor.checkpoints.of(step.uuid)}
    _refuse(step, why_not_revert(_machine(record, domain), kept.get(spec.name), spec.name))
    _refuse_in_use(tools, step, spec, domain)
    try:
        tools.hypervisor.checkpoints.revert(step.uuid, spec.name)
    except HypervisorError as error:
        if len(spec.files) > 1:
            error.remedy = f"{error.remedy} Some of its disks may have gone back already: do it again.".strip()
        raise
    # The definition of then has come back with it, and may know the machine by the template's former name.
    tools.hypervisor.definitions.mark(step.uuid, mark_text(record.identity))


def _delete(tools: Tools, step: Step, spec: CheckpointSpec, record: CloneRecord, domain: DomainSummary) -> None:
    kept = {each.name: each for each in tools.hypervisor.checkpoints.of(step.uuid)}
    _refuse(step, why_not_delete(_machine(record, domain), kept.get(spec.name), spec.name))
    _refuse_in_use(tools, step, spec, domain)
    if domain.state.active and tools.hypervisor.checkpoints.obstacle(tools.hypervisor.live_xml(step.uuid)):
        _refuse(step, f"it is {domain.state.value} by now, and its QEMU deletes no state beside UEFI variables")
    tools.hypervisor.checkpoints.delete(step.uuid, spec.name)
    holding = _holding(tools, spec.files, spec.name)
    if holding:  # libvirt takes no notice when qemu-img fails
        raise HypervisorError(
            "the checkpoint is forgotten, but what it took is not free",
            subject=step.name,
            why=f"{holding} still holds the state {spec.name}",
            remedy=f"Once nothing has the file open: qemu-img snapshot -d {spec.name} FILE",
        )


def _present(tools: Tools, step: Step) -> tuple[CloneRecord, DomainSummary]:
    """Return a machine that is still there, whole, and neither saved nor another's by now."""
    record, domain = tools.catalogue.clone(step.uuid), tools.hypervisor.read_domain(step.uuid)
    if domain is None:
        raise DomainNotFound(_WHAT[step.action], subject=step.name, why="the hypervisor has no such machine any more")
    if record is None or record.status is not CloneStatus.READY:
        _refuse(step, "it is being made or removed" if record else "it is no clone any more")
        raise AssertionError
    check_ours(tools, step.uuid, domain.name, record.files)
    if domain.state is DomainState.SAVED or (record.saved is not None and not domain.state.active):
        _refuse(step, "it is saved by now, and that memory fits its disks only as they are")
    return record, domain


def _refuse(step: Step, why: str) -> None:
    if why:
        raise BadArgument(_WHAT[step.action], subject=step.name, why=why)


def _refuse_in_use(tools: Tools, step: Step, spec: CheckpointSpec, domain: DomainSummary) -> None:
    """Refuse to change disks of a machine that is off while another program has them open: half would be changed."""
    if domain.state.active:
        return
    busy = next((path for path in spec.files if tools.images.written(path)), "")
    _refuse(step, f"another program has {busy} open" if busy else "")


def _holding(tools: Tools, files: Iterable[str], name: str) -> str:
    """Return the first of the files that holds a state of that name, empty when none does."""
    return next((path for path in files if name in tools.images.kept.tags(path)), "")


def _machine(record: CloneRecord, domain: DomainSummary) -> Machine:
    identity = record.identity
    return Machine(
        domain.uuid, identity.template, identity.version, identity.number, domain.name, domain.state, record.status,
        record.files,
    )  # fmt: skip
