"""Remember the files that hold the memory of clones."""

import json
import sqlite3
from collections.abc import Sequence

from qq2clone_tui.domain.clone import SavedState
from qq2clone_tui.domain.errors import BadArgument

from . import process_rows
from .database import Database
from .owners import this_process

__all__ = ["SqliteSavedStates", "select"]

_LAST = 1_000_000
"""Position of a state file among its clone's files: after every image."""


class SqliteSavedStates:
    """The catalogue's state files; ``engine.ports.annotations.SavedStateStore`` is its contract.

    Args:
        database: the catalogue's; this is closed with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, uuid: str, saved: SavedState) -> None:
        """Record the state file of a clone, as one of its files too.

        Raises:
            BadArgument: the clone has another one, or the path is somebody's already.
        """
        with self._database.writing() as connection:
            try:
                connection.execute(
                    "INSERT INTO file (path, clone, position) VALUES (?, ?, ?) "
                    "ON CONFLICT (path) DO UPDATE SET position = position WHERE clone = excluded.clone",
                    (saved.path, uuid, _LAST),
                )
                connection.execute(
                    "INSERT INTO saved_state (clone, path, disks) VALUES (?, ?, ?) "
                    "ON CONFLICT (clone) DO UPDATE SET disks = excluded.disks, process = NULL "
                    "WHERE path = excluded.path",
                    (uuid, saved.path, json.dumps(saved.disks)),
                )
            except sqlite3.IntegrityError as error:
                raise _taken(saved.path) from error
            if select(connection).get(uuid, SavedState("")).path != saved.path:
                raise _taken(saved.path)

    def begin_restoring(self, uuid: str) -> None:
        """Record that this process is putting the state back."""
        with self._database.writing() as connection:
            number = process_rows.number_of(connection, this_process())
            connection.execute("UPDATE saved_state SET process = ? WHERE clone = ?", (number, uuid))

    def end_restoring(self, uuid: str) -> None:
        """Record that nobody is."""
        with self._database.writing() as connection:
            connection.execute("UPDATE saved_state SET process = NULL WHERE clone = ?", (uuid,))

    def drop(self, uuid: str) -> None:
        """Forget the state file of a clone, also as one of its files."""
        with self._database.writing(durable=False) as connection:
            connection.execute("DELETE FROM file WHERE path IN (SELECT path FROM saved_state WHERE clone = ?)", (uuid,))

    def interrupted(self) -> Sequence[str]:
        """Return the clones whose state was being put back by a process that is gone."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT clone, process FROM saved_state WHERE process NOT NULL").fetchall()
            dead = set(process_rows.dead(connection)) if rows else set()
        return [str(clone) for clone, process in rows if process in dead]


def select(connection: sqlite3.Connection) -> dict[str, SavedState]:
    """Return every state file by the UUID of its clone."""
    return {
        str(clone): SavedState(str(path), tuple((str(disk), str(stamp)) for disk, stamp in json.loads(disks)))
        for clone, path, disks in connection.execute("SELECT clone, path, disks FROM saved_state")
    }


def _taken(path: str) -> BadArgument:
    return BadArgument("cannot save the machine", subject=path, why="the file belongs to something else already")
