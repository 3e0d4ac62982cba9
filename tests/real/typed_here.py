"""Type ``qq2clone`` commands without a process for each: the tester's own process holds the embedded hypervisor."""

import io
import shlex
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from qq2clone_tui.cli.main import main

__all__ = ["Said", "TypedHere"]


@dataclass(frozen=True)
class Said:
    """What a command wrote."""

    stdout: str
    stderr: str


class TypedHere:
    """Runs commands in this process, as a script would.

    Args:
        uri: of the hypervisor.
        home: a directory for the catalogue and the clones' disks; no settings of the tester's count.
        environment: undone by whoever made it.
    """

    def __init__(self, uri: str, home: Path, environment: pytest.MonkeyPatch) -> None:
        environment.setenv("XDG_CONFIG_HOME", str(home))
        environment.setenv("QQ2CLONE_USE_SPICE", "false")
        self._options = ["-c", uri, "--data-dir", str(home / "data"), "-s", str(home / "images")]

    def __call__(self, line: str, code: int = 0) -> Said:
        """Run one line and check its exit code."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            ended = main([*self._options, *shlex.split(line)])
        said = Said(out.getvalue(), err.getvalue())
        assert ended == code, (line, ended, said)
        assert "Traceback" not in said.stderr
        return said
