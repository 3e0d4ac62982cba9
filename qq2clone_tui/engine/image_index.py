"""Keep the index of all images: what stands on what, and who uses it; brought up to date at every question."""

import posixpath
import threading
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from qq2clone_tui.domain.clone import CloneRecord
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
        self._clones: list[CloneRecord] = []
        self._users: _Users | None = None
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Follow the hypervisor's events from now on, and not only from the first question."""
        self._disks.follow()

    def stop(self) -> None:
        """Follow the hypervisor's events no more."""
        self._disks.stop()

    def graph(self, *, machines: bool = True, afresh: bool = False) -> ImageGraph:
        """Return the index as it is now; what has not changed since the last question is not read again.

        Args:
            machines: also ask which disks the host's machines have; without, only what we have
                recorded and the headers of the images count, which is much quicker from cold.
            afresh: read the XML of all machines again, for who will write or delete; see ``DomainDisks``.

        Raises:
            HypervisorError, AccessError: something that has to be known cannot be.
        """
        with self._lock:
            domains = self._disks.current(afresh=afresh) if machines else _NO_MACHINES
            if self._read_catalogue() or self._users is None or self._users.domains is not domains:
                self._users = _Users(self._images, self._templates, self._clones, domains)
            found = self._images.survey.look(self._users.directories, self._users.by_path)
            return ImageGraph(found, self._users.by_path)

    def _read_catalogue(self) -> bool:
        """Read the catalogue anew if any process has changed it, and tell whether one has."""
        # The revision is taken first: a change in between is then read once more, never missed.
        revision = self._catalogue.revision()
        if revision == self._revision:
            return False
        self._templates, self._clones = self._catalogue.templates(), self._catalogue.clones()
        self._revision = revision
        return True


class _Users:
    """Who uses which file directly.

    Args:
        images: resolves paths.
        templates, clones: all that are recorded.
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
        clones: Iterable[CloneRecord],
        domains: Mapping[str, UsedFiles],
    ) -> None:
        self.domains = domains
        self.by_path: dict[str, tuple[User, ...]] = {}
        self._images = images
        self._resolved: dict[str, str] = {}
        for template in templates:
            self._add_versions(template)
        ours = {record.identity.uuid: record for record in clones}
        for record in ours.values():
            self._add_clone(record)
        for uuid, used in domains.items():
            self._add_machine(ours.get(uuid), used)
        places = {posixpath.dirname(path) for path in self.by_path} | {images.resolved(images.place)}
        self.directories = frozenset(place for place in places if not place.startswith("/dev"))

    def _add_versions(self, template: Template) -> None:
        for version in template.history:
            name = str(Reference(template.name, version.number))
            user = User(UserKind.VERSION, name, name)
            for path in (*(disk.image for disk in version.disks), *version.firmware.values()):
                self._add(self._images.resolved(path), user)

    def _add_clone(self, record: CloneRecord) -> None:
        one, used = record.identity, self.domains.get(record.identity.uuid)
        if used is None:
            user = User(_kind(record), one.name, one.uuid)
        else:
            user = User(_kind(record), used.summary.name, one.uuid, used.summary.state.active)
        for path in record.files:
            # There are a thousand of them in a few directories, and no links among their own names.
            directory, _, name = path.rpartition("/")
            if directory not in self._resolved:
                self._resolved[directory] = self._images.resolved(directory or "/").rstrip("/")
            self._add(f"{self._resolved[directory]}/{name}", user)

    def _add_machine(self, record: CloneRecord | None, used: UsedFiles) -> None:
        recorded = record.files if record else ()
        others = [path for path in used.paths if path not in recorded]
        if others:
            user = User(_kind(record), used.summary.name, used.summary.uuid, used.summary.state.active)
            for path in others:
                self._add(self._images.resolved(path), user)

    def _add(self, resolved: str, user: User) -> None:
        before = self.by_path.get(resolved, ())
        if user not in before:
            self.by_path[resolved] = (*before, user)


def _kind(record: CloneRecord | None) -> UserKind:
    if record is None:
        return UserKind.MACHINE
    return UserKind.STAGING if record.identity.staging else UserKind.CLONE
