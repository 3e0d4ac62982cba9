"""Know which image files the machines of a host have as disks, reading only those that may have changed."""

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.errors import BadXml, DomainNotFound
from qq2clone_tui.domain.inventory import DomainSummary

from .ports import Hypervisor

__all__ = ["DomainDisks"]


@dataclass(frozen=True, slots=True)
class _Known:
    summary: DomainSummary
    paths: tuple[str, ...]


class DomainDisks:
    """The disks of every domain, ours and others'. Implements ``ports.HostListener``.

    While it follows the hypervisor's events a domain is read again only when one said that it changed;
    otherwise every look reads all.

    Args:
        hypervisor: asked.
    """

    def __init__(self, hypervisor: Hypervisor) -> None:
        self._hypervisor = hypervisor
        self._known: dict[str, _Known] = {}
        self._dirty: set[str] = set()
        self._everything = True
        self._lock = threading.Lock()
        self._marks = threading.Lock()
        self._unlisten: Callable[[], None] | None = None

    def follow(self) -> None:
        """Follow the hypervisor's events from now on."""
        if self._unlisten is None:
            self._unlisten = self._hypervisor.listen(self)
            self.connection_restored()

    def stop(self) -> None:
        """Follow no events any more."""
        unlisten, self._unlisten = self._unlisten, None
        if unlisten is not None:
            unlisten()

    def current(self) -> Mapping[str, tuple[DomainSummary, tuple[str, ...]]]:
        """Return each domain and the absolute paths of its disks, now and after its next start, by UUID.

        Raises:
            HypervisorError: the hypervisor cannot be asked.
        """
        with self._lock:
            dirty = self._take_marks()
            try:
                self._read(dirty)
            except BaseException:
                self.connection_restored()
                raise
            return {uuid: (known.summary, known.paths) for uuid, known in self._known.items()}

    def domain_changed(self, uuid: str) -> None:
        """Mark one domain to be read again."""
        with self._marks:
            self._dirty.add(uuid)

    def connection_lost(self, why: str) -> None:  # noqa: ARG002 - the listener's parameter
        """Trust nothing that is known."""
        self.connection_restored()

    def connection_restored(self) -> None:
        """Mark everything to be read again."""
        with self._marks:
            self._everything = True

    def _take_marks(self) -> set[str] | None:
        """Return the UUIDs to read again, None for all."""
        with self._marks:
            dirty = None if self._everything or self._unlisten is None else self._dirty
            self._dirty, self._everything = set(), False
        return dirty

    def _read(self, dirty: set[str] | None) -> None:
        summaries = {domain.uuid: domain for domain in self._hypervisor.list_domains()}
        fresh: dict[str, _Known] = {}
        for uuid, summary in summaries.items():
            known = self._known.get(uuid)
            if dirty is None or uuid in dirty or known is None or known.summary != summary:
                known = _Known(summary, tuple(dict.fromkeys(_disks(self._hypervisor, summary))))
            fresh[uuid] = known
        self._known = fresh


def _disks(hypervisor: Hypervisor, domain: DomainSummary) -> Iterator[str]:
    """Yield the absolute paths of a machine's disks, after its next start and, while it runs, now."""
    readers: list[Callable[[str], str]] = [hypervisor.inactive_xml]
    if domain.state.active:
        readers.append(hypervisor.live_xml)
    for read in readers:
        try:
            disks = describe(read(domain.uuid)).disks
        except (BadXml, DomainNotFound):
            return  # it went away meanwhile, or is nothing whose disks could be told
        for disk in disks:
            path = _path(hypervisor, disk)
            if path:
                yield path


def _path(hypervisor: Hypervisor, disk: DiskDevice) -> str | None:
    if disk.source_type != "volume":
        return disk.source if disk.source.startswith("/") else None
    pool, _, volume = disk.source.partition("/")
    return hypervisor.volume_path(pool, volume)
