"""Keep the index of all images: what stands on what, and who uses it; brought up to date at every question."""

import posixpath
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.image_graph import ImageGraph, User, UserKind
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import Template

from .domain_disks import DomainDisks
from .ports import Catalogue, Hypervisor, ImageStore

__all__ = ["ImageIndex"]

_Domains = Mapping[str, tuple[DomainSummary, tuple[str, ...]]]


class ImageIndex:
    """Joins what the catalogue has recorded, what the machines' XML names, and what the images' headers say.

    Args:
        hypervisor, images, catalogue: asked.
    """

    def __init__(self, hypervisor: Hypervisor, images: ImageStore, catalogue: Catalogue) -> None:
        self._images = images
        self._catalogue = catalogue
        self._disks = DomainDisks(hypervisor)
        self._resolved: dict[str, str] = {}
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Follow the hypervisor's events, so that only what changed is read again."""
        self._disks.follow()

    def stop(self) -> None:
        """Follow no events any more."""
        self._disks.stop()

    def graph(self, *, machines: bool = True) -> ImageGraph:
        """Return the index as it is now.

        Args:
            machines: also ask which disks the host's machines have; without, only what we have
                recorded and the headers of the images count, which is much quicker from cold.

        Raises:
            HypervisorError, AccessError: something that has to be known cannot be.
        """
        with self._lock:
            self._resolved = {}
            templates, clones = self._catalogue.templates(), self._catalogue.clones()
            domains: _Domains = self._disks.current() if machines else {}
            users: dict[str, list[User]] = defaultdict(list)
            named = [
                *self._versions(templates, users),
                *self._clones(clones, domains, users),
                *self._machines(clones, domains, users),
            ]
            directories = {posixpath.dirname(path) for path in named} | {self._images.place}
            ours = (directory for directory in directories if not directory.startswith("/dev"))
            found = self._images.survey.look(ours, named)
            return ImageGraph(found, users)

    def _versions(self, templates: Iterable[Template], users: dict[str, list[User]]) -> Iterator[str]:
        for template in templates:
            for version in template.history:
                name = str(Reference(template.name, version.number))
                user = User(UserKind.VERSION, name, name)
                for path in (*(disk.image for disk in version.disks), *version.firmware.values()):
                    yield self._note(users, path, user)

    def _clones(self, clones: Iterable[CloneRecord], domains: _Domains, users: dict[str, list[User]]) -> Iterator[str]:
        for record in clones:
            one = record.identity
            known = domains.get(one.uuid)
            user = User(
                _kind(record), known[0].name if known else one.name, one.uuid, bool(known and known[0].state.active)
            )
            for path in record.files:
                yield self._note(users, path, user)

    def _machines(
        self, clones: Iterable[CloneRecord], domains: _Domains, users: dict[str, list[User]]
    ) -> Iterator[str]:
        ours = {record.identity.uuid: record for record in clones}
        for uuid, (summary, paths) in domains.items():
            record = ours.get(uuid)
            recorded = frozenset(record.files) if record else frozenset()
            user = User(_kind(record), summary.name, uuid, summary.state.active)
            for path in paths:
                if path not in recorded:
                    yield self._note(users, path, user)

    def _note(self, users: dict[str, list[User]], path: str, user: User) -> str:
        """Add a user of the image at a path, and return the path resolved."""
        if user.kind is UserKind.CLONE:
            # There are a thousand of them in a few directories, and no links among their own names.
            directory, _, name = path.rpartition("/")
            if directory not in self._resolved:
                self._resolved[directory] = self._images.resolved(directory or "/").rstrip("/")
            resolved = f"{self._resolved[directory]}/{name}"
        else:
            resolved = self._images.resolved(path)
        if user not in users[resolved]:
            users[resolved].append(user)
        return resolved


def _kind(record: CloneRecord | None) -> UserKind:
    if record is None:
        return UserKind.MACHINE
    return UserKind.STAGING if record.identity.staging else UserKind.CLONE
