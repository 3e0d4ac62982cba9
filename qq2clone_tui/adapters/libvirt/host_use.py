"""Read what the hypervisor's host has to do, be it this one or another.

Sources: https://libvirt.org/html/libvirt-libvirt-host.html#virNodeGetCPUStats and #virNodeGetMemoryStats
"""

from collections.abc import Callable, Mapping

from qq2clone_tui.domain.host_figures import HostSample

from .binding import libvirt
from .errors import UNSUPPORTED, code_of, translated
from .pool import ConnectionPool

__all__ = ["LibvirtHostUse", "to_host_sample"]

_KIB = 1024
_BUSY = (libvirt.VIR_NODE_CPU_STATS_USER, libvirt.VIR_NODE_CPU_STATS_KERNEL, libvirt.VIR_NODE_CPU_STATS_INTR)
_IDLE = (libvirt.VIR_NODE_CPU_STATS_IDLE, libvirt.VIR_NODE_CPU_STATS_IOWAIT)
_SPARE = (
    libvirt.VIR_NODE_MEMORY_STATS_FREE,
    libvirt.VIR_NODE_MEMORY_STATS_BUFFERS,
    libvirt.VIR_NODE_MEMORY_STATS_CACHED,
)

Figures = Mapping[str, int]


class LibvirtHostUse:
    """The load of a host; implements ``engine.ports.facets.HostUse``.

    Args:
        connections: lends connections to the hypervisor.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def sample(self) -> HostSample:
        """Return the host's counters now; what its driver cannot tell is None."""
        with translated("cannot read the load of the host"), self._connections.lease() as connection:
            cpus = _known(lambda: connection.getCPUStats(libvirt.VIR_NODE_CPU_STATS_ALL_CPUS))
            memory = _known(lambda: connection.getMemoryStats(libvirt.VIR_NODE_MEMORY_STATS_ALL_CELLS))
        return to_host_sample(cpus, memory)


def to_host_sample(cpus: Figures, memory: Figures) -> HostSample:
    """Return the sample for what libvirt tells of all CPUs, in nanoseconds, and of the memory, in KiB.

    Buffers and cache count as available, as free(1) has it.
    """
    counted = _IDLE[0] in cpus
    total = memory.get(libvirt.VIR_NODE_MEMORY_STATS_TOTAL)
    return HostSample(
        busy_ns=_sum(cpus, _BUSY) if counted else None,
        idle_ns=_sum(cpus, _IDLE) if counted else None,
        memory_bytes=None if total is None else total * _KIB,
        available_bytes=_sum(memory, _SPARE) * _KIB if _SPARE[0] in memory else None,
    )


def _sum(figures: Figures, names: tuple[str, ...]) -> int:
    return sum(figures.get(name, 0) for name in names)


def _known(ask: Callable[[], Figures]) -> Figures:
    try:
        return ask()
    except libvirt.libvirtError as fault:
        if code_of(fault) not in UNSUPPORTED:
            raise
        return {}
