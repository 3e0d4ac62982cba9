"""Declare how a command of the user's is run on this host."""

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

from qq2clone_tui.domain.outcome import Outcome

__all__ = ["OnOutput", "Shell"]

OnOutput = Callable[[bool, bytes], None]
"""Gets what a command prints as it comes: (is it standard error, bytes)."""


class Shell(Protocol):
    """The host's shell."""

    def check(self) -> None:
        """Raise MissingProgram unless the shell is there."""

    def run(
        self,
        command: str,
        variables: Mapping[str, str],
        *,
        timeout_seconds: float | None,
        stop: threading.Event,
        keep_bytes: int,
        on_output: OnOutput | None = None,
    ) -> Outcome:
        """Run a command line to its end.

        Args:
            command: what the user wrote, for the shell as it is.
            variables: added to the environment.
            timeout_seconds: seconds after which it is stopped; None for never.
            stop: set to stop it.
            keep_bytes: bytes of each stream that are kept, of very much the beginning and the end.
            on_output: also gets what it prints as it comes.
        """
