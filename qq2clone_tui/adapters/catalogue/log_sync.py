"""Bring the catalogue's log to the disk, once for all transactions that wait for it at a time.

SQLite's own way (``synchronous = FULL``) waits inside each transaction, so that of sixteen threads one after
another waits for a disk that may take ten milliseconds. Here a transaction lets go of the catalogue first; one
of the threads that wait then syncs the log for all whose transactions are in it by that time.

Source: what has to be on the disk for a transaction to last: https://sqlite.org/wal.html#performance_considerations
"""

import os
import threading
from pathlib import Path

__all__ = ["LogSync"]


class LogSync:
    """Syncs the write-ahead log of one database.

    Args:
        database: the database's file; its log lies beside it.
    """

    def __init__(self, database: Path) -> None:
        self._log = database.with_name(f"{database.name}-wal")
        self._turn = threading.Condition()
        self._asked = self._done = self._failed = 0
        self._why = OSError()
        self._busy = False
        self._named = False

    def wait(self) -> None:
        """Return once everything that this thread has committed is on the disk.

        Raises:
            OSError: the system could not bring it there.
        """
        with self._turn:
            self._asked += 1
            mine = self._asked
            while self._busy and max(self._done, self._failed) < mine:
                self._turn.wait()
            if self._settled(mine):
                return
            self._busy, until = True, self._asked
        done, failed, why = 0, 0, OSError()
        try:
            self._sync()
            done = until
        except OSError as error:
            # The system tells it once; a second try may succeed though the pages are lost: fsync(2), NOTES.
            failed, why = until, error
            raise
        finally:
            with self._turn:
                self._busy, self._done = False, max(self._done, done)
                if failed:
                    self._failed, self._why = failed, why
                self._turn.notify_all()

    def _settled(self, mine: int) -> bool:
        if self._done >= mine:
            return True
        if self._failed >= mine:
            raise self._why
        return False

    def _sync(self) -> None:
        # SQLite's locks are on its other files: closing this one gives none of them up.
        _sync(self._log)
        if not self._named:
            _sync(self._log.parent)  # the log is a new file, and its name has to last as well
            self._named = True


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
