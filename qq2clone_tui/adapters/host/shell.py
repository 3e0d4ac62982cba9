"""Run command lines of the user's in bash."""

import os
import threading
from collections.abc import Callable, Mapping

from qq2clone_tui.adapters.processes.captured import find_program
from qq2clone_tui.adapters.processes.streamed import Ended, stream
from qq2clone_tui.domain.outcome import Ending, Outcome, Output
from qq2clone_tui.engine.commands.kept_output import KeptOutput

__all__ = ["HostShell"]


class HostShell:
    """The bash of this host; implements ``engine.ports.shell.Shell``."""

    def check(self) -> None:
        """Raise MissingProgram unless bash is there."""
        find_program("bash")

    def run(
        self,
        command: str,
        variables: Mapping[str, str],
        *,
        timeout_seconds: float | None,
        stop: threading.Event,
        keep_bytes: int,
        on_output: Callable[[bool, bytes], None] | None = None,
    ) -> Outcome:
        """Run a command line to its end; of what it prints, the beginning and the end are kept."""
        kept = {False: KeptOutput(keep_bytes), True: KeptOutput(keep_bytes)}

        def take(is_error: bool, piece: bytes) -> None:
            kept[is_error].take(piece)
            if on_output is not None:
                on_output(is_error, piece)

        ended = stream(
            ["bash", "-c", command],
            take,
            env={**os.environ, **variables},
            timeout_seconds=timeout_seconds,
            stop=stop,
        )
        return _outcome(ended, kept[False].output(), kept[True].output(), timeout_seconds)


def _outcome(ended: Ended, stdout: Output, stderr: Output, timeout_seconds: float | None) -> Outcome:
    ending, code, why = Ending.EXITED, ended.returncode, ""
    if ended.timed_out:
        ending, code, why = Ending.TIMED_OUT, 0, f"it was stopped after {timeout_seconds:g} s"
    elif ended.stopped:
        ending, code, why = Ending.UNKNOWN, 0, "stopped"
    elif ended.returncode < 0:
        ending, code = Ending.SIGNALLED, -ended.returncode
    return Outcome(ending, code, stdout, stderr, ended.seconds, why)
