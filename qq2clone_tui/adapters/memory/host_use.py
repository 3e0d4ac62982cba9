"""Play a host that works at an even pace."""

from collections.abc import Callable

from qq2clone_tui.domain.host_figures import HostSample
from qq2clone_tui.domain.inventory import HostFacts

__all__ = ["MemoryHostUse"]

_SECOND_NS = 10**9


class MemoryHostUse:
    """A host with counters that grow by the same at every look. Implements ``engine.ports.facets.HostUse``.

    Args:
        host: returns what the host has; waits while the hypervisor hangs, and raises when it is gone.

    Attributes:
        busy_percent: how much of its CPUs is busy.
        used_share: how much of its memory is taken, 0-1.
    """

    def __init__(self, host: Callable[[], HostFacts]) -> None:
        self._host = host
        self._busy = self._idle = 0
        self.busy_percent = 12
        self.used_share = 0.375

    def sample(self) -> HostSample:
        """Return counters a second after those before."""
        host = self._host()
        busy = host.cpus * _SECOND_NS * self.busy_percent // 100
        self._busy += busy
        self._idle += host.cpus * _SECOND_NS - busy
        available = int(host.memory_bytes * (1 - self.used_share))
        return HostSample(self._busy, self._idle, host.memory_bytes, available)
