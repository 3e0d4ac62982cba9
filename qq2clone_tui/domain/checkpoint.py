"""Describe checkpoints: states of a machine that it can be brought back to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from .errors import BadArgument
from .names import MAX_LENGTH, legal_name
from .states import DomainState

__all__ = ["LONGEST_NOTE", "Checkpoint", "CheckpointSpec", "ambiguous", "check_note", "fault_of", "name_of", "unroll"]

LONGEST_NOTE = 400
"""Characters of a note; a line of a table shows its beginning."""

_LAST_SURE_ID_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of a machine's disks, and perhaps of its memory, that libvirt can bring back.

    Args:
        name: unique among those of the machine; made by another program it may hold anything.
        created_at: seconds since the epoch.
        description: what its maker wrote of it.
        with_memory: True when the machine goes on where it was, False when it will be off.
        current: True for the one that the machine came from last.
        parent: name of the one before it; empty for the first.
        state: the machine's state when it was made, and again after going back.
        external: files beside the machine's disks belong to it, which only the program that made it knows.
        files: the disks it is kept in: absolute paths, or the target name of a disk that is no file.
    """

    name: str
    created_at: float = 0.0
    description: str = ""
    with_memory: bool = False
    current: bool = False
    parent: str = ""
    state: DomainState = DomainState.OFF
    external: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckpointSpec:
    """Which checkpoint a step is about.

    Args:
        name: its name.
        note: what is written of a new one.
        disks: target names of the disks that a new one holds.
        files: absolute paths of those disks, all of them the machine's own.
        by_hand: a new one is made in the disks themselves, and the hypervisor is told of it.
        leaves: what of the machine a new one does not hold, in words.
    """

    name: str
    note: str = ""
    disks: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    by_hand: bool = False
    leaves: tuple[str, ...] = ()


def name_of(moment: datetime) -> str:
    """Return the name that a checkpoint gets when nobody names it: ``20261121-090227``."""
    return f"{moment:%Y%m%d-%H%M%S}"


def ambiguous(name: str) -> bool:
    """Tell whether QEMU could take a name for the number it has given to another checkpoint.

    It looks among the numbers first, which count from 1 in each image: going back to a second checkpoint
    called ``1`` would silently bring back the first. Names that virsh makes up are seconds since the epoch,
    which no image counts up to.

    Source: ``find_snapshot_by_id_or_name`` in QEMU's block/qcow2-snapshot.c
    """
    return name.isascii() and name.isdigit() and len(name.lstrip("0")) <= _LAST_SURE_ID_DIGITS


def fault_of(name: str) -> str:
    """Return why a new checkpoint cannot have a name, as a clause; empty when it can."""
    if not name:
        return "it is empty"
    if len(name) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    if not legal_name(name):
        return "it is not made of letters, digits and . _ + - alone, or does not begin with one of the first two"
    if name.isdigit():
        return "it is a number, and QEMU gives checkpoints numbers of its own"
    return ""


def check_note(note: str) -> None:
    """Refuse a note that XML or one line cannot hold.

    Raises:
        BadArgument: it is too long, or holds control characters.
    """
    why = ""
    if len(note) > LONGEST_NOTE:
        why = f"it is longer than {LONGEST_NOTE} characters"
    elif not note.isprintable():
        why = "it holds characters that cannot be shown"
    if why:
        raise BadArgument("cannot use the note", subject=note[:60], why=why, remedy="Write one short line.")


def unroll(checkpoints: Iterable[Checkpoint]) -> Sequence[tuple[int, Checkpoint]]:
    """Return checkpoints as a tree from the top, each with its depth; brothers stand in the order they were made.

    What names an unknown parent, or is its own ancestor, stands at the top: another program's data need
    not make sense.
    """
    ordered = sorted(checkpoints, key=lambda each: (each.created_at, each.name))
    known = {each.name for each in ordered}
    below: dict[str | None, list[Checkpoint]] = {}
    for each in ordered:
        below.setdefault(each.parent if each.parent in known - {""} else None, []).append(each)
    rows: list[tuple[int, Checkpoint]] = []
    seen: set[str] = set()

    def descend(start: Checkpoint, depth: int) -> None:
        waiting = [(depth, start)]
        while waiting:
            level, each = waiting.pop()
            if each.name not in seen:
                seen.add(each.name)
                rows.append((level, each))
                waiting += [(level + 1, child) for child in reversed(below.get(each.name, []))]

    for top in (*below.get(None, ()), *ordered):
        if top.name not in seen:
            descend(top, 0)
    return rows
