"""Keep one live picture of all machines, fed by events and published as immutable inventories."""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.inventory import (
    ConnectionState,
    DomainSummary,
    HostFacts,
    Inventory,
    Machine,
    TemplateSummary,
)
from qq2clone_tui.domain.states import DomainState

from .pending import Pending, Work
from .ports import Catalogue, Hypervisor

__all__ = ["InventoryStore"]

COALESCE_SECONDS = 0.06
"""How long changes are gathered before one re-read; well inside the 300 ms a change may take."""
CATALOGUE_SECONDS = 1.0
"""How often other processes' changes to the catalogue are looked for."""
RELIST_FROM = 40
"""From this many dirty domains on, one listing is cheaper than single reads."""

_log = logging.getLogger(__name__)
Listener = Callable[[Inventory], None]


class InventoryStore:
    """The one writer of the inventory. Implements ``ports.HostListener``.

    Events only mark UUIDs dirty; one thread re-reads them and publishes the next picture.
    """

    def __init__(self, hypervisor: Hypervisor, catalogue: Catalogue) -> None:
        self._hypervisor = hypervisor
        self._catalogue = catalogue
        self._current = Inventory()
        self._domains: dict[str, DomainSummary] = {}
        self._records: dict[str, CloneRecord] = {}
        self._templates: tuple[TemplateSummary, ...] = ()
        self._host: HostFacts | None = None
        self._revision: int | None = None
        self._pending = Pending()
        self._reading = threading.Lock()
        self._listeners: list[Listener] = []
        self._thread: threading.Thread | None = None
        self._unlisten: Callable[[], None] = lambda: None

    @property
    def current(self) -> Inventory:
        """Return the newest picture; never blocks."""
        return self._current

    @property
    def live(self) -> bool:
        """Tell whether the picture is being kept fresh by events."""
        return self._thread is not None

    def refresh(self) -> Inventory:
        """Read everything anew and return the picture."""
        with self._reading:
            self._read_all()
            return self._publish(ConnectionState.LIVE)

    def start(self) -> None:
        """Begin to follow events on a thread of its own."""
        self._unlisten = self._hypervisor.listen(self)
        self._pending.mark_all()
        self._thread = threading.Thread(target=self._follow, name="inventory", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop following; a read under way is left to end by itself."""
        self._unlisten()
        self._pending.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=1.0)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback`` with every new picture, on the inventory thread; the result unsubscribes."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def nudge(self) -> None:
        """Say that the catalogue was changed by this process."""
        self._pending.mark_catalogue()

    # ports.HostListener: called from the event thread, so these only set flags

    def domain_changed(self, uuid: str) -> None:
        """Mark one domain to be read again."""
        self._pending.mark(uuid)

    def connection_lost(self, why: str) -> None:
        """Show the last picture as stale until the connection is back."""
        self._pending.mark_lost(why)

    def connection_restored(self) -> None:
        """Read everything again."""
        self._pending.mark_all()

    def _follow(self) -> None:
        while self._pending.wait(CATALOGUE_SECONDS, COALESCE_SECONDS):
            work = self._pending.take()
            try:
                with self._reading:
                    self._catch_up(work)
            except Qq2cloneError as error:
                _log.warning("inventory not read: %s", error.paragraph())
                self._pending.put_back(work)
                self._announce(ConnectionState.RECONNECTING, error.paragraph())
                self._pending.pause(CATALOGUE_SECONDS)

    def _catch_up(self, work: Work) -> None:
        if work.lost is not None and not work.everything:
            self._announce(ConnectionState.RECONNECTING, work.lost)
            return
        recatalogue = self._catalogue.revision() != self._revision
        if not (work.everything or work.dirty or recatalogue):
            return
        if work.everything or len(work.dirty) >= RELIST_FROM:
            self._read_all()
        else:
            self._read_some(work.dirty, recatalogue=recatalogue)
        self._publish(ConnectionState.LIVE)

    def _read_all(self) -> None:
        if self._host is None:
            self._host = self._hypervisor.host()
        self._read_catalogue()
        self._domains = {domain.uuid: domain for domain in self._hypervisor.list_domains()}

    def _read_some(self, uuids: Iterable[str], *, recatalogue: bool) -> None:
        for uuid in uuids:
            summary = self._hypervisor.read_domain(uuid)
            if summary is None:
                self._domains.pop(uuid, None)
            else:
                self._domains[uuid] = summary
        if recatalogue:
            self._read_catalogue()

    def _read_catalogue(self) -> None:
        # The revision is taken first: a change in between is then read once more, never missed.
        revision = self._catalogue.revision()
        self._records = {record.identity.uuid: record for record in self._catalogue.clones()}
        counts: dict[str, int] = {}
        for record in self._records.values():
            counts[record.identity.template] = counts.get(record.identity.template, 0) + 1
        self._templates = tuple(
            TemplateSummary(template.name, template.version, counts.get(template.name, 0))
            for template in self._catalogue.templates()
        )
        self._revision = revision

    def _publish(self, connection: ConnectionState) -> Inventory:
        machines = {uuid: _machine(record, self._domains) for uuid, record in self._records.items()}
        before = self._current
        fresh = Inventory(before.version, connection, self._host, self._templates, machines)
        if fresh != before:
            self._replace(fresh)
        return self._current

    def _announce(self, connection: ConnectionState, problem: str) -> None:
        before = self._current
        fresh = Inventory(before.version, connection, before.host, before.templates, before.machines, problem)
        if fresh != before:
            self._replace(fresh)

    def _replace(self, fresh: Inventory) -> None:
        self._current = Inventory(
            fresh.version + 1, fresh.connection, fresh.host, fresh.templates, fresh.machines, fresh.problem
        )
        for listener in tuple(self._listeners):
            listener(self._current)


def _machine(record: CloneRecord, domains: Mapping[str, DomainSummary]) -> Machine:
    identity = record.identity
    domain = domains.get(identity.uuid)
    return Machine(
        identity.uuid,
        identity.template,
        identity.version,
        identity.number,
        domain.name if domain else identity.name,
        domain.state if domain else DomainState.MISSING,
        record.status,
        record.files,
        record.created_at,
    )
