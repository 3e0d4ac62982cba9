"""Measure what versions and their clones take on disk, and what clones may still take."""

import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.room import Room
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.images.drift import drift_of
from qq2clone_tui.engine.tools import Tools

__all__ = ["PlaceSpace", "Space", "VersionSpace"]


@dataclass(frozen=True, slots=True)
class VersionSpace:
    """What a version takes.

    Args:
        own: bytes of the images that were made for it.
        clones: bytes of the files of its clones, beside that.
        drift: why its images are not what they were, a clause each.
    """

    own: int = 0
    clones: int = 0
    drift: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceSpace:
    """The place where new images are made: thin images promise their machines more than there is.

    Args:
        place: absolute directory.
        room: None where nobody can tell.
        growth: bytes that the clones there would take beside what they do, if every one filled its disks;
            checkpoints and saved memory not counted.
    """

    place: str
    room: Room | None
    growth: int


class Space:
    """The bytes that templates take.

    Args:
        tools: the adapters.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def of_place(self, templates: Iterable[Template]) -> PlaceSpace:
        """Return what there is, and what is promised, where new images are made.

        Args:
            templates: all of them.
        """
        images = self._tools.images
        promised = {
            (template.name, version.number): sum(disk.virtual_size for disk in version.disks if _grows(disk))
            for template in templates
            for version in template.history
        }
        home = images.place.rstrip("/")
        records = [
            (record.identity, [path for path in record.files if posixpath.dirname(path) == home])
            for record in self._tools.catalogue.clones()
        ]
        sizes = images.allocated_bytes(path for _, paths in records for path in paths)
        growth = 0
        for identity, paths in records:
            most = promised.get((identity.template, identity.version), 0) if paths else 0
            growth += max(0, most - sum(sizes.get(path, 0) for path in paths))
        room = None
        with suppress(Qq2cloneError):
            room = images.room()
        return PlaceSpace(images.place, room, growth)

    def of(self, templates: Iterable[Template]) -> Mapping[tuple[str, int], VersionSpace]:
        """Return what each version takes, by template and number."""
        images, clones = self._tools.images, Counter[tuple[str, int]]()
        records = self._tools.catalogue.clones()
        sizes = images.allocated_bytes(path for record in records for path in record.files)
        for record in records:
            which = record.identity.template, record.identity.version
            clones[which] += sum(sizes.get(path, 0) for path in record.files)
        return {
            (template.name, version.number): VersionSpace(
                sum(images.allocated_bytes(version.owned_files).values()),
                clones[template.name, version.number],
                drift_of(images, version.watched),
            )
            for template in templates
            for version in template.history
        }


def _grows(disk: TemplateDisk) -> bool:
    """Tell whether a clone has a file of its own for a disk."""
    return disk.policy is not DiskPolicy.SHARE
