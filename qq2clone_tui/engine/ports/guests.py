"""Declare what can be done inside machines, through an agent that runs in them."""

import threading
from typing import Protocol

from qq2clone_tui.domain.outcome import Outcome

__all__ = ["Guests"]


class Guests(Protocol):
    """The insides of running machines."""

    def run(
        self,
        uuid: str,
        command: str,
        *,
        timeout_seconds: float | None = None,
        stop: threading.Event | None = None,
        keep_bytes: int = 1 << 20,
    ) -> Outcome:
        """Run a command with a machine's own shell and return how it ended.

        Args:
            uuid: the machine.
            command: a line for ``/bin/sh -c``, or for ``cmd.exe /c``; handed over as it is.
            timeout_seconds: seconds after which it is killed inside the machine; None for never.
            stop: set from another thread to kill it and come back soon.
            keep_bytes: most bytes to bring from each of its streams.

        Raises:
            HypervisorError: there is no agent, or it does not run commands; nothing was run.
        """
