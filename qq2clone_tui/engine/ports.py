"""Declare, as Protocols, exactly the calls the engine makes on the world outside.

Every method raises only errors of ``domain.errors``: adapters translate at the edge. All methods
are synchronous, may block, and may be called from several threads at once.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from qq2clone_tui.domain.clone import CloneIdentity, CloneRecord
from qq2clone_tui.domain.disk import ImageFacts, ImageSpec
from qq2clone_tui.domain.inventory import DomainSummary, HostFacts
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.domain.stats import Sample, StatGroup
from qq2clone_tui.domain.template import Template

from .annotations import Annotations
from .facets import Facets
from .image_facets import Eraser, ImageFacets

__all__ = ["Catalogue", "Eraser", "FileJournal", "HostListener", "Hypervisor", "ImageStore", "ReserveRequest"]


class HostListener(Protocol):
    """Hears what happens on the hypervisor; called from the event thread.

    Implementations only set flags: they make no call back into the hypervisor and never block.
    """

    def domain_changed(self, uuid: str) -> None:
        """One domain was defined, undefined or changed state."""

    def connection_lost(self, why: str) -> None:
        """The connection broke; the adapter is reopening it with back-off."""

    def connection_restored(self) -> None:
        """The connection is back and every event registered again: resynchronise all."""


class Hypervisor(Facets, Protocol):
    """One hypervisor. No libvirt object leaves the adapter: identity is the UUID text."""

    @property
    def uri(self) -> str:
        """The URI it was opened with."""

    def host(self) -> HostFacts:
        """Return the host's facts."""

    def list_domains(self) -> list[DomainSummary]:
        """Return every domain, ours and others', active or not."""

    def read_domain(self, uuid: str) -> DomainSummary | None:
        """Return one domain, or None when there is none with this UUID."""

    def inactive_xml(self, uuid: str) -> str:
        """Return the persistent XML with secrets (VIR_DOMAIN_XML_INACTIVE | SECURE)."""

    def live_xml(self, uuid: str) -> str:
        """Return the XML of the machine as it runs, without secrets."""

    def has_snapshots(self, uuid: str) -> bool:
        """Tell whether the domain has libvirt snapshots or checkpoints."""

    def volume_path(self, pool: str, volume: str) -> str | None:
        """Return the absolute path of a storage volume, or None when it cannot be found."""

    def define(self, xml: str) -> str:
        """Define a persistent domain and return its UUID."""

    def undefine(self, uuid: str) -> None:
        """Undefine a domain with its managed save and snapshot metadata, keeping NVRAM files."""

    def power(self, verb: PowerVerb, uuid: str) -> None:
        """Start, shut down, destroy, suspend or resume a domain."""

    def sample(self, groups: StatGroup) -> Mapping[str, Sample]:
        """Return the counters of all active domains in one bulk call that never waits."""

    def listen(self, listener: HostListener) -> Callable[[], None]:
        """Register for events; call the result to stop."""

    def close(self) -> None:
        """Let go of every connection and thread."""


class ImageStore(ImageFacets, Protocol):
    """The place where new images go, and what can be asked about existing ones."""

    @property
    def place(self) -> str:
        """Absolute directory in which new files are made."""

    def check_ready(self) -> None:
        """Raise AccessError unless files can be made here: exists or can be made, writable, not hidden."""

    def free_bytes(self) -> int:
        """Return the free bytes of the place."""

    def probe(self, path: str) -> ImageFacts:
        """Return the facts of an image.

        Raises:
            AccessError: it is missing or unreadable.
            WrongFileKind: it is no disk image.
        """

    def allocated_bytes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """Return the bytes each existing path takes on disk; missing paths are left out."""

    def create(self, spec: ImageSpec) -> None:
        """Make one file with mode 0600; it must not exist. On failure nothing is left."""

    def delete(self, path: str) -> None:
        """Delete one file inside the place; a missing file is no error, a path outside it is."""

    def resolved(self, path: str) -> str:
        """Return the one name that every name of the file resolves to, as far as can be told from here."""

    def stands_on(self, path: str) -> Sequence[str]:
        """Return an image and the files below it, top first, each resolved; what cannot be read ends it."""

    def written(self, path: str) -> bool:
        """Tell whether a QEMU, also of another hypervisor, has the file open for writing, where that can be told."""

    def elsewhere(self, directory: str) -> "ImageStore":
        """Return the store of another directory, where clones were made under another setting."""


