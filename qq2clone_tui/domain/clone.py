"""Describe clones: their identity, and the record kept of each."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .names import clone_name

__all__ = ["STAGING", "CloneIdentity", "CloneRecord", "CloneStatus", "Holding", "SavedState"]

STAGING = 0
"""The number of a template's staging machine, in which its next version is made; clones have numbers from 1."""


@dataclass(frozen=True, slots=True)
class CloneIdentity:
    """What makes one clone different from every other machine on the host.

    Args:
        template: name of its template.
        version: template version it is made from.
        number: its number within the template, from 1; ``STAGING`` for the staging machine.
        name: domain name, ``<template>-<number>``; that of a staging machine is ``<template>.v<next version>``.
        uuid: domain UUID in canonical lower-case text.
        macs: one MAC address for each network interface, in the order of the XML.
    """

    template: str
    version: int
    number: int
    name: str
    uuid: str
    macs: tuple[str, ...] = ()

    @property
    def staging(self) -> bool:
        """Tell whether this is the machine in which the template's next version is made."""
        return self.number == STAGING


class Holding(NamedTuple):
    """The files of one clone, and no more of its record than it takes to name it.

    A tuple, since a thousand of them are made and compared at every question to the index of images.

    Args:
        uuid, name: the clone.
        staging: it is the machine in which a template's next version is made.
        files: absolute paths recorded as its own.
    """

    uuid: str
    name: str
    staging: bool
    files: tuple[str, ...]


class CloneStatus(StrEnum):
    """How far a clone's making or removal has got; anything but READY is unfinished business."""

    MAKING = "making"
    READY = "ready"
    REMOVING = "removing"


@dataclass(frozen=True, slots=True)
class SavedState:
    """A clone's memory in a file of its own, beside the ones libvirt manages itself.

    Args:
        path: absolute path of the file; one of the clone's files.
        disks: path and stamp of each of its disks as they were when the state was complete. A state
            put back over disks that were written since would ruin them. Empty until it is complete.
    """

    path: str
    disks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CloneRecord:
    """What the catalogue holds of one clone.

    Args:
        identity: who it is.
        status: MAKING until every step has succeeded.
        files: absolute paths recorded as ours before they were made; nothing else is deleted.
        created_at: seconds since the epoch.
        saved: its memory in a file, None mostly.
        erase: how its files are overwritten while it is being removed; see ``Erasure.written``.
        ephemeral: it begins afresh, over its version, at every start.
        detached: its images are full ones that stand on no version any more.
    """

    identity: CloneIdentity
    status: CloneStatus
    files: tuple[str, ...] = ()
    created_at: float = 0.0
    saved: SavedState | None = None
    erase: str = ""
    ephemeral: bool = False
    detached: bool = False

    @property
    def misnamed(self) -> bool:
        """Tell whether a renaming of its template has not got to it: it is whole, and bears another name."""
        one = self.identity
        wanted = one.name if one.staging else clone_name(one.template, one.number)
        return self.status is CloneStatus.READY and one.name != wanted
