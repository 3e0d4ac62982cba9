"""Measure whole processes: how long whoever types a command waits for the prompt to come back."""

import shutil
import subprocess
import sys
from functools import partial

from .figures import Figure, Missing, Result
from .hypervisors import Ground
from .stage import TEMPLATE, Stage, run
from .watch import Seconds, median, say, timed

__all__ = ["measure"]

COUNT = 1000
ROUNDS = 9
_MOST_BEHIND_VIRSH = 250
_MOST_BEHIND_PYTHON = 150
_LIST = f"list of {COUNT} clones, longer than virsh list --all"
_HELP = "--help, longer than python -c pass"
_PROGRAM = (sys.executable, "-m", "qq2clone_tui.cli")


def measure(ground: Ground) -> list[Result]:
    """Return the figures of commands."""
    return [_help(), *ground.on_system(_list, _LIST)]


def _help() -> Result:
    ours, theirs = _in_turns([*_PROGRAM, "--help"], [sys.executable, "-c", "pass"])
    return _longer(_HELP, ours, theirs, _MOST_BEHIND_PYTHON)


def _list(stage: Stage) -> list[Result]:
    if shutil.which("virsh") is None:
        return [Missing(_LIST, "virsh is not installed (package libvirt-clients)")]
    session = stage.session
    run(session, session.plan_clone(TEMPLATE, COUNT))
    ours = [*_PROGRAM, *stage.arguments, "list"]
    shown = subprocess.run(ours, capture_output=True, text=True, check=True).stdout.splitlines()
    if len(shown) != COUNT + 1:
        raise RuntimeError(f"the list has {len(shown)} lines")
    return [_longer(_LIST, *_in_turns(ours, ["virsh", "-c", session.uri, "list", "--all"]), _MOST_BEHIND_VIRSH)]


def _in_turns(ours: list[str], theirs: list[str]) -> tuple[Seconds, Seconds]:
    """Return how long two commands take, run in turns so that whatever else the host does meets both."""
    pairs = [(timed(partial(_wait_for, ours)), timed(partial(_wait_for, theirs))) for _ in range(ROUNDS)]
    return median([our for our, _ in pairs]), median([their for _, their in pairs])


def _wait_for(words: list[str]) -> None:
    subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def _longer(name: str, ours: Seconds, theirs: Seconds, most: int) -> Figure:
    say(f"{name}: {ours:.3f} s against {theirs:.3f} s")
    note = f"{ours * 1000:.0f} ms against {theirs * 1000:.0f} ms"
    return Figure(name, (ours - theirs) * 1000, most, "ms", at_most=True, note=note)
