"""Keep the index of all images: what stands on what, and who uses it; brought up to date at every question."""

import posixpath
import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from qq2clone_tui.domain.clone import Holding
from qq2clone_tui.domain.image_graph import ImageGraph, User, UserKind
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import Template

from .domain_disks import DomainDisks, UsedFiles
from .ports import Catalogue, Hypervisor, ImageStore

__all__ = ["ImageIndex"]

_NO_MACHINES: Mapping[str, UsedFiles] = MappingProxyType({})


class ImageIndex:
    """Joins what the catalogue has recorded, what the machines' XML names, and what the images' headers say.

    Args:
        hypervisor, images, catalogue: asked.
    """

    def __init__(self, hypervisor: Hypervisor, images: ImageStore, catalogue: Catalogue) -> None:
        self._images = images
        self._catalogue = catalogue
        self._disks = DomainDisks(hypervisor)
        self._revision: int | None = None
        self._templates: list[Template] = []
        self._holdings: list[Holding] = []
        self._users: dict[bool, _Users] = {}
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Follow the hypervisor's events from now on, and not only from the first question."""
        self._disks.follow()

    def stop(self) -> None:
        """Follow the hypervisor's events no more."""
        self._disks.stop()

    def graph(self, *, machines: bool = True, by_events: bool = False) -> ImageGraph:
        """Return the index as it is now; what has not changed since the last question is not read again.

        Args:
            machines: also ask which disks the host's machines have; without, only what we have
                recorded and the headers of the images count, which is much quicker from cold.
            by_events: trust that the hypervisor tells of every change. It does not, see ``DomainDisks``:
                enough to show things, not for who is about to write or delete.

        Raises:
            HypervisorError, AccessError: something that has to be known cannot be.
        """
        with self._lock:
            domains = self._disks.current(afresh=not by_events) if machines else _NO_MACHINES
            if self._read_catalogue():
                self._users.clear()
            users = self._users.get(machines)
            if users is None or users.domains is not domains:
                users = self._users[machines] = _Users(self._images, self._templates, self._holdings, domains)
            found = self._images.survey.look(users.directories, users.by_path)
            return ImageGraph(found, users.by_path)

    def _read_catalogue(self) -> bool:
        """Read the catalogue anew if any process has changed it, and tell whether one has."""
        # The revision is taken first: a change in between is then read once more, never missed.
        revision = self._catalogue.revision()
        if revision == self._revision:
            return False
        self._templates, self._holdings = self._catalogue.templates(), self._catalogue.renewals.holdings()
        self._revision = revision
        return True


class _Users:
    """Who uses which file directly.

    Args:
        images: resolves paths.
        templates, holdings: all that is recorded.
        domains: what machines use, by UUID.

    Attributes:
        domains: as given.
        by_path: users by resolved path.
        directories: resolved directories of the files that are used, with the place for new ones.
    """

    def __init__(
        self,
        images: ImageStore,
        templates: Iterable[Template],
        holdings: Iterable[Holding],
        domains: Mapping[str, UsedFiles],
    ) -> None:
        self.domains = domains
        self.by_path: dict[str, tuple[User, ...]] = {}
        self.directories = {images.resolved(images.place)}
        self._images = images
        self._resolved: dict[str, str] = {}
        for template in templates:
            self._add_versions(template)
        ours = {holding.uuid: holding for holding in holdings}
        for holding in ours.values():
            self._add_clone(holding)
        for uuid, used in domains.items():
            self._add_machine(ours.get(uuid), used)
        self.directories = {directory for directory in self.directories if not directory.startswith("/dev")}

    def _add_versions(self, template: Template) -> None:
        for version in template.history:
            name = str(Reference(template.name, version.number))
            user = User(UserKind.VERSION, name, name)
            for path in (*(disk.image for disk in version.disks), *version.firmware.values()):
                self._add_anywhere(path, user)

    def _add_clone(self, holding: Holding) -> None:
        kind, used = _kind(holding), self.domains.get(holding.uuid)
        if used is None:
            user = User(kind, holding.name, holding.uuid)
        else:
            user = User(kind, used.summary.name, holding.uuid, used.summary.state.active)
        for path in holding.files:
            # There are a thousand of them in a few directories, and no links among their own names.
            directory, _, name = path.rpartition("/")
            resolved = self._resolved.get(directory)
            if resolved is None:
                resolved = self._resolved[directory] = self._images.resolved(directory or "/").rstrip("/")
                self.directories.add(resolved)
            self._add(f"{resolved}/{name}", user)

    def _add_machine(self, holding: Holding | None, used: UsedFiles) -> None:
        recorded = holding.files if holding else ()
        if used.paths == recorded:
            return
        domain = used.summary
        for path in used.paths:
            if path not in recorded:
                self._add_anywhere(path, User(_kind(holding), domain.name, domain.uuid, domain.state.active))

    def _add_anywhere(self, path: str, user: User) -> None:
        resolved = self._images.resolved(path)
        self.directories.add(posixpath.dirname(resolved))
        self._add(resolved, user)

    def _add(self, resolved: str, user: User) -> None:
        before = self.by_path.get(resolved)
        if before is None:
            self.by_path[resolved] = (user,)
        elif user not in before:
            self.by_path[resolved] = (*before, user)


def _kind(holding: Holding | None) -> UserKind:
    if holding is None:
        return UserKind.MACHINE
    return UserKind.STAGING if holding.staging else UserKind.CLONE
