"""Do deeds in processes of their own, which end in the middle of it.

A small process that has loaded everything and opened nothing forks one child a deed: SQLite's files must not be open
in a process that forks, and loading everything for every deed would take a second each.
"""

import gc
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

from .deeds import KILLED, Deed, Outcome, do
from .fate import KILLED as KILLED_CODE
from .fate import Fate
from .power import Power
from .world import Opened, World

__all__ = ["Forker"]


class Forker:
    """The process that forks; one for all histories of a test."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.machine.forker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )

    def do(self, root: Path, deed: Deed, effects: int, *, cut: str = "") -> Outcome:
        """Do a deed in a process that ends before its next effect after so many.

        Args:
            root: where the world is.
            deed: what is done.
            effects: how much of it.
            cut: when the power goes at the same moment, or when all is done: ``late`` where definitions are not on
                the disk before that is waited for, else ``early``.

        Raises:
            AssertionError: it ended in a way that the product must not.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        pickle.dump((root, deed, effects, cut), self._process.stdin)
        self._process.stdin.flush()
        outcome = pickle.load(self._process.stdout)  # noqa: S301 - our own
        assert isinstance(outcome, Outcome), outcome
        return outcome

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=60)
        self._process.stdout.close()


def serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Fork a child for each deed that is asked for, until there is nobody to ask."""
    fate: list[Fate] = []
    gc.freeze()  # so that children share what is loaded with this process for as long as they live
    sys.addaudithook(lambda event, values: fate[0].hear(event, values) if fate else None)
    while True:
        try:
            root, deed, effects, cut = pickle.load(asked)  # noqa: S301 - our own
        except EOFError:
            return
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            fate.append(Fate(effects))
            _live(fate[0], World(root), deed, writing, cut=cut)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            answer = pipe.read()
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        outcome = Outcome(KILLED) if code == KILLED_CODE else pickle.loads(answer) if not code else answer.decode()  # noqa: S301
        pickle.dump(outcome, told)
        told.flush()


def _live(fate: Fate, world: World, deed: Deed, writing: int, *, cut: str) -> None:
    """Do the deed and end, without any of the things an interpreter does at its end."""
    try:
        opened = Opened(world)
        opened.hypervisor.before_change = fate.strike
        if deed.verb != "recover":
            opened.recover()
        fate.power = Power(world, late=cut == "late") if cut else None
        with fate.ruling():
            outcome = do(opened, deed)
        fate.end()
        os.write(writing, pickle.dumps(outcome))
    except BaseException:  # noqa: BLE001 - told to whoever asked
        import traceback

        os.write(writing, traceback.format_exc().encode()[:60000])
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
