"""Start one viewer and watch whether it reaches the console.

Whether it got there is told by the hypervisor: QEMU reports every client of its graphics, which holds for
TCP, TLS and UNIX sockets, for connections that libvirt hands over or that come through ssh, and for
viewers that are wrapped in scripts. The sockets of the viewer's own process would not show all these.
"""

import threading
import time
from dataclasses import dataclass

from qq2clone_tui.domain.errors import NoGraphics, Qq2cloneError
from qq2clone_tui.domain.viewers import Place, Screen, ViewerCall, place_of
from qq2clone_tui.engine.ports.viewers import ClientPhase, Graphics, RunningViewer, Viewers

__all__ = ["Launch", "Outcome", "launch"]

EARLY_SECONDS = 1.5
"""A viewer that ends within this time of its start has failed, whatever it did before."""

_POLL_SECONDS = 0.05
_MOST_WORDS = 600


@dataclass(frozen=True)
class Launch:
    """A viewer to start.

    Args:
        viewers, graphics: what starts it, and what tells of the clients that come.
        screen: the console to show.
        call: the program and its arguments.
        knocked: the TCP port from which it was tried whether the console answers; 0 for none.
    """

    viewers: Viewers
    graphics: Graphics
    screen: Screen
    call: ViewerCall
    knocked: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a start went: the viewer while there is one, what it printed, the error if it failed."""

    running: RunningViewer | None = None
    words: str = ""
    error: Qq2cloneError | None = None


class _Clients:
    """Takes note whether a client has come; one that still asks its user for a password counts.

    Args:
        knocked: the port of a client of our own, which does not count.
    """

    def __init__(self, knocked: int) -> None:
        self._knocked = knocked
        self.there = False

    def heard(self, phase: ClientPhase, port: int) -> None:
        """Take note; called on the event thread."""
        ours = bool(self._knocked) and port == self._knocked
        self.there = self.there or (phase is not ClientPhase.GONE and not ours)


def launch(what: Launch, timeout_seconds: float, stop: threading.Event) -> Outcome:
    """Start a viewer and return once it has connected, has ended, or was given up.

    Args:
        what: the viewer and the console.
        timeout_seconds: seconds within which it has to connect.
        stop: set to wait no longer.
    """
    clients = _Clients(what.knocked)
    unwatch = what.graphics.watch(what.screen.uuid, clients.heard)
    try:
        running = what.viewers.start(what.call, what.screen.name)
        try:
            error = _watched(what, running, clients if unwatch else None, timeout_seconds, stop)
        finally:
            running.settle()
    finally:
        if unwatch is not None:
            unwatch()
    return Outcome(running, running.words(), error)


def _watched(
    what: Launch, running: RunningViewer, clients: _Clients | None, timeout_seconds: float, stop: threading.Event
) -> Qq2cloneError | None:
    began = time.monotonic()
    while True:
        status = running.status()
        if status is not None:
            return _ended(what, running, status)
        age = time.monotonic() - began
        if age >= EARLY_SECONDS and (clients is None or clients.there):
            return None
        if age >= max(timeout_seconds, EARLY_SECONDS) or stop.wait(_POLL_SECONDS):
            return _never(what, running, timeout_seconds)


def _ended(what: Launch, running: RunningViewer, status: int) -> Qq2cloneError:
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    said = _printable_end(running.words())
    return NoGraphics(
        "the viewer ended at once for",
        subject=what.screen.name,
        why=f"{what.call.viewer.value} {how}" + (f": {said}" if said else " and said nothing"),
        remedy=f"All that it said is in {running.log}." if running.log else "",
    )


def _never(what: Launch, running: RunningViewer, timeout_seconds: float) -> Qq2cloneError:
    # One that goes through ssh may be asking for a password, which takes as long as it takes.
    stays = place_of(what.screen.uri) is Place.REMOTE
    if not stays:
        running.end()
    said = _printable_end(running.words())
    return NoGraphics(
        "the viewer did not connect to the console of",
        subject=what.screen.name,
        why=f"{what.call.viewer.value} was given {timeout_seconds:g} seconds" + (f": {said}" if said else ""),
        remedy="It still runs and may be asking something." if stays else "It was ended; spice_timeout is the setting.",
    )


def _printable_end(text: str) -> str:
    words = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return words[-_MOST_WORDS:]
