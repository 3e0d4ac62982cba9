"""Know which image files the machines of a host have as disks, reading only those that may have changed."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.named_files import NamedFiles, files_named
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

__all__ = ["DomainDisks", "UsedFiles"]

FRESH_SECONDS = 1.0
"""What was read this short a time ago is fresh: a job over a hundred machines asks once, not once for each."""
READ_ALL_FROM = 200
"""From this many changed machines on, reading all at once is quicker."""


@dataclass(frozen=True, slots=True)
class UsedFiles:
    """What one domain uses.

    Args:
        summary: the domain.
        paths: absolute paths of its disks, after its next start and, while it runs, now.
    """

    summary: DomainSummary
    paths: tuple[str, ...]


class DomainDisks:
    """The disks of every domain, ours and others'. Implements ``ports.HostListener``.

    From the first look on it follows the hypervisor's events, and reads a domain again when one says that it
    changed. libvirt sends none when a disk is added to a definition, a medium is changed or a snapshot puts
    an overlay on top: who is about to delete or write something asks for a fresh look, which reads all.

    Args:
        hypervisor: asked.
    """

    def __init__(self, hypervisor: Hypervisor) -> None:
        self._hypervisor = hypervisor
        self._known: Mapping[str, UsedFiles] = {}
        self._texts: dict[str, int] = {}
        """Hashes of the XML of those whose files follow from it alone."""
        self._read_at = 0.0
        self._dirty: set[str] = set()
        self._everything = True
        self._lock = threading.Lock()
        self._marks = threading.Lock()
        self._unlisten: Callable[[], None] | None = None

    def follow(self) -> None:
        """Follow the hypervisor's events from now on."""
        if self._unlisten is None:
            self._unlisten = self._hypervisor.listen(self)

    def stop(self) -> None:
        """Follow no events any more; the next look reads everything."""
        unlisten, self._unlisten = self._unlisten, None
        if unlisten is not None:
            unlisten()
        self.connection_restored()

    def current(self, *, afresh: bool = False) -> Mapping[str, UsedFiles]:
        """Return what each domain uses, by UUID; the same object as long as nothing has changed.

        Args:
            afresh: trust no event, unless everything was read within the last second.

        Raises:
            HypervisorError: the hypervisor cannot be asked.
        """
        with self._lock:
            self.follow()
            everything, dirty = self._take_marks()
            stale = afresh and time.monotonic() - self._read_at > FRESH_SECONDS
            try:
                if everything or stale or len(dirty) >= READ_ALL_FROM:
                    self._read_all()
                elif dirty:
                    self._read(dirty)
            except BaseException:
                self.connection_restored()
                raise
            return self._known

    # ports.HostListener: called from the event thread, so these only set flags

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

    def _take_marks(self) -> tuple[bool, set[str]]:
        with self._marks:
            everything, dirty = self._everything, self._dirty
            self._everything, self._dirty = False, set()
        return everything, dirty

    def _read_all(self) -> None:
        began = time.monotonic()
        found = self._hypervisor.census.all()
        fresh = {uuid: self._used(uuid, summary, texts) for uuid, (summary, texts) in found.items()}
        self._texts = {uuid: text for uuid, text in self._texts.items() if uuid in found}
        self._read_at = began
        self._keep(fresh)

    def _read(self, uuids: Iterable[str]) -> None:
        fresh = dict(self._known)
        for uuid in uuids:
            found = self._hypervisor.census.one(uuid)
            if found is None:
                fresh.pop(uuid, None)
                self._texts.pop(uuid, None)
            else:
                fresh[uuid] = self._used(uuid, *found)
        self._keep(fresh)

    def _keep(self, fresh: dict[str, UsedFiles]) -> None:
        if fresh != self._known:
            self._known = MappingProxyType(fresh)

    def _used(self, uuid: str, summary: DomainSummary, texts: tuple[str, ...]) -> UsedFiles:
        known, text = self._known.get(uuid), hash(texts)
        if known is not None and self._texts.get(uuid) == text:
            return known if known.summary == summary else UsedFiles(summary, known.paths)
        named = [_named(text) for text in texts]
        if any(one.volumes for one in named):
            self._texts.pop(uuid, None)  # where a volume is may change without the XML
        else:
            self._texts[uuid] = text
        return UsedFiles(summary, tuple(dict.fromkeys(path for one in named for path in self._paths(one))))

    def _paths(self, named: NamedFiles) -> Iterator[str]:
        yield from named.paths
        for pool, volume in named.volumes:
            path = self._hypervisor.volume_path(pool, volume)
            if path:
                yield path


def _named(text: str) -> NamedFiles:
    try:
        return files_named(text)
    except BadXml:
        return NamedFiles()  # it is nothing whose disks could be told
