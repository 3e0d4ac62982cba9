"""Say which machines can be kept in a checkpoint, and which checkpoints can be touched."""

from collections.abc import Collection

from .checkpoint import Checkpoint, ambiguous
from .clone import CloneStatus
from .describe_xml import DiskDevice
from .inventory import Machine
from .safe_xml import parse_domain
from .states import DomainState

__all__ = ["left_out", "own_disks", "why_not_delete", "why_not_make", "why_not_revert", "why_not_touch"]

_KEPT_IN = (DomainState.RUNNING, DomainState.IDLE, DomainState.PAUSED, DomainState.OFF)


def why_not_touch(machine: Machine) -> str:
    """Return why no checkpoint of a machine can be made, gone back to or deleted now; empty when it can.

    Saved machines are left alone: their memory belongs to their disks as those are.
    """
    if machine.staging:
        return "is the staging machine: its changes are committed or discarded, never gone back in"
    if machine.status is not CloneStatus.READY:
        return f"is {'being made' if machine.status is CloneStatus.MAKING else 'being removed'}"
    if machine.state is DomainState.MISSING:
        return "is not known to the hypervisor"
    if machine.state is DomainState.SAVED:
        return "is saved, and that memory fits its disks only as they are; start it or delete the saved state first"
    return ""


def why_not_make(machine: Machine) -> str:
    """Return why no checkpoint of a machine can be made, as far as its state and kind tell."""
    why = why_not_touch(machine)
    if not why and machine.ephemeral:
        why = "begins afresh at every start, which would do away with it"
    if not why and machine.state not in _KEPT_IN:
        words = [state.value for state in _KEPT_IN]
        why = f"is {machine.state.value}; a checkpoint can be made of {', '.join(words[:-1])} and {words[-1]} machines"
    return why


def own_disks(disks: Collection[DiskDevice], files: Collection[str]) -> tuple[tuple[DiskDevice, ...], str]:
    """Return the disks that would keep a checkpoint, and why they cannot; empty when they can.

    Every disk that the machine can write to takes part, so each must be a qcow2 file that is recorded as the
    machine's own: in a shared one, the state of all its users would be kept and gone back to.

    Args:
        disks: all that the machine has.
        files: absolute paths recorded as the machine's own.
    """
    kept = tuple(disk for disk in disks if disk.source and not disk.readonly and disk.device != "cdrom")
    for disk in kept:
        if disk.source_type != "file" or disk.source not in files:
            return kept, f"writes to its disk {disk.target}, which is not its own alone"
        if disk.format != "qcow2":
            return kept, f"has a disk {disk.target} of format {disk.format or 'unknown'}; only qcow2 can keep a state"
    return kept, "" if kept else "has no disk that could keep a state"


def left_out(xml: str, *, by_hand: bool, active: bool) -> tuple[str, ...]:
    """Return what a checkpoint of a machine does not hold, in words.

    Args:
        xml: the machine's domain XML.
        by_hand: only its disks are kept.
        active: its memory is kept too, and in it the state of its TPM.
    """
    emulated = parse_domain(xml).find("devices/tpm/backend[@type='emulator']") is not None
    return (*(["UEFI variables"] if by_hand else []), *(["TPM"] if emulated and not active else []))


def why_not_revert(machine: Machine, found: Checkpoint | None, name: str) -> str:
    """Return why a machine cannot go back to a checkpoint; empty when it can."""
    why = why_not_touch(machine) or _why_not_use(machine, found, name)
    if not why and ambiguous(name):
        why = f"has a checkpoint {name}, but QEMU could take that for the number of another, and bring that back"
    return why


def why_not_delete(machine: Machine, found: Checkpoint | None, name: str) -> str:
    """Return why a checkpoint of a machine cannot be deleted; empty when it can."""
    return why_not_touch(machine) or _why_not_use(machine, found, name)


def _why_not_use(machine: Machine, found: Checkpoint | None, name: str) -> str:
    if found is None:
        return f"has no checkpoint {name}"
    if found.external:
        return f"has a checkpoint {name} in files that another program made; that program has to deal with it"
    foreign = next((path for path in found.files if path not in machine.files), "")
    return f"has a checkpoint {name} that is kept in {foreign}, which is not its own file" if foreign else ""
