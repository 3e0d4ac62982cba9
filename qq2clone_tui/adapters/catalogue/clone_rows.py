"""Turn clones into rows and back, and find out which were left unfinished."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence

from qq2clone_tui.domain.clone import CloneIdentity, CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import AccessError, BadArgument

from . import process_rows, saved_states
from .owners import Owner, alive

__all__ = ["abandoned", "delete", "insert", "refuse_busy", "select", "select_one", "set_erase", "set_status"]

_COLUMNS = "uuid, template, version, number, name, status, created_at, ephemeral, detached"


def insert(connection: sqlite3.Connection, records: Sequence[CloneRecord], owner: Owner) -> None:
    """Add clones, their MAC addresses and their files, as unfinished business of a process.

    Raises:
        AccessError: a UUID, MAC address or file belongs to another clone already.
    """
    process = process_rows.number_of(connection, owner)
    try:
        connection.executemany(
            f"INSERT INTO clone ({_COLUMNS}, process) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            [
                (
                    *(one.uuid, one.template, one.version, one.number, one.name, record.status, record.created_at),
                    *(record.ephemeral, record.detached, process),
                )
                for record in records
                for one in (record.identity,)
            ],
        )
        connection.executemany(
            "INSERT INTO mac (address, clone, position) VALUES (?, ?, ?)",
            [(mac, one.identity.uuid, at) for one in records for at, mac in enumerate(one.identity.macs)],
        )
        connection.executemany(
            "INSERT INTO file (path, clone, position) VALUES (?, ?, ?)",
            [(path, one.identity.uuid, at) for one in records for at, path in enumerate(one.files)],
        )
    except sqlite3.IntegrityError as error:
        raise AccessError(
            "cannot record the clones", subject=records[0].identity.template, why=f"the catalogue refused ({error})"
        ) from error


def select(connection: sqlite3.Connection, template: str | None = None) -> list[CloneRecord]:
    """Return the clones of one template or of all, ordered by template and number."""
    if template is None:
        return _records(connection, "TRUE", ())
    return _records(connection, "template = ?", (template,))


def select_one(connection: sqlite3.Connection, uuid: str) -> CloneRecord | None:
    """Return one clone, or None when there is none with this UUID."""
    found = _records(connection, "uuid = ?", (uuid,))
    return found[0] if found else None


def set_erase(connection: sqlite3.Connection, uuids: Iterable[str], erase: str) -> None:
    """Record how the clones' files are overwritten; what was recorded of an interrupted removal counts as well."""
    if erase:
        connection.executemany("UPDATE clone SET erase = ? WHERE uuid = ?", [(erase, uuid) for uuid in uuids])


def set_status(connection: sqlite3.Connection, uuids: Iterable[str], status: CloneStatus, owner: Owner | None) -> None:
    """Record how far the clones have got, and which process is at them (None: no one)."""
    process = process_rows.number_of(connection, owner) if owner else None
    connection.executemany(
        "UPDATE clone SET status = ?, process = ? WHERE uuid = ?", [(status, process, uuid) for uuid in uuids]
    )


_BUSY = """SELECT name, boot, pid, started FROM clone JOIN process ON process.id = clone.process
WHERE uuid = :uuid AND status <> 'ready'
UNION ALL
SELECT name, boot, pid, started FROM clone JOIN intent
ON subject = uuid OR (number = 0 AND subject = 'template ' || template)
JOIN process ON process.id = intent.process WHERE uuid = :uuid"""
"""Who is making or removing a clone, gives it other disks, or makes something else of it."""


def refuse_busy(connection: sqlite3.Connection, uuids: Iterable[str], but_for: Owner) -> None:
    """Raise BadArgument when a living process other than ``but_for`` is at work on one of the clones."""
    for uuid in uuids:
        for name, *owned_by in connection.execute(_BUSY, {"uuid": uuid}).fetchall():
            owner = Owner(*owned_by)
            if owner != but_for and alive(owner):
                raise BadArgument(
                    "cannot remove the machine",
                    subject=name,
                    why=f"process {owner.pid} is making, changing or removing it",
                    remedy="Wait until that process is done with it.",
                )


def delete(connection: sqlite3.Connection, uuids: Iterable[str]) -> None:
    """Drop the clones' rows with their MAC addresses and files; unknown ones are no error."""
    connection.executemany("DELETE FROM clone WHERE uuid = ?", [(uuid,) for uuid in uuids])


def abandoned(connection: sqlite3.Connection) -> list[CloneRecord]:
    """Return the unfinished clones that no living process is at."""
    dead = process_rows.dead(connection)
    marks = ", ".join("?" * len(dead))
    return _records(
        connection,
        f"status <> 'ready' AND (process IS NULL OR process IN ({marks}))",
        tuple(dead),
    )


def _records(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[CloneRecord]:
    rows = connection.execute(
        f"SELECT {_COLUMNS}, erase FROM clone WHERE {where} ORDER BY template, number",  # noqa: S608
        values,
    ).fetchall()
    macs, files = (
        _grouped(
            connection.execute(
                f"SELECT clone, {column} FROM {table} WHERE clone IN (SELECT uuid FROM clone WHERE {where}) "  # noqa: S608
                "ORDER BY clone, position",
                values,
            )
        )
        for table, column in (("mac", "address"), ("file", "path"))
    )
    saved = saved_states.select(connection)
    return [
        CloneRecord(
            CloneIdentity(template, version, number, name, uuid, tuple(macs.get(uuid, ()))),
            CloneStatus(status),
            tuple(files.get(uuid, ())),
            created_at,
            saved.get(uuid),
            erase,
            bool(ephemeral),
            bool(detached),
        )
        for uuid, template, version, number, name, status, created_at, ephemeral, detached, erase in rows
    ]


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for uuid, value in pairs:
        groups[uuid].append(value)
    return groups
