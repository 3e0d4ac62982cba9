"""Lend benchmarks the hypervisors of this machine, each to a process of its own.

libvirt allows one embedded hypervisor a process, and a process that has one reaches no other.
"""

import multiprocessing
import os
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from tests.real.daemons import SYSTEM_SOCKET, system_daemon

from .figures import Missing, Result
from .interrupts import interruptible
from .stage import Stage, staged
from .watch import say

__all__ = ["Ground", "Measure", "why_no_daemon"]

Measure = Callable[[Stage], list[Result]]


class Ground:
    """The hypervisors to measure on.

    Args:
        stack: takes what has to be undone at the end.
        directory: for all files of the benchmarks.
        no_system: why the system's hypervisor is to be left alone; empty to use it where there is one.
    """

    def __init__(self, stack: ExitStack, directory: Path, no_system: str = "") -> None:
        self._stack = stack
        self._system = ""
        self._stages = 0
        self.directory = directory
        self.no_system = no_system or _why_no_system()

    def on_each(self, measure: Measure, name: str) -> list[Result]:
        """Return what ``measure`` finds on the embedded hypervisor, and on the system's where there can be one."""
        say("embedded hypervisor: libvirt gets to know QEMU (some seconds)")
        results = self._measured(measure, "embed", f"qemu:///embed?root={self._fresh('root')}")
        return [*results, *self.on_system(measure, f"{name} (system)")]

    def on_system(self, measure: Measure, name: str) -> list[Result]:
        """Return what ``measure`` finds on the system's hypervisor, which several processes can reach at a time."""
        if self.no_system:
            return [Missing(name, self.no_system)]
        return self._measured(measure, "system", self.system_uri())

    def system_uri(self) -> str:
        """Return the URI of the system's hypervisor, which runs from now on until the end."""
        if not self._system:
            self._system = self._stack.enter_context(system_daemon())
        return self._system

    def _measured(self, measure: Measure, name: str, uri: str) -> list[Result]:
        return in_child(partial(_on_stage, measure, name, uri, self._fresh(name)))

    def _fresh(self, name: str) -> Path:
        self._stages += 1
        return self.directory / f"{name}-{self._stages}"


def _why_no_system() -> str:
    """Return why ``qemu:///system`` cannot be measured, or nothing."""
    if os.geteuid() != 0:
        return "only root can start a system daemon, and put files where it finds them"
    return "" if SYSTEM_SOCKET.exists() else why_no_daemon()


def why_no_daemon() -> str:
    """Return why no daemon can be started, or nothing."""
    found = shutil.which("libvirtd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    return "" if found else "libvirtd is not installed (package libvirt-daemon)"


def in_child(measure: Callable[[], list[Result]]) -> list[Result]:
    """Measure in a fresh process; when this one is interrupted, wait until that one has cleaned up."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(sender, measure))
    process.start()
    sender.close()
    try:
        found: list[Result] = receiver.recv()
    except EOFError:
        raise RuntimeError("a benchmark failed, see above") from None
    except KeyboardInterrupt:
        process.terminate()
        raise
    finally:
        process.join()
        receiver.close()
    return found


def _child(sender: Connection, measure: Callable[[], list[Result]]) -> None:
    with interruptible():
        sender.send(measure())


def _on_stage(measure: Measure, name: str, uri: str, directory: Path) -> list[Result]:
    with staged(name, uri, directory) as stage:
        return measure(stage)
