"""Describe what a command is about to do, before anything is done."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from .checkpoint import CheckpointSpec
from .clone import CloneIdentity
from .disk import ImageSpec
from .states import DomainState

__all__ = ["Action", "CloneSpec", "Danger", "Plan", "Refusal", "Step", "SwapSpec"]


class Danger(IntEnum):
    """How much a plan can lose; decides whether and how to ask."""

    NONE = 0
    """Nothing is lost; never asked about."""
    INTERRUPTS = 1
    """Running guests are cut off; confirmed."""
    LOSES = 2
    """Files are deleted; confirmed, and over 20 machines by a typed phrase."""


class Action(StrEnum):
    """The verbs that a job carries out machine by machine."""

    CLONE = "clone"
    START = "start"
    SHUTDOWN = "shutdown"
    DESTROY = "destroy"
    SUSPEND = "suspend"
    RESUME = "resume"
    SAVE = "save"
    SAVE_REMOVE = "save-rm"
    REMOVE = "rm"
    WIPE = "rm-wipe"
    SHRED = "rm-shred"
    RENAME = "rename"
    RESET = "reset"
    UPGRADE = "upgrade"
    DETACH = "detach"
    CHECKPOINT = "checkpoint"
    REVERT = "revert"
    CHECKPOINT_REMOVE = "checkpoint-rm"


@dataclass(frozen=True, slots=True)
class CloneSpec:
    """Everything needed to make one clone; the XML is compiled when the step runs.

    Args:
        identity: reserved name, number, UUID and MACs.
        images: files to make, in order; all or none of them remain.
        start: start the machine once it is whole.
        ephemeral: it begins afresh at every start.
    """

    identity: CloneIdentity
    images: tuple[ImageSpec, ...]
    start: bool = False
    ephemeral: bool = False


@dataclass(frozen=True, slots=True)
class SwapSpec:
    """Other disks for a machine; all of them or none.

    Args:
        version: the version it stands on then, or came from when it is detached.
        images: what is to be made in the place of each of its files, by absolute path.
        shared: disks that it shares with other clones, by target: absolute path and format of the image
            that each has from then on.
        detached: the new images stand on no version.
        drop_saved: a saved state, which fits the old disks alone, may be deleted.
        drop_checkpoints: checkpoints, which are kept inside the old files, may go with them.
    """

    version: int
    images: tuple[tuple[str, ImageSpec], ...]
    shared: tuple[tuple[str, tuple[str, str]], ...] = ()
    detached: bool = False
    drop_saved: bool = False
    drop_checkpoints: bool = False

    @property
    def paths(self) -> dict[str, str]:
        """Return the new path for each old one."""
        return {old: spec.path for old, spec in self.images}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one machine.

    Args:
        action: the verb.
        uuid, name: the machine.
        state: its state when the plan was made (None for a machine to be made).
        removes: absolute paths that will be deleted.
        frees: bytes those files take.
        erase: how the files are overwritten before, for WIPE and SHRED; see ``Erasure.written``.
        clone: what to make, for CLONE.
        checkpoint: which checkpoint, for CHECKPOINT, REVERT and CHECKPOINT_REMOVE.
        swap: the other disks it gets, for RESET, UPGRADE and DETACH.
        state_file: absolute path of the file the memory goes to, for SAVE; empty to leave that to libvirt.
        equivalent: the same as shell lines of virsh and qemu-img, for people to read.
    """

    action: Action
    uuid: str
    name: str
    state: DomainState | None = None
    removes: tuple[str, ...] = ()
    frees: int = 0
    erase: str = ""
    clone: CloneSpec | None = None
    swap: SwapSpec | None = None
    state_file: str = ""
    checkpoint: CheckpointSpec | None = None
    equivalent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A machine that was selected but cannot be acted on, and why.

    Args:
        uuid, name: the machine.
        why: a clause that follows the name.
        lifted_by: the choice that would let it in, as the planner calls it (``drop_saved``); empty when none would.
    """

    uuid: str
    name: str
    why: str
    lifted_by: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of what a command will do; the same object is shown, printed and executed.

    Args:
        action: the verb.
        steps: one a machine, in order.
        refusals: the selected machines that are left out, with reasons.
        warnings: sentences to read before confirming.
        danger: how much can be lost.
        template: the template a CLONE plan works from, else empty.
    """

    action: Action
    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...] = ()
    warnings: tuple[str, ...] = ()
    danger: Danger = Danger.NONE
    template: str = ""

    @property
    def title(self) -> str:
        """Return a short name such as ``start 20`` or ``clone 3 of debian12``."""
        of = f" of {self.template}" if self.template else ""
        return f"{self.action.value} {len(self.steps)}{of}"

    @property
    def checkpoint(self) -> str:
        """Return the name of the checkpoint that the plan is about, empty when it is about none."""
        return next((step.checkpoint.name for step in self.steps if step.checkpoint), "")

    @property
    def files_made(self) -> tuple[str, ...]:
        """Return the absolute paths of all files the plan makes."""
        images = (spec.path for step in self.steps if step.clone for spec in step.clone.images)
        swapped = (path for step in self.steps if step.swap for path in step.swap.paths.values())
        return (*images, *swapped, *(step.state_file for step in self.steps if step.state_file))

    @property
    def files_removed(self) -> tuple[str, ...]:
        """Return the absolute paths of all files the plan deletes."""
        return tuple(path for step in self.steps for path in step.removes)

    @property
    def bytes_freed(self) -> int:
        """Return the bytes that deleting those files gives back."""
        return sum(step.frees for step in self.steps)
