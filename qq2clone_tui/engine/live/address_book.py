"""Keep what is known of the addresses of machines that run, and ask for what is not."""

import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from qq2clone_tui.domain.address import Address, in_order, reachable
from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.guest_channel import has_agent_channel
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

__all__ = ["AddressBook"]

_FRESH_SECONDS = 2.0
"""How long what the networks know is not asked for again."""
_AGENT_FOUND_SECONDS = 60.0
_AGENT_NOTHING_SECONDS = 5.0
"""Doubled from time to time, up to the one above: each question to a guest that hangs costs libvirt a worker."""
_AGENTS_AT_A_TIME = 4


@dataclass(slots=True)
class _Known:
    """What is known of one machine that runs; it stays in use while it is learnt anew."""

    macs: tuple[str, ...] = ()
    agent: bool = False
    learnt: bool = False
    networks: tuple[Address, ...] = ()
    networks_at: float = float("-inf")
    told: tuple[Address, ...] = ()
    ask_at: float = float("-inf")
    patience: float = _AGENT_NOTHING_SECONDS
    asking: threading.Event | None = field(default=None)


class AddressBook:
    """The addresses of machines that run; an agent is asked by one thread at a time.

    Args:
        hypervisor: asked.
        learnt: called, on threads, when an agent has answered.
    """

    def __init__(self, hypervisor: Hypervisor, learnt: Callable[[], None]) -> None:
        self._hypervisor = hypervisor
        self._tell = learnt
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()
        self._agents = threading.Semaphore(_AGENTS_AT_A_TIME)

    def found(self, uuids: Iterable[str] | None = None) -> dict[str, tuple[Address, ...]]:
        """Return what is known of these machines, or of all; those of which nothing is are left out."""
        with self._lock:
            chosen = self._known if uuids is None else [uuid for uuid in uuids if uuid in self._known]
            found = {uuid: in_order((*self._known[uuid].networks, *self._known[uuid].told)) for uuid in chosen}
        return {uuid: addresses for uuid, addresses in found.items() if addresses}

    def renew(self, uuid: str | None = None) -> None:
        """Let a machine be asked for again, or all; what is known counts until then."""
        with self._lock:
            for known in self._known.values() if uuid is None else filter(None, [self._known.get(uuid)]):
                known.learnt = False
                known.ask_at = known.networks_at = float("-inf")
                known.patience = _AGENT_NOTHING_SECONDS

    def keep_only(self, running: Collection[str]) -> None:
        """Forget all other machines."""
        kept = set(running)
        with self._lock:
            for uuid in [uuid for uuid in self._known if uuid not in kept]:
                del self._known[uuid]

    def look(self, uuids: Iterable[str]) -> None:
        """Learn the cards of the machines and what the networks know of them, as far as that is not fresh."""
        stale: dict[str, tuple[str, ...]] = {}
        for uuid in uuids:
            known = self._learnt(uuid)
            if known is not None and time.monotonic() - known.networks_at > _FRESH_SECONDS:
                stale[uuid] = known.macs
        if not any(stale.values()):
            return
        try:
            found = self._hypervisor.addresses.of_networks(stale)
        except Qq2cloneError:
            return
        with self._lock:
            for uuid in stale:
                if uuid in self._known:
                    self._known[uuid].networks = tuple(found.get(uuid, ()))
                    self._known[uuid].networks_at = time.monotonic()

    def _learnt(self, uuid: str) -> _Known | None:
        with self._lock:
            known = self._known.setdefault(uuid, _Known())
            if known.learnt:
                return known
            known.learnt = True  # before it is read: what changes meanwhile is told by an event
        try:
            xml = self._hypervisor.live_xml(uuid)
            macs = tuple(card.mac.lower() for card in describe(xml).interfaces if card.mac)
            agent = has_agent_channel(xml)
        except Qq2cloneError:
            known.learnt = False
            return None
        with self._lock:
            known.macs, known.agent = macs, agent
            if not agent:
                known.told = ()
        return known

    def ask(self, uuids: Iterable[str]) -> list[threading.Event]:
        """Ask the agents whose turn it is, each on a thread; the events are set when they have answered."""
        asking = []
        for uuid in uuids:
            with self._lock:
                known = self._known.get(uuid)
                if known is None or not known.agent:
                    continue
                if known.asking is None and time.monotonic() >= known.ask_at:
                    known.asking, known.ask_at = threading.Event(), float("inf")
                    threading.Thread(target=self._hear, args=(uuid, known), name="addresses-agent", daemon=True).start()
                if known.asking is not None:
                    asking.append(known.asking)
        return asking

    def _hear(self, uuid: str, known: _Known) -> None:
        with self._agents:
            try:
                told = tuple(self._hypervisor.addresses.of_agent(uuid))
            except Qq2cloneError:
                told = ()
        with self._lock:
            known.told = told
            pause = _AGENT_FOUND_SECONDS if reachable(told) else known.patience
            known.patience = min(_AGENT_FOUND_SECONDS, 2 * known.patience)
            if known.ask_at == float("inf"):  # else the machine has changed meanwhile, and is asked again
                known.ask_at = time.monotonic() + pause
            asking, known.asking = known.asking, None
        self._tell()
        if asking is not None:
            asking.set()
