"""Open the catalogue's file and run transactions on it from many threads and processes."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock

from qq2clone_tui.adapters.private_files import failure, make_directory
from qq2clone_tui.domain.errors import AccessError

from .log_sync import LogSync
from .migrations import migrate

__all__ = ["Database"]

_BUSY_SECONDS = 30.0


class Database:
    """One SQLite file in write-ahead mode, with a connection for writing and one for reading.

    Readers never wait for writers, of this process or another. Writers take the write lock at the
    start of their transaction, so what they read in it stays true until they commit.

    Args:
        path: the file; made with mode 0600, in directories of mode 0700, when it is missing.

    Raises:
        AccessError: it cannot be opened or made, is damaged, or a newer release wrote it.
        WrongFileKind: it is a database of another program.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _create(path)
        with self._translating():
            self._writer = _connect(path)
            try:
                logged = _use_write_ahead_log(self._writer)
                migrate(self._writer, path)
                if logged:  # whoever writes waits for the disk outside of the transaction: see LogSync
                    self._writer.execute("PRAGMA synchronous = NORMAL")
                self._reader = _connect(path)
            except BaseException:
                self._writer.close()
                raise
        self._write_lock, self._read_lock = Lock(), Lock()
        self._log = LogSync(path) if logged else None

    @contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        """Run one write transaction; an exception undoes all of it.

        Args:
            durable: wait for the disk, so that not even a power failure loses the transaction, nor any
                before it. Without, it may be lost then, but is never half done.
        """
        with self._write_lock, self._translating():
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("UPDATE revision SET value = value + 1")
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
        if durable:
            self._wait_for_disk()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read several tables as they were at one instant."""
        with self._read_lock, self._translating():
            try:
                self._reader.execute("BEGIN")
                yield self._reader
            finally:
                if self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file; once more does no harm."""
        with self._write_lock, self._read_lock, self._translating():
            self._reader.close()
            self._writer.close()

    def _wait_for_disk(self) -> None:
        if self._log is None:
            return  # SQLite has waited itself
        try:
            self._log.wait()
        except OSError as error:
            raise failure("cannot bring the catalogue to the disk", self.path, error) from error

    @contextmanager
    def _translating(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _translated(self.path, error) from error


def _create(path: Path) -> None:
    make_directory(path.parent)
    try:
        # SQLite would follow the umask; its -wal and -shm files take the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise failure("cannot open the catalogue", path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def _use_write_ahead_log(connection: sqlite3.Connection) -> bool:
    """Ask for the write-ahead log, and tell whether SQLite can have one where the file lies."""
    # SQLite does not wait for other openers here: https://sqlite.org/wal.html#sometimes_queries_return_sqlite_busy_in_wal_mode
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            with closing(connection.execute("PRAGMA journal_mode = WAL")) as cursor:
                return bool(cursor.fetchone()[0] == "wal")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.005)


def _translated(path: Path, error: sqlite3.Error) -> AccessError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    remedies = {
        sqlite3.SQLITE_BUSY: "Another process has been writing to it for too long; try again.",
        sqlite3.SQLITE_FULL: "Free some space on its file system.",
        # What comes of a full file system when it is SQLite's shared memory that finds no room.
        sqlite3.SQLITE_IOERR: "See whether its file system is full, then whether the disk is sound.",
        sqlite3.SQLITE_NOTADB: "Move it away to start with an empty catalogue, or restore it from a backup.",
        sqlite3.SQLITE_CORRUPT: "Move it away to start with an empty catalogue, or restore it from a backup.",
        sqlite3.SQLITE_READONLY: "Check the owner and mode of the file and its directory.",
        sqlite3.SQLITE_CANTOPEN: "Check the owner and mode of the file and its directory.",
    }
    return AccessError("cannot use the catalogue", subject=str(path), why=str(error), remedy=remedies.get(code, ""))
