"""Remember which files are being made or deleted, so that those of a killed process are found again."""

import sqlite3
from collections.abc import Iterable, Sequence

from qq2clone_tui.domain.errors import BadArgument

from . import process_rows
from .database import Database
from .owners import alive, this_process

__all__ = ["SqliteFileJournal", "delete", "insert", "take"]


class SqliteFileJournal:
    """The catalogue's journal; ``engine.ports.catalogue.FileJournal`` is its contract.

    Args:
        database: the catalogue's; the journal is closed with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, paths: Sequence[str]) -> None:
        """Record, on the disk, that this process makes or deletes these files.

        Raises:
            BadArgument: another living process does.
        """
        with self._database.writing() as connection:
            insert(connection, paths)

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files of this process; others are left as they are."""
        with self._database.writing(durable=False) as connection:
            delete(connection, paths)

    def ours(self) -> list[str]:
        """Return the files that this process has noted, in order of path."""
        owner = this_process()
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM unfinished_file JOIN process ON process.id = process "
                "WHERE boot = ? AND pid = ? AND started = ? ORDER BY path",
                (owner.boot, owner.pid, owner.started),
            ).fetchall()
        return [str(path) for (path,) in rows]

    def take_over(self) -> list[str]:
        """Make the files of processes that are gone this process's own and return them."""
        with self._database.reading() as connection:
            if not _left(connection):
                return []
        with self._database.writing() as connection:
            # Asked again under the write lock: of two processes that start together, one gets each file.
            left = _left(connection)
            number = process_rows.number_of(connection, this_process())
            connection.executemany(
                "UPDATE unfinished_file SET process = ? WHERE path = ?", [(number, path) for path in left]
            )
        return left


def insert(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Note files as unfinished business of this process, in a transaction of the caller.

    Raises:
        BadArgument: another living process is making or deleting one of them.
    """
    number = process_rows.number_of(connection, this_process())
    for path in paths:
        _refuse_busy(connection, path)
        connection.execute("INSERT OR REPLACE INTO unfinished_file (path, process) VALUES (?, ?)", (path, number))


def take(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Let names stand for new files from now on, so that nobody deletes those for what had the names before.

    Raises:
        BadArgument: another living process is making or deleting one of them.
    """
    for path in paths:
        _refuse_busy(connection, path)
        connection.execute("DELETE FROM unfinished_file WHERE path = ?", (path,))


def _refuse_busy(connection: sqlite3.Connection, path: str) -> None:
    owner = process_rows.owner_of(connection, "unfinished_file", "path", path)
    if owner is not None and owner != this_process() and alive(owner):
        raise BadArgument(
            "cannot use the file's name",
            subject=path,
            why=f"process {owner.pid} is making or deleting it",
            remedy="Wait until that process is done with it.",
        )


def delete(connection: sqlite3.Connection, paths: Iterable[str]) -> None:
    """Forget files of this process, in a transaction of the caller."""
    number = process_rows.number_of(connection, this_process())
    connection.executemany(
        "DELETE FROM unfinished_file WHERE path = ? AND process = ?", [(path, number) for path in paths]
    )


def _left(connection: sqlite3.Connection) -> list[str]:
    dead = set(process_rows.dead(connection))
    rows = connection.execute("SELECT path, process FROM unfinished_file ORDER BY path").fetchall()
    return [str(path) for path, process in rows if process in dead]
