"""Read hypervisor and catalogue, and join the two into machines."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.inventory import (
    ConnectionState,
    DomainSummary,
    HostFacts,
    Inventory,
    Machine,
    TemplateSummary,
    VersionSummary,
)
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, Version
from qq2clone_tui.engine.images.watch import NOTHING_SEEN, Seen, VersionSeen
from qq2clone_tui.engine.ports.catalogue import Catalogue
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

__all__ = ["Picture"]


class Picture:
    """What was read last, kept so that a change costs one read; used by one thread at a time."""

    def __init__(self, hypervisor: Hypervisor, catalogue: Catalogue, seen: Callable[[], Seen]) -> None:
        self._hypervisor = hypervisor
        self._catalogue = catalogue
        self._look = seen
        self._seen = NOTHING_SEEN
        self._domains: dict[str, DomainSummary] = {}
        self._records: dict[str, CloneRecord] = {}
        self._templates: tuple[TemplateSummary, ...] = ()
        self._tags: Mapping[str, frozenset[str]] = {}
        self._host: HostFacts | None = None
        self._revision: int | None = None

    def read_all(self) -> None:
        """Read everything anew."""
        if self._host is None:
            self._host = self._hypervisor.host()
        self._read_catalogue()
        self._domains = {domain.uuid: domain for domain in self._hypervisor.list_domains()}

    def read_domains(self, uuids: Iterable[str]) -> None:
        """Read single domains anew."""
        for uuid in uuids:
            summary = self._hypervisor.read_domain(uuid)
            if summary is None:
                self._domains.pop(uuid, None)
            else:
                self._domains[uuid] = summary

    def read_catalogue(self) -> bool:
        """Read the catalogue anew if any process has changed it, and tell whether it or the images are others now."""
        if self._catalogue.revision() == self._revision and self._look() is self._seen:
            return False
        self._read_catalogue()
        return True

    def inventory(self, before: Inventory) -> Inventory:
        """Return the machines as they were read, in a live inventory that keeps the version of ``before``."""
        machines = {uuid: _machine(record, self._domains) for uuid, record in self._records.items()}
        return Inventory(before.version, ConnectionState.LIVE, self._host, self._templates, machines, self._tags)

    def _read_catalogue(self) -> None:
        # The revision is taken first: a change in between is then read once more, never missed.
        revision = self._catalogue.revision()
        self._records = {record.identity.uuid: record for record in self._catalogue.clones()}
        self._tags = self._catalogue.tags.all()
        self._seen = self._look()
        self._templates = tuple(_templates(self._catalogue.templates(), self._records.values(), self._seen))
        self._revision = revision


def _templates(templates: Iterable[Template], records: Iterable[CloneRecord], seen: Seen) -> Iterator[TemplateSummary]:
    """Yield what is known of each template; a detached clone stands on none of its versions."""
    clones: Counter[str] = Counter()
    standing: Counter[tuple[str, int]] = Counter()
    staging: dict[str, str] = {}
    for record in records:
        one = record.identity
        if one.staging:
            staging[one.template] = one.uuid
            continue
        clones[one.template] += 1
        standing[one.template, one.version] += not record.detached
    for template in templates:
        name = template.name
        versions = tuple(
            _version(each, standing[name, each.number], seen.get((name, each.number), VersionSeen()))
            for each in reversed(template.history)
        )
        yield TemplateSummary(name, template.newest.number, clones[name], versions, staging.get(name, ""))


def _version(version: Version, clones: int, seen: VersionSeen) -> VersionSummary:
    return VersionSummary(version.number, clones, seen.bytes, version.note, version.created_at, seen.drift)


def _machine(record: CloneRecord, domains: Mapping[str, DomainSummary]) -> Machine:
    identity = record.identity
    domain = domains.get(identity.uuid)
    state = domain.state if domain else DomainState.MISSING
    if record.saved is not None and state is DomainState.OFF:
        state = DomainState.SAVED
    return Machine(
        identity.uuid,
        identity.template,
        identity.version,
        identity.number,
        domain.name if domain else identity.name,
        state,
        record.status,
        record.files,
        record.created_at,
        record.saved.path if record.saved else "",
        record.ephemeral,
        record.detached,
    )
