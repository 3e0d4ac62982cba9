"""End a process at its n-th effect on the world: nothing after that is done, not even clearing up."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from qq2clone_tui.adapters.catalogue.database import Database
from qq2clone_tui.adapters.memory.definitions import MemoryDefinitions

from .power import Power

__all__ = ["KILLED", "Fate"]

KILLED = 77
"""Exit code of a process whose time had come."""

_FILE_EVENTS = frozenset(
    {"os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.symlink", "os.truncate", "subprocess.Popen"}
)
"""https://docs.python.org/3/library/audit_events.html"""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Fate:
    """Counts what a process does to files, catalogue and machines, and ends it just before one of these.

    Args:
        last: how many of these it may do.
    """

    def __init__(self, last: int) -> None:
        self._left = last
        self._armed = False
        self.power: Power | None = None
        """What is cut at the same moment; set before it rules."""

    def strike(self) -> None:
        """Count one effect that is about to happen."""
        if not self._armed:
            return
        if not self._left:
            self.end()
            os._exit(KILLED)
        self._left -= 1

    def end(self) -> None:
        """Rule no longer, and cut the power if that is wanted."""
        self._armed = False
        if self.power is not None:
            self.power.cut()

    def hear(self, event: str, values: tuple[Any, ...]) -> None:
        """Count effects among the interpreter's audit events; see ``sys.addaudithook``."""
        if event in _FILE_EVENTS or (event == "open" and isinstance(values[2], int) and values[2] & _WRITING):
            if event == "open" and str(values[0]).endswith(("/machines", "-wal", "-shm", "/null")):
                return
            if event == "subprocess.Popen" and values[1][1] in {"check", "info"}:
                return  # they only look
            self.strike()

    @contextmanager
    def ruling(self) -> Iterator[None]:
        """Let this fate rule whatever is done inside."""
        patched = []
        if self.power is not None:
            power = self.power
            patched += [_patch(os, "open", power.open), _patch(os, "fsync", power.fsync)]
            patched.append(_patch(MemoryDefinitions, "persist", lambda _: power.persist()))
        patched += [_patch(os, name, self._before(getattr(os, name))) for name in ("pwrite", "ftruncate", "fsync")]
        patched.append(_patch(Database, "writing", self._transaction()))
        self._armed = True
        try:
            yield
        finally:
            self._armed = False
            for undo in reversed(patched):
                undo()

    def _before(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def struck(*values: Any, **named: Any) -> Any:
            self.strike()
            return call(*values, **named)

        return struck

    def _transaction(self) -> Callable[..., AbstractContextManager[sqlite3.Connection]]:
        writing = Database.writing
        fate = self

        @contextmanager
        def struck(self: Database, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
            with writing(self, durable=durable) as connection:
                yield connection
                fate.strike()  # before the commit, so that nothing of it is kept

        return struck


def _patch(owner: object, name: str, value: object) -> Callable[[], None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    return lambda: setattr(owner, name, before)
