"""Know who uses which file, and work out again only what has changed."""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qq2clone_tui.domain.clone import Holding
from qq2clone_tui.domain.image_graph import User, UserKind
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.ports.images import ImageStore

from .domain_disks import UsedFiles

__all__ = ["ImageUsers"]

_Use = tuple[str, str, User]
"""Resolved directory and resolved path of a file, and who uses it."""


@dataclass(frozen=True, slots=True)
class _Known:
    """One machine as it was, and what followed from it."""

    holding: Holding | None
    used: UsedFiles | None
    uses: tuple[_Use, ...]


class ImageUsers:
    """Who uses which file directly; used by one thread at a time.

    Args:
        images: resolves paths.

    Attributes:
        by_path: users by resolved path.
        directories: resolved directories of the files that are used, with the place for new ones.
    """

    def __init__(self, images: ImageStore) -> None:
        self._images = images
        self._given: tuple[object, ...] = ()
        self._templates: tuple[_Use, ...] = ()
        self._machines: dict[str, _Known] = {}
        self._resolved: dict[str, str] = {}
        self.by_path: dict[str, tuple[User, ...]] = {}
        self.directories: frozenset[str] = frozenset()

    def update(
        self, templates: Sequence[Template], holdings: Mapping[str, Holding], domains: Mapping[str, UsedFiles]
    ) -> None:
        """Take over what there is now; an object that was given before is taken to be unchanged.

        Args:
            templates: all there are.
            holdings: the files of clones, by UUID.
            domains: what machines use, by UUID.
        """
        # A name may lead elsewhere by now, though nobody has recorded anything new.
        if any(self._images.resolved(path) != real for path, real in self._resolved.items()):
            self._given, self._machines, self._resolved = (), {}, {}
        given = (templates, holdings, domains)
        if self._given and all(new is old for new, old in zip(given, self._given, strict=True)):
            return
        self._templates = tuple(use for template in templates for use in self._of_template(template))
        before = self._machines
        self._machines = {
            uuid: self._of_machine(before.get(uuid), holdings.get(uuid), domains.get(uuid))
            for uuid in {**holdings, **domains}
        }
        self._given = given
        self._join()

    def _join(self) -> None:
        by_path: dict[str, tuple[User, ...]] = {}
        places = {self._images.resolved(self._images.place)}
        for uses in (self._templates, *(known.uses for known in self._machines.values())):
            for directory, path, user in uses:
                places.add(directory)
                others = by_path.get(path)
                if others is None:
                    by_path[path] = (user,)
                elif user not in others:
                    by_path[path] = (*others, user)
        self.by_path = by_path
        self.directories = frozenset(place for place in places if not _holds_devices(place))

    def _of_template(self, template: Template) -> Iterator[_Use]:
        for version in template.history:
            name = str(Reference(template.name, version.number))
            user = User(UserKind.VERSION, name, name)
            for path in dict.fromkeys(file.image for file in version.watched):
                yield self._anywhere(path, user)

    def _of_machine(self, before: _Known | None, holding: Holding | None, used: UsedFiles | None) -> _Known:
        if before is not None and before.holding is holding and before.used is used:
            return before
        kind, recorded, uses = _kind(holding), holding.files if holding else (), []
        if used is not None:
            user = User(kind, used.summary.name, used.summary.uuid, used.summary.state.active)
        elif holding is not None:
            user = User(kind, holding.name, holding.uuid)
        for path in recorded:
            # There are a thousand of them in a few directories, and no links among their own names.
            directory, _, name = path.rpartition("/")
            real = self._real(directory or "/").rstrip("/")
            uses.append((real, f"{real}/{name}", user))
        others = used.paths if used else ()
        uses += [self._anywhere(path, user) for path in others if path not in recorded]
        return _Known(holding, used, tuple(uses))

    def _anywhere(self, path: str, user: User) -> _Use:
        real = self._real(path)
        return posixpath.dirname(real), real, user

    def _real(self, path: str) -> str:
        real = self._resolved.get(path)
        if real is None:
            real = self._resolved[path] = self._images.resolved(path)
        return real


def _holds_devices(directory: str) -> bool:
    """Tell whether it is no place for image files; the one in memory is, and so is ``/development``."""
    return f"{directory}/".startswith("/dev/") and not f"{directory}/".startswith("/dev/shm/")  # noqa: S108 - nothing is made there


def _kind(holding: Holding | None) -> UserKind:
    if holding is None:
        return UserKind.MACHINE
    return UserKind.STAGING if holding.staging else UserKind.CLONE
