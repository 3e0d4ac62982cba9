"""Turn two samples of a host's counters into what a person wants to know of it."""

from dataclasses import dataclass
from typing import TypeVar

from .room import Room

__all__ = ["HostFigures", "HostSample", "host_figures"]

_STEADY_PERCENT = 3.0
_STEADY_SHARE = 0.01

Figure = TypeVar("Figure", int, float)


@dataclass(frozen=True, slots=True)
class HostSample:
    """Counters of a host at one instant; None where the hypervisor gave no figure.

    Args:
        busy_ns, idle_ns: what all its CPUs together have worked and waited since it was started, nanoseconds.
        memory_bytes: what it has.
        available_bytes: what programs can take of that without anything being put out to disk.
    """

    busy_ns: int | None = None
    idle_ns: int | None = None
    memory_bytes: int | None = None
    available_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class HostFigures:
    """Figures of a host ready to show; None means not known.

    Args:
        cpu_percent: share of all its CPUs that was busy, 0-100.
        memory_used_bytes, memory_bytes: what is taken, by whatever, and what there is.
        room: where new images go.
    """

    cpu_percent: float | None = None
    memory_used_bytes: int | None = None
    memory_bytes: int | None = None
    room: Room | None = None


def host_figures(shown: HostFigures, old: HostSample, new: HostSample, room: Room | None) -> HostFigures:
    """Return the figures between two samples of a host.

    What hardly differs from what is shown stays as that is: a host at rest leaves the screen at rest.

    Args:
        shown: the figures before these.
        old, new: the samples; of a counter that went backwards (the host was restarted) nothing is known.
        room: where new images go.
    """
    used = None
    if new.memory_bytes is not None and new.available_bytes is not None:
        used = max(0, new.memory_bytes - new.available_bytes)
    cpu, memory = _busy(old, new), new.memory_bytes
    return HostFigures(
        cpu_percent=_steady(shown.cpu_percent, cpu, _STEADY_PERCENT),
        memory_used_bytes=_steady(shown.memory_used_bytes, used, (memory or 0) * _STEADY_SHARE),
        memory_bytes=memory,
        room=room,
    )


def _busy(old: HostSample, new: HostSample) -> float | None:
    if old.busy_ns is None or old.idle_ns is None or new.busy_ns is None or new.idle_ns is None:
        return None
    busy, idle = new.busy_ns - old.busy_ns, new.idle_ns - old.idle_ns
    if busy < 0 or idle < 0 or busy + idle == 0:
        return None
    return busy / (busy + idle) * 100


def _steady(shown: Figure | None, fresh: Figure | None, by: float) -> Figure | None:
    return fresh if shown is None or fresh is None or abs(fresh - shown) > by else shown
