"""Finish or undo what was interrupted while a checkpoint was made, deleted or gone back to."""

from collections.abc import Sequence
from itertools import zip_longest

from qq2clone_tui.domain.checkpoint import CheckpointSpec
from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.intent import Intent, IntentKind
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.plan import Action, Step
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.tools import Tools

__all__ = ["intent_of", "settle_checkpoint"]

_NAME, _ACTION, _DISKS, _RUNNING = "name", "action", "disks", "running"


def intent_of(step: Step, spec: CheckpointSpec, domain: DomainSummary) -> Intent:
    """Return what is recorded before a step about a checkpoint begins."""
    payload = {
        _NAME: spec.name,
        _ACTION: step.action.value,
        _DISKS: [[path, target] for path, target in zip_longest(spec.files, spec.disks, fillvalue="")],
        _RUNNING: int(domain.state in (DomainState.RUNNING, DomainState.IDLE)),
    }
    return Intent(IntentKind.CHECKPOINT, step.uuid, payload)


def settle_checkpoint(tools: Tools, intent: Intent) -> str:
    """Deal with a step about a checkpoint that was interrupted, and return a sentence about it.

    A checkpoint that is whole is kept; what is left of one in a disk is taken out again; a deletion is
    finished. What was written since is never thrown away here: a machine that was on its way back is named.
    """
    uuid, name = intent.subject, intent.text(_NAME)
    record, domain = tools.catalogue.clone(uuid), tools.hypervisor.read_domain(uuid)
    if record is None or domain is None:
        tools.catalogue.intents.end(uuid)
        return ""
    machine = record.identity.name
    whole = any(each.name == name for each in tools.hypervisor.checkpoints.of(uuid))
    making, deleting = (intent.text(_ACTION) == each.value for each in (Action.CHECKPOINT, Action.CHECKPOINT_REMOVE))
    if not making and not deleting:
        tools.catalogue.intents.end(uuid)
        return f"{machine}: going back to checkpoint {name} was interrupted; do it again before the machine is started"
    if making and intent.number(_RUNNING) and domain.state is DomainState.PAUSED:
        tools.hypervisor.power(PowerVerb.RESUME, uuid)
    if deleting and whole:
        tools.hypervisor.checkpoints.delete(uuid, name)
        whole = False
    left = [] if whole else _left(tools, record, intent)
    if left and domain.state.active:
        # Only its own QEMU can take it out, which libvirt asks once it knows of it: made again, it replaces the rest.
        tools.hypervisor.checkpoints.make(uuid, name, "", [target for _, target in intent.pairs(_DISKS) if target])
        tools.hypervisor.checkpoints.delete(uuid, name)
        left = _left(tools, record, intent)
    tools.catalogue.intents.end(uuid)  # whatever comes of it: what stays is told now, and seen before a name is used
    for path in left:
        tools.images.kept.drop(path, name)
    if making:
        return f"{machine}: checkpoint {name} {'is whole' if whole else 'was only half made and is undone'}"
    return f"{machine}: the deletion of checkpoint {name} is finished"


def _left(tools: Tools, record: CloneRecord, intent: Intent) -> Sequence[str]:
    """Return those of the machine's own files that hold a state of which libvirt does not know."""
    name = intent.text(_NAME)
    files = [path for path, _ in intent.pairs(_DISKS) if path in record.files]
    return [path for path in files if name in tools.images.kept.tags(path)]