class ReserveRequest(Protocol):
    """What ``Catalogue.reserve`` needs to know; see ``engine.reserve.Request``."""

    @property
    def template(self) -> str:
        """Name of the template."""

    @property
    def version(self) -> int:
        """Version the clones are made from."""

    @property
    def count(self) -> int:
        """How many clones."""

    @property
    def numbers(self) -> Iterable[int]:
        """The numbers they may have, best first; fewer clones are made when these run out."""

    @property
    def ephemeral(self) -> bool:
        """Whether they begin afresh at every start."""

    def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
        """Return a fresh identity for ``number``, or None when its name is taken on the host."""

    def files(self, identity: CloneIdentity) -> Sequence[str]:
        """Return the absolute paths the clone will own, recorded before any is made."""


class FileJournal(Protocol):
    """Which files are being made or deleted, and by which process; a killed one's are found again by it."""

    def note(self, paths: Sequence[str]) -> None:
        """Record that this process makes or deletes these files, before it begins.

        Raises:
            BadArgument: another living process does.
        """

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files of this process that are finished or deleted; others are left as they are."""

    def ours(self) -> Sequence[str]:
        """Return the files that this process has noted."""

    def take_over(self) -> Sequence[str]:
        """Make the files of processes that are gone this process's own and return them."""


class Catalogue(Annotations, Protocol):
    """What is remembered of templates and clones, shared by several processes."""

    @property
    def journal(self) -> FileJournal:
        """The files of templates that are being made or deleted."""

    def templates(self) -> list[Template]:
        """Return all templates in name order."""

    def template(self, name: str) -> Template:
        """Return one template.

        Raises:
            TemplateError: there is none of that name.
        """

    def add_template(self, template: Template) -> None:
        """Record a new template; in the same transaction, the journal drops the images it owns.

        Raises:
            TemplateError: the name is taken.
        """

    def remove_template(
        self, name: str, deletes: Sequence[str] = (), heirs: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[str, ...]:
        """Forget a template; in the same transaction, the journal notes the files that are to go with it.

        Images that another template uses become that one's, and are left out of what is returned and noted.

        Args:
            name: the template.
            deletes: its own files that are to go.
            heirs: the template that each of its other own files belongs to from now on, by path.

        Raises:
            TemplateError: unknown, or it still has clones.
        """

    def clones(self, template: str | None = None) -> list[CloneRecord]:
        """Return the clones of one template or of all, ordered by template and number."""

    def clone(self, uuid: str) -> CloneRecord | None:
        """Return one clone, or None when there is none with this UUID."""

    def reserve(self, request: ReserveRequest) -> list[CloneRecord]:
        """Take the lowest free numbers in one transaction and record the clones as MAKING."""

    def mark_ready(self, uuids: Sequence[str]) -> None:
        """Record that the clones are whole."""

    def mark_removing(self, uuids: Sequence[str], erase: str = "") -> None:
        """Record that this process removes the clones, and how their files are overwritten before.

        Raises:
            BadArgument: another living process is making or removing one of them.
        """

    def forget(self, uuids: Sequence[str]) -> None:
        """Drop the clones' records and give their numbers back."""

    def abandoned(self) -> list[CloneRecord]:
        """Return unfinished clones whose process is gone."""

    def revision(self) -> int:
        """Return a number that changes whenever any process has changed the catalogue."""

    def close(self) -> None:
        """Let go of the database."""
