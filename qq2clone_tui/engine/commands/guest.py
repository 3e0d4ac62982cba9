"""Run a command inside a machine, and wait for it no longer than is wanted."""

import threading
from typing import Protocol

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.outcome import Ending, Outcome

__all__ = ["GuestRunner", "run_in_guest"]

_LOOK_SECONDS = 0.1
_STOP_SECONDS = 2.0
"""How long a guest may take to stop a command."""


class GuestRunner(Protocol):
    """Runs a command inside a machine."""

    def __call__(
        self, uuid: str, command: str, *, timeout_seconds: float | None, stop: threading.Event, keep_bytes: int
    ) -> Outcome:
        """Return how it ended; see ``engine.ports.guests.Guests.run``."""


def run_in_guest(
    guest: GuestRunner,
    uuid: str,
    command: str,
    *,
    timeout_seconds: float | None,
    stop: threading.Event,
    keep_bytes: int,
) -> Outcome:
    """Return how a command ended inside a machine; once ``stop`` is set it is hardly waited for any more.

    Raises:
        Qq2cloneError: whatever ``guest`` raises.
    """
    ended = threading.Event()
    outcomes: list[Outcome] = []
    faults: list[Qq2cloneError] = []

    def ask() -> None:
        try:
            outcomes.append(guest(uuid, command, timeout_seconds=timeout_seconds, stop=stop, keep_bytes=keep_bytes))
        except Qq2cloneError as fault:
            faults.append(fault)
        finally:
            ended.set()

    # A daemon: an agent that never answers may not keep this program from ending.
    threading.Thread(target=ask, name="exec-guest", daemon=True).start()
    while not ended.wait(_LOOK_SECONDS):
        if stop.is_set() and not ended.wait(_STOP_SECONDS):
            return Outcome(Ending.UNKNOWN, why="no longer waited for; it may go on inside the machine")
    for fault in faults:
        raise fault
    return outcomes[0] if outcomes else Outcome(Ending.UNKNOWN, why="how it ended cannot be known")
