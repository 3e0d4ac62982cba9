"""Read the counters of all active domains in one call, and only the groups asked for.

Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virConnectGetAllDomainStats
"""

import time
from collections.abc import Mapping
from typing import Any

from qq2clone_tui.domain.stats import Sample, StatGroup

from .binding import libvirt
from .errors import UNSUPPORTED, code_of

__all__ = ["sample", "to_sample"]

_KIB = 1024
_GROUPS = {
    StatGroup.CPU: libvirt.VIR_DOMAIN_STATS_CPU_TOTAL | libvirt.VIR_DOMAIN_STATS_VCPU,
    StatGroup.MEMORY: libvirt.VIR_DOMAIN_STATS_BALLOON,
    StatGroup.BLOCK: libvirt.VIR_DOMAIN_STATS_BLOCK,
    StatGroup.NET: libvirt.VIR_DOMAIN_STATS_INTERFACE,
}


def sample(connection: Any, groups: StatGroup) -> Mapping[str, Sample]:
    """Return the counters of all active domains by UUID.

    NOWAIT leaves out figures of a guest that is busy with another job, instead of waiting for it.

    Raises:
        libvirtError: the call failed.
    """
    wanted = 0
    for group, bits in _GROUPS.items():
        if group in groups:
            wanted |= bits
    if not wanted:
        return {}
    at = time.monotonic()
    if connection.getType() == "TEST":
        return _from_info(connection, at)
    flags = libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE
    try:
        records = connection.getAllDomainStats(wanted, flags | libvirt.VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT)
    except libvirt.libvirtError as fault:
        if code_of(fault) not in UNSUPPORTED:
            raise
        records = connection.getAllDomainStats(wanted, flags)  # libvirt before 4.5
    return {domain.UUIDString(): to_sample(figures, at) for domain, figures in records}


def to_sample(figures: Mapping[str, int], at: float) -> Sample:
    """Return the sample for one domain's typed parameters.

    Args:
        figures: as libvirt names them ("cpu.time", "block.0.rd.bytes", ...); memory in KiB.
        at: monotonic seconds when they were read.
    """
    return Sample(
        at=at,
        cpu_ns=figures.get("cpu.time"),
        vcpus=figures.get("vcpu.current", 1),
        memory_bytes=_bytes(figures.get("balloon.rss", figures.get("balloon.current"))),
        memory_max_bytes=_bytes(figures.get("balloon.maximum")),
        disk_allocation_bytes=_total(figures, "block", "allocation"),
        read_bytes=_total(figures, "block", "rd.bytes"),
        written_bytes=_total(figures, "block", "wr.bytes"),
        received_bytes=_total(figures, "net", "rx.bytes"),
        sent_bytes=_total(figures, "net", "tx.bytes"),
    )


def _bytes(kib: int | None) -> int | None:
    return None if kib is None else kib * _KIB


def _total(figures: Mapping[str, int], kind: str, name: str) -> int | None:
    """Add up one figure over all devices of a kind; None when no device has it."""
    keys = (f"{kind}.{index}.{name}" for index in range(figures.get(f"{kind}.count", 0)))
    values = [figures[key] for key in keys if key in figures]
    return sum(values) if values else None


def _from_info(connection: Any, at: float) -> Mapping[str, Sample]:
    """Do the same on libvirt's test driver, whose bulk call knows states only."""
    samples = {}
    for domain in connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE):
        _state, maximum, memory, vcpus, cpu_ns = domain.info()
        samples[domain.UUIDString()] = Sample(at, cpu_ns, vcpus, memory * _KIB, maximum * _KIB)
    return samples
