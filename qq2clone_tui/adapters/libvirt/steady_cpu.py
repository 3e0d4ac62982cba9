"""Show libvirt the same processor at every opening of an embedded hypervisor.

The QEMU driver remembers what QEMU can do together with the host's CPUID, and asks QEMU anew,
which takes seconds, when that has changed. Some leaves of CPUID hold the number of the very CPU
they are read on, so on which one a process happens to run decides whether it has to wait.

Source: ``virQEMUCapsIsValid`` in libvirt's src/qemu/qemu_capabilities.c, "host cpuid changed"
"""

import contextlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["on_one_cpu"]

_log = logging.getLogger(__name__)
_TASKS = Path("/proc/self/task")


@contextmanager
def on_one_cpu() -> Iterator[None]:
    """Keep the calling thread on the lowest CPU it may use for the length of the block.

    Threads that the block starts inherit this, so they are set free with it.
    """
    before, threads = os.sched_getaffinity(0), _threads()
    if not _confine(0, {min(before)}):
        yield
        return
    try:
        yield
    finally:
        for thread in {0} | (_threads() - threads):
            _confine(thread, before)


def _threads() -> set[int]:
    with contextlib.suppress(OSError):
        return {int(task.name) for task in _TASKS.iterdir()}
    return set()


def _confine(thread: int, cpus: set[int]) -> bool:
    try:
        os.sched_setaffinity(thread, cpus)
    except OSError as fault:  # it has ended, or a sandbox forbids the call
        _log.debug("thread %d stays on its CPUs: %s", thread, fault)
        return False
    return True
