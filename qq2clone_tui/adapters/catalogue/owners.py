"""Tell one process from another for as long as the computer's records last.

A process ID alone is used again; with the process's start time, the boot it belongs to and its PID
namespace, it is unique. Sources: proc(5) for field 22 of ``/proc/PID/stat`` and ``hidepid``, random(4)
for ``boot_id``, pid_namespaces(7).
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["Owner", "alive", "this_process"]

_GONE_STATES = frozenset("ZXx")


@dataclass(frozen=True, slots=True)
class Owner:
    """One process.

    Args:
        boot: the boot it was started in, and behind a slash the PID namespace (a container has its own).
        pid: its ID.
        started: clock ticks from that boot to its start.
    """

    boot: str
    pid: int
    started: int


def this_process() -> Owner:
    """Return the owner that this process is, also after a fork."""
    pid = os.getpid()
    state = _read_stat(pid)
    return Owner(_boot(), pid, state[1] if state else 0)


def alive(owner: Owner) -> bool:
    """Tell whether the process still runs; one that is dead but not yet waited for does not.

    One that cannot be looked at, because it is in another container or another user's and hidden,
    counts as alive until the next boot: taking over what it is making would ruin that.
    """
    boot, _, namespace = owner.boot.partition("/")
    here, _, our_namespace = _boot().partition("/")
    if boot != here:
        return False
    if namespace != our_namespace:
        return True
    stat = _read_stat(owner.pid)
    if stat is None:
        return _hidden(owner.pid)
    return stat[1] == owner.started and stat[0] not in _GONE_STATES


@lru_cache(maxsize=1)
def _boot() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{os.readlink('/proc/self/ns/pid')}"  # noqa: PTH115 - no path: "pid:[4026531836]"
    except OSError:
        return ""


def _hidden(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return False


def _read_stat(pid: int) -> tuple[str, int] | None:
    """Return a process's state letter and start time, None when there is no such process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the program's name in brackets and may hold spaces and brackets itself.
    fields = text.rpartition(")")[2].split()
    return (fields[0], int(fields[19])) if len(fields) > 19 else None
