"""Type at a command that has a terminal of its own."""

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from .typed_commands import surroundings

SECONDS = 60


class Typist:
    """One command on a terminal, and what it has shown so far.

    Args:
        words: the command.
        home: its working directory, and where its settings are.
        environ: what else its environment holds.
    """

    def __init__(self, words: Sequence[str], home: Path, environ: Mapping[str, str]) -> None:
        self._master, slave = pty.openpty()
        try:
            self._process = subprocess.Popen(
                words, cwd=home, env={**surroundings(home), **environ},
                stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(slave)
        self._seen = ""

    def __enter__(self) -> "Typist":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def wait_for(self, text: str) -> None:
        """Wait until a text is shown, however its lines are broken."""
        deadline = time.monotonic() + SECONDS
        while text not in " ".join(self._seen.split()):
            left = deadline - time.monotonic()
            assert left > 0, f"{text!r} did not come; there was {self._seen!r}"
            assert self._read(left), f"it ended before {text!r}; there was {self._seen!r}"

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def exit_code(self) -> int:
        """Wait for its end."""
        while self._read(SECONDS):
            continue
        return self._process.wait(SECONDS)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._master, 4096)
        except OSError:
            return False  # Linux says so of a terminal whose last process has ended
        self._seen += data.decode(errors="replace")
        return bool(data)
