"""Keep one live picture of all machines, fed by events and published as immutable inventories."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.inventory import ConnectionState, Inventory
from qq2clone_tui.engine.images.watch import NOTHING_SEEN, Seen
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.ports.catalogue import Catalogue
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

from .pending import Pending, Work
from .picture import Picture

__all__ = ["InventoryStore"]

COALESCE_SECONDS = 0.06
"""How long changes are gathered before one re-read; well inside the 300 ms a change may take."""
CATALOGUE_SECONDS = 1.0
"""How often other processes' changes to the catalogue are looked for."""
RELIST_FROM = 200
"""From this many dirty domains on, one listing is cheaper than single reads.

Not sooner: a listing waits for every domain that libvirt is just destroying, a single read does not."""

_log = logging.getLogger(__name__)
Listener = Callable[[Inventory], None]


class InventoryStore:
    """The one writer of the inventory. Implements ``ports.HostListener``.

    Events only mark UUIDs dirty; one thread re-reads them and publishes the next picture.

    Args:
        hypervisor, catalogue: read.
        seen: gives what was seen of the images of versions last, the same object until that changes.
    """

    def __init__(
        self, hypervisor: Hypervisor, catalogue: Catalogue, seen: Callable[[], Seen] = lambda: NOTHING_SEEN
    ) -> None:
        self._hypervisor = hypervisor
        self._picture = Picture(hypervisor, catalogue, seen)
        self._current = Inventory()
        self._pending = Pending()
        self._told = threading.Event()
        self._reading = threading.Lock()
        self._listeners: Listeners[Inventory] = Listeners()
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
            self._picture.read_all()
            return self._replace(self._picture.inventory(self._current))

    def start(self, wait_seconds: float = 0.0) -> None:
        """Begin to follow events on a thread of its own; once begun, it goes on as it is.

        Args:
            wait_seconds: how long to wait, at most, for the first picture or the reason there is none.
        """
        if not self.live:
            self._unlisten = self._hypervisor.listen(self)
            self._pending.mark_all()
            self._thread = threading.Thread(target=self._follow, name="inventory", daemon=True)
            self._thread.start()
        self._told.wait(wait_seconds)

    def stop(self) -> None:
        """Stop following; a read under way is left to end by itself."""
        self._unlisten()
        self._pending.stop()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=1.0)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback`` with every new picture, on the inventory thread; the result unsubscribes."""
        return self._listeners.subscribe(callback)

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
        gather_seconds = 0.0  # the first picture is waited for
        while self._pending.wait(CATALOGUE_SECONDS, gather_seconds):
            gather_seconds = COALESCE_SECONDS
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
        if work.everything or len(work.dirty) >= RELIST_FROM:
            self._picture.read_all()
        else:
            self._picture.read_domains(work.dirty)
            if not self._picture.read_catalogue() and not work.dirty:
                return
        self._replace(self._picture.inventory(self._current))

    def _announce(self, connection: ConnectionState, problem: str) -> None:
        self._replace(replace(self._current, connection=connection, problem=problem))

    def _replace(self, fresh: Inventory) -> Inventory:
        """Publish a picture unless it equals the current one, and return the current one."""
        if fresh != self._current:
            self._current = replace(fresh, version=fresh.version + 1)
            self._listeners.tell(self._current)
        self._told.set()
        return self._current
