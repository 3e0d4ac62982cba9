"""Turn two samples of a machine's counters into rates a person can read."""

from dataclasses import dataclass
from enum import Flag, auto

__all__ = ["Rates", "Sample", "StatGroup", "rates"]


class StatGroup(Flag):
    """The groups of figures that one bulk call can ask for (virDomainStatsTypes)."""

    CPU = auto()
    MEMORY = auto()
    BLOCK = auto()
    NET = auto()


@dataclass(frozen=True, slots=True)
class Sample:
    """Counters of one machine at one instant; None where the hypervisor gave no figure.

    Args:
        at: monotonic seconds.
        cpu_ns: CPU time used since start, nanoseconds.
        vcpus: number of virtual CPUs online.
        memory_bytes: resident or balloon memory, bytes.
        memory_max_bytes: memory it may use, bytes.
        disk_allocation_bytes: bytes its own images take on the host.
        read_bytes, written_bytes: block counters; received_bytes, sent_bytes: net counters.
    """

    at: float
    cpu_ns: int | None = None
    vcpus: int = 1
    memory_bytes: int | None = None
    memory_max_bytes: int | None = None
    disk_allocation_bytes: int | None = None
    read_bytes: int | None = None
    written_bytes: int | None = None
    received_bytes: int | None = None
    sent_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """Figures ready to show; None means not known (first sample, reset, stopped guest).

    Args:
        cpu_percent: share of all its vCPUs, 0-100.
        memory_bytes, memory_max_bytes, disk_allocation_bytes: as in the newest sample.
        read_per_s, written_per_s, received_per_s, sent_per_s: bytes a second.
    """

    cpu_percent: float | None = None
    memory_bytes: int | None = None
    memory_max_bytes: int | None = None
    disk_allocation_bytes: int | None = None
    read_per_s: float | None = None
    written_per_s: float | None = None
    received_per_s: float | None = None
    sent_per_s: float | None = None


STALE_AFTER_SECONDS = 30.0


def rates(old: Sample | None, new: Sample) -> Rates:
    """Return the rates between two samples of one machine.

    A first sample, a counter that went backwards (the machine was restarted) and a pair
    further apart than ``STALE_AFTER_SECONDS`` give no rates, only the newest levels.
    """
    span = new.at - old.at if old else 0.0
    usable = old if 0 < span <= STALE_AFTER_SECONDS else None

    def rate(field: str) -> float | None:
        before: int | None = getattr(usable, field) if usable else None
        after: int | None = getattr(new, field)
        if before is None or after is None or after < before:
            return None
        return (after - before) / span

    cpu = rate("cpu_ns")
    return Rates(
        cpu_percent=None if cpu is None else min(100.0, cpu / 1e9 / max(1, new.vcpus) * 100),
        memory_bytes=new.memory_bytes,
        memory_max_bytes=new.memory_max_bytes,
        disk_allocation_bytes=new.disk_allocation_bytes,
        read_per_s=rate("read_bytes"),
        written_per_s=rate("written_bytes"),
        received_per_s=rate("received_bytes"),
        sent_per_s=rate("sent_bytes"),
    )
