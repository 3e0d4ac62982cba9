"""Type ``qq2clone`` commands as a script would: in processes of their own."""

import os
import subprocess
import sys
from pathlib import Path

SECONDS = 180


def command_line(*words: str) -> list[str]:
    """Return the words of a process that runs one command."""
    return [sys.executable, "-m", "qq2clone_tui.cli", *words]


def surroundings(home: Path) -> dict[str, str]:
    """Return an environment in which the checkout is imported and no settings of the tester's count."""
    # Where the tester has a display, machines that are started must not open windows on it.
    unasked = {"QQ2CLONE_USE_SPICE": "false"}
    return {**unasked, **os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "XDG_CONFIG_HOME": str(home)}


def run_command(home: Path, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run one command in ``home`` and check its exit code."""
    done = subprocess.run(
        command_line(*words),
        cwd=home,
        env=surroundings(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done
