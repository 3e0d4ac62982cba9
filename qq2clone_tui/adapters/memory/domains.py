"""Hold domains that exist only in memory, with switches for trouble."""

import threading
from dataclasses import replace

from qq2clone_tui.domain.errors import ConnectionFailed, DomainNotFound, HypervisorError
from qq2clone_tui.domain.inventory import DomainSummary, HostFacts
from qq2clone_tui.domain.states import CutShort, DomainState
from qq2clone_tui.engine.ports.hypervisor import HostListener

__all__ = ["MemoryDomains"]


class MemoryDomains:
    """The domains of a hypervisor that is none.

    Attributes:
        open_gate: cleared, every call waits until it is set again: a hypervisor that hangs.
        failing: call names (``define``, ``start``, ...) mapped to the machines they fail for.
        gone: while True every call fails as on a broken connection.
    """

    def __init__(self, uri: str) -> None:
        self.uri = uri
        self.open_gate = threading.Event()
        self.open_gate.set()
        self.failing: dict[str, set[str]] = {}
        self.gone = False
        self._domains: dict[str, DomainSummary] = {}
        self._xml: dict[str, str] = {}
        self._listeners: list[HostListener] = []
        self._lock = threading.Lock()

    def set_state(self, uuid: str, state: DomainState, cut_short: CutShort = CutShort.NOT) -> None:
        """Change a state as another program or the guest itself would."""
        cut = CutShort.CRASHED if state is DomainState.CRASHED else cut_short
        with self._lock:
            self._domains[uuid] = replace(self._domains[uuid], state=state, cut_short=cut)
        self._tell(uuid)

    def define(self, xml: str) -> str:
        """Define a domain."""
        raise NotImplementedError

    def host(self) -> HostFacts:
        """Return the host's facts."""
        raise NotImplementedError

    def rename(self, uuid: str, name: str) -> None:
        """Change a name as another program would."""
        with self._lock:
            self._domains[uuid] = replace(self._domains[uuid], name=name)
        self._tell(uuid)

    def _arrive(self) -> None:
        self.open_gate.wait()
        if self.gone:
            raise ConnectionFailed("the hypervisor went away", subject=self.uri, remedy="It is tried again.")

    def _known(self, uuid: str) -> DomainSummary:
        self._arrive()
        domain = self._domains.get(uuid)
        if domain is None:
            raise DomainNotFound("the machine is not there any more", subject=uuid)
        return domain

    def _snapshot(self) -> dict[str, tuple[DomainSummary, tuple[str, ...]]]:
        self._arrive()
        with self._lock:
            return {uuid: (domain, (self._xml[uuid],)) for uuid, domain in self._domains.items()}

    def _fail(self, call: str, name: str) -> None:
        if name in self.failing.get(call, ()):
            raise HypervisorError(f"cannot {call} the machine", subject=name, why="it was told to fail")

    def _tell(self, uuid: str) -> None:
        for listener in tuple(self._listeners):
            listener.domain_changed(uuid)
