"""Remember what processes are about to do in several steps."""

import json
from collections.abc import Sequence
from sqlite3 import Connection

from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.intent import Intent, IntentKind

from . import file_journal, process_rows
from .database import Database
from .owners import Owner, alive, this_process

__all__ = ["SqliteIntents", "delete", "put"]


class SqliteIntents:
    """The catalogue's undertakings; ``engine.ports.undertakings.IntentStore`` is its contract.

    Args:
        database: the catalogue's; this is closed with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, intent: Intent) -> None:
        """Record an undertaking of this process, on the disk: no file or machine is changed before it is there.

        Raises:
            BadArgument: something is undertaken with the same thing already.
        """
        with self._database.writing() as connection:
            owner = process_rows.owner_of(connection, "intent", "subject", intent.subject)
            if owner is not None:
                raise _busy(intent.subject, owner)
            _refuse_going(connection, intent.subject)
            if intent.kind is IntentKind.SWAP:
                file_journal.take(connection, [new for _, new in intent.pairs("files")])
            number = process_rows.number_of(connection, this_process())
            connection.execute(
                "INSERT INTO intent (subject, kind, payload, process) VALUES (?, ?, ?, ?)",
                (intent.subject, intent.kind.value, json.dumps(dict(intent.payload)), number),
            )

    def advance(self, intent: Intent) -> None:
        """Record how far an undertaking of this process has come, on the disk."""
        with self._database.writing() as connection:
            put(connection, intent)

    def claim(self, subject: str) -> Intent | None:
        """Return what was left undone with something, and make it this process's own.

        Raises:
            BadArgument: another living process is at it.
        """
        if self.of(subject) is None:
            return None
        with self._database.writing(durable=False) as connection:
            owner = process_rows.owner_of(connection, "intent", "subject", subject)
            if owner is not None and owner != this_process() and alive(owner):
                raise _busy(subject, owner)
            number = process_rows.number_of(connection, this_process())
            connection.execute("UPDATE intent SET process = ? WHERE subject = ?", (number, subject))
        return self.of(subject)

    def end(self, subject: str) -> None:
        """Forget what was undertaken with something."""
        with self._database.writing(durable=False) as connection:
            delete(connection, subject)

    def of(self, subject: str) -> Intent | None:
        """Return what is undertaken with something; None when there is nothing."""
        with self._database.reading() as connection:
            row = connection.execute(
                "SELECT kind, subject, payload FROM intent WHERE subject = ?", (subject,)
            ).fetchone()
        return _intent(row) if row else None

    def take_over(self) -> Sequence[Intent]:
        """Make the undertakings of processes that are gone this process's own and return them."""
        with self._database.reading() as connection:
            if not _left(connection):
                return []
        with self._database.writing() as connection:
            # Asked again under the write lock: of two processes that start together, one gets each.
            left = _left(connection)
            number = process_rows.number_of(connection, this_process())
            connection.executemany(
                "UPDATE intent SET process = ? WHERE subject = ?", [(number, row[1]) for row in left]
            )
        return [_intent(row) for row in left]


def put(connection: Connection, intent: Intent) -> None:
    """Record an undertaking of this process in place of what there is, in a transaction of the caller."""
    number = process_rows.number_of(connection, this_process())
    connection.execute(
        "INSERT OR REPLACE INTO intent (subject, kind, payload, process) VALUES (?, ?, ?, ?)",
        (intent.subject, intent.kind.value, json.dumps(dict(intent.payload)), number),
    )


def delete(connection: Connection, subject: str) -> None:
    """Forget what was undertaken with something, in a transaction of the caller."""
    connection.execute("DELETE FROM intent WHERE subject = ?", (subject,))


def _refuse_going(connection: Connection, subject: str) -> None:
    """Refuse to begin with a machine that is being made or removed, by whichever process: one of the two is first."""
    row = connection.execute(
        "SELECT name FROM clone WHERE status <> 'ready' "
        "AND (uuid = :subject OR (number = 0 AND 'template ' || template = :subject))",
        {"subject": subject},
    ).fetchone()
    if row:
        raise BadArgument("cannot work on it now", subject=row[0], why="it is being made or removed")


def _busy(subject: str, owner: Owner) -> BadArgument:
    return BadArgument(
        "cannot work on it now",
        subject=subject.removeprefix("template "),
        why=f"process {owner.pid} is changing it, or was interrupted in doing so",
        remedy="Wait until that process is done with it.",
    )


def _left(connection: Connection) -> list[tuple[str, str, str]]:
    rows = connection.execute("SELECT kind, subject, payload, process FROM intent ORDER BY subject").fetchall()
    dead = set(process_rows.dead(connection)) if rows else set()
    return [(kind, subject, payload) for kind, subject, payload, process in rows if process in dead]


def _intent(row: tuple[str, str, str]) -> Intent:
    kind, subject, payload = row
    return Intent(IntentKind(kind), subject, json.loads(payload))
