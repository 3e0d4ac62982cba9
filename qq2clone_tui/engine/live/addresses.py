"""Know the addresses of the machines that run: asked for in the background, or once within a time limit."""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping

from qq2clone_tui.domain.address import Address, reachable
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

from .address_book import AddressBook

__all__ = ["Addresses"]

READ_SECONDS = 2.0
"""How long somebody waits who asks for addresses at once."""

_EVERY_SECONDS = 5.0
_GATHER_SECONDS = 0.3

Found = Mapping[str, tuple[Address, ...]]


class Addresses:
    """The addresses of one hypervisor's machines. Implements ``ports.HostListener``.

    What is found is kept until the machine changes; an agent is asked by one thread at a time.

    Args:
        hypervisor: asked, and listened to.
        machines: gives the machines there are, by UUID.
    """

    def __init__(self, hypervisor: Hypervisor, machines: Callable[[], Mapping[str, Machine]]) -> None:
        self._hypervisor = hypervisor
        self._machines = machines
        self._book = AddressBook(hypervisor, self._publish)
        self._current: Found = {}
        self._listeners: Listeners[Found] = Listeners()
        self._publishing = threading.Lock()
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._unlisten: Callable[[], None] = lambda: None

    @property
    def current(self) -> Found:
        """Return the newest addresses by UUID, of each machine the best known first; never blocks."""
        return self._current

    def subscribe(self, callback: Callable[[Found], None]) -> Callable[[], None]:
        """Call ``callback`` with all addresses when any has changed; the result unsubscribes."""
        return self._listeners.subscribe(callback)

    def start(self) -> None:
        """Begin to look for addresses on a thread of its own; once begun, it goes on as it is."""
        if self._thread is None:
            self._stopped.clear()
            self._unlisten = self._hypervisor.listen(self)
            self._thread = threading.Thread(target=self._follow, name="addresses", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stop; a call under way is left to end by itself."""
        self._unlisten()
        self._stopped.set()
        self._wake.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=1.0)

    def of(self, uuid: str) -> tuple[str, ...]:
        """Return the addresses of a machine at which others can reach it, asked for now unless they are known."""
        return reachable(self.read([uuid]).get(uuid, ()))

    def read(self, uuids: Collection[str], seconds: float = READ_SECONDS) -> Found:
        """Return what is found out of machines within a time limit; nothing of those that are off."""
        running = self._running(uuids)
        if running:
            done = threading.Event()
            deadline = time.monotonic() + seconds

            def look() -> None:
                try:
                    self._book.look(running)
                    for asking in self._book.ask(running):
                        asking.wait(max(0.0, deadline - time.monotonic()))
                finally:
                    done.set()

            threading.Thread(target=look, name="addresses-once", daemon=True).start()
            done.wait(seconds)
        return self._book.found(running)

    def look_once(self) -> None:
        """Ask for all machines that run, and wait until every agent has answered or given up."""
        running = self._running(None)
        self._book.keep_only(running)
        self._book.look(running)
        for asking in self._book.ask(running):
            asking.wait()
        self._publish()

    # ports.HostListener: called from the event thread, so these only forget

    def domain_changed(self, uuid: str) -> None:
        """Ask again for a machine: it was started, or its agent came up."""
        self._book.renew(uuid)
        self._wake.set()

    def connection_lost(self, why: str) -> None:
        """Keep what is known."""

    def connection_restored(self) -> None:
        """Ask again for everything."""
        self._book.renew()
        self._wake.set()

    def _follow(self) -> None:
        while not self._stopped.is_set():
            self._wake.clear()
            running = self._running(None)
            self._book.keep_only(running)
            self._book.look(running)
            self._publish()
            self._book.ask(running)
            self._wake.wait(_EVERY_SECONDS)
            self._stopped.wait(_GATHER_SECONDS)

    def _running(self, uuids: Iterable[str] | None) -> list[str]:
        machines = self._machines()
        chosen = machines if uuids is None else uuids
        return [uuid for uuid in chosen if uuid in machines and machines[uuid].state.active]

    def _publish(self) -> None:
        with self._publishing:
            fresh = self._book.found()
            if fresh != self._current:
                self._current = fresh
                self._listeners.tell(fresh)
