"""Turn processes into rows, and find out which are gone."""

import sqlite3

from .owners import Owner, alive

__all__ = ["dead", "number_of", "owner_of"]


def number_of(connection: sqlite3.Connection, owner: Owner) -> int:
    """Return the number of a process, recording it if need be; those that own nothing any more are dropped."""
    connection.execute(
        "DELETE FROM process WHERE id NOT IN (SELECT process FROM clone WHERE process NOT NULL) "
        "AND id NOT IN (SELECT process FROM unfinished_file) "
        "AND id NOT IN (SELECT process FROM saved_state WHERE process NOT NULL) "
        "AND id NOT IN (SELECT process FROM intent)"
    )
    values = (owner.boot, owner.pid, owner.started)
    connection.execute("INSERT OR IGNORE INTO process (boot, pid, started) VALUES (?, ?, ?)", values)
    (number,) = connection.execute(
        "SELECT id FROM process WHERE boot = ? AND pid = ? AND started = ?", values
    ).fetchone()
    return int(number)


def owner_of(connection: sqlite3.Connection, table: str, key: str, value: str) -> Owner | None:
    """Return the process that a row belongs to; None when there is no such row, or it belongs to none.

    Args:
        table: a table with a column ``process``.
        key: the column that tells its rows apart.
        value: of that column.
    """
    row = connection.execute(
        f"SELECT boot, pid, started FROM {table} JOIN process ON process.id = process WHERE {key} = ?",  # noqa: S608
        (value,),
    ).fetchone()
    return Owner(*row) if row else None


def dead(connection: sqlite3.Connection) -> list[int]:
    """Return the numbers of the processes that are gone."""
    rows = connection.execute("SELECT id, boot, pid, started FROM process").fetchall()
    return [int(number) for number, *owner in rows if not alive(Owner(*owner))]
