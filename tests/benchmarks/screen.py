"""Measure the full-screen app as a person sees it: on a terminal, beside another program that changes things."""

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qq2clone_tui.adapters.libvirt.binding import libvirt
from qq2clone_tui.adapters.libvirt.event_loop import ensure_running
from tests.real.daemons import session_daemon

from .empty_app import READY
from .figures import Figure, Missing, Result
from .hypervisors import Ground, why_no_daemon
from .stage import TEMPLATE, run, staged
from .terminal import Terminal
from .watch import say

__all__ = ["measure"]

MACHINES = 1000
STARTS = 9
CHANGES = 20


@dataclass(frozen=True)
class _Fleet:
    """A thousand clones on a daemon of the benchmark's own.

    Args:
        other: the connection of the other program.
        arguments: the options with which the app shows the same machines.
        bytecode: directory for what Python compiles.
    """

    other: Any
    arguments: tuple[str, ...]
    bytecode: Path

    def app(self) -> Terminal:
        """Start the app on a terminal."""
        return self.program("qq2clone_tui", *self.arguments)

    def program(self, module: str, *arguments: str) -> Terminal:
        """Start a program on a terminal, compiled once as an installed one is."""
        env = {"PYTHONPYCACHEPREFIX": str(self.bytecode), "PYTHONDONTWRITEBYTECODE": ""}
        return Terminal([sys.executable, "-m", module, *arguments], env)


def measure(ground: Ground) -> list[Result]:
    """Return the figures of the full-screen app."""
    reason = why_no_daemon()
    if reason:
        return [Missing("the full-screen app", reason)]
    with _fleet(ground) as fleet:
        return [*_first_table(fleet), *_changes(fleet)]


@contextmanager
def _fleet(ground: Ground) -> Iterator[_Fleet]:
    """Make the machines through the product, on libvirt's test driver: its changes take no time of their own."""
    with session_daemon() as daemon:
        uri = daemon.uri()
        ensure_running()
        other = libvirt.open(uri)  # this driver forgets everything with its last connection
        try:
            with staged("test", uri, ground.directory / "screen", domain_type="test") as stage:
                say(f"making {MACHINES} clones")
                run(stage.session, stage.session.plan_clone(TEMPLATE, MACHINES))
                yield _Fleet(other, stage.arguments, ground.directory / "bytecode")
        finally:
            other.close()


def _first_table(fleet: _Fleet) -> list[Result]:
    empty, full, memory = [], [], []
    for number in range(STARTS):
        with fleet.program("tests.benchmarks.empty_app") as terminal:
            empty.append(terminal.until(lambda text: READY in text) - terminal.began)
        with fleet.app() as terminal:
            full.append(terminal.until(_is_full) - terminal.began)
            memory.append(terminal.resident_mib)
        say(f"{number + 1}/{STARTS}: empty app {empty[-1] * 1000:.0f} ms, full table {full[-1] * 1000:.0f} ms")
    # The best of each: what made others slower was compiling, or the host's other work.
    ours, theirs = min(full), min(empty)
    note = f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms, from the start of the process"
    return [
        Figure(f"first table of {MACHINES} clones : empty app", ours / theirs, 2.5, at_most=True, note=note),
        Figure(f"memory with {MACHINES} clones", max(memory), 200, unit="MB", at_most=True),
    ]


def _changes(fleet: _Fleet) -> list[Result]:
    domains = [fleet.other.lookupByName(f"{TEMPLATE}-{number}") for number in range(1, MACHINES + 1)]
    with fleet.app() as terminal:
        terminal.until(_is_full)
        terminal.settle()
        single = sorted(_one_change(terminal, domains[number % 3], number % 3 + 1) for number in range(CHANGES))
        burst = _burst(terminal, domains)
    note = f"fastest {single[0] * 1000:.0f}, slowest {single[-1] * 1000:.0f} ms"
    name = f"change by another program on the screen, {CHANGES - 1} of {CHANGES}"
    return [
        Figure(name, single[-2] * 1000, 300, unit="ms", at_most=True, note=note),
        Figure(f"{MACHINES} such changes, after the last", burst * 1000, 1000, unit="ms", at_most=True),
    ]


def _one_change(terminal: Terminal, domain: Any, number: int) -> float:
    wanted = "off" if domain.isActive() else "running"
    began = time.monotonic()
    _toggle(domain)
    return terminal.until(lambda text: _state_of(text, number) == wanted) - began


def _burst(terminal: Terminal, domains: list[Any]) -> float:
    """Change every machine as fast as can be; return how long after the last change all is right."""
    began = time.monotonic()
    for domain in domains:
        _toggle(domain)
    ended = time.monotonic()
    up = sum(domain.isActive() for domain in domains)
    late = terminal.until(lambda text: _count_of(text, "running") == up and _count_of(text, "off") == len(domains) - up)
    say(f"{len(domains)} changes in {ended - began:.2f} s; all on the screen {(late - ended) * 1000:.0f} ms later")
    return max(0.0, late - ended)


def _toggle(domain: Any) -> None:
    if domain.isActive():
        domain.destroy()
    else:
        domain.create()


def _is_full(text: str) -> bool:
    """Tell whether the machines are all counted and the first rows are drawn."""
    return _count_of(text, "off") + _count_of(text, "running") == MACHINES and _state_of(text, 1) != ""


def _count_of(text: str, state: str) -> int:
    """Return how many machines the tree shows in a state."""
    found = re.search(rf"^│   \S {state} +(\d+) │", text, re.MULTILINE)
    return int(found[1]) if found else 0


def _state_of(text: str, number: int) -> str:
    """Return the state in the row of a machine, empty when there is no such row."""
    found = re.search(rf" {TEMPLATE}-{number} +\S (\w+)", text)
    return found[1] if found else ""
