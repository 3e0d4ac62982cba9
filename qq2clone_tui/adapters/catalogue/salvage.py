"""Tell what a catalogue holds and what was left half done in it, and take lost records back."""

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.intent import IntentKind, template_subject
from qq2clone_tui.engine.ports.salvage import Leftover

from . import clone_rows, process_rows, template_rows
from .database import Database
from .owners import this_process
from .template_files import TemplateFiles

__all__ = ["SqliteSalvage"]

_UNDER_WAY: Mapping[str, str] = {
    IntentKind.SWAP: "other disks were being put into it",
    IntentKind.COMMIT: "its next version was being made",
    IntentKind.IN_PLACE: "its staging machine was being written into its image",
    IntentKind.PROMOTE: "a template was being made of it",
    IntentKind.CHECKPOINT: "a checkpoint of it was being made, gone back to or deleted",
    IntentKind.MERGE: "images were being put on top of one another",
}


class SqliteSalvage:
    """The catalogue's own state; ``engine.ports.salvage.SalvageStore`` is its contract.

    Args:
        database: the catalogue's; this is closed with it.
        files: the XML files of its templates.
    """

    def __init__(self, database: Database, files: TemplateFiles) -> None:
        self._database = database
        self._files = files

    def adopt(self, records: Sequence[CloneRecord]) -> None:
        """Record clones that exist already as whole, all or none."""
        if not records:
            return
        with self._database.writing() as connection:
            for name in {record.identity.template for record in records}:
                if not connection.execute("SELECT 1 FROM template WHERE name = ?", (name,)).fetchone():
                    raise template_rows.unknown(name)
            whole = [replace(record, status=CloneStatus.READY) for record in records]
            clone_rows.insert(connection, whole, this_process())
            clone_rows.set_status(connection, [record.identity.uuid for record in whole], CloneStatus.READY, None)

    def recorded_files(self) -> frozenset[str]:
        """Return every path that is recorded as anybody's own, is being made or deleted, or makes up a version."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path FROM file UNION SELECT path FROM unfinished_file "
                "UNION SELECT image FROM template_disk UNION SELECT path FROM state_file"
            ).fetchall()
            intents = connection.execute("SELECT payload FROM intent").fetchall()
        named = (text for (payload,) in intents for text in str(payload).split('"') if text.startswith("/"))
        return frozenset((*(str(path) for (path,) in rows), *named))

    def leftovers(self) -> Sequence[Leftover]:
        """Return what processes that are gone left half done."""
        with self._database.reading() as connection:
            dead = frozenset(process_rows.dead(connection))
            return [
                *(_of_clone(record) for record in clone_rows.abandoned(connection)),
                *_of_files(connection, dead),
                *_of_intents(connection, dead),
                *_of_states(connection, dead),
            ]

    def kept_templates(self) -> Mapping[str, str]:
        """Return the domain XML of every file among the templates' that no template has."""
        with self._database.reading() as connection:
            known = {str(name) for (name,) in connection.execute("SELECT name FROM template")}
        return self._files.strays(known)


def _of_clone(record: CloneRecord) -> Leftover:
    done = "made" if record.status is CloneStatus.MAKING else "removed"
    one = record.identity
    return Leftover(one.name, one.uuid, f"it was only half {done}", one.template)


def _of_files(connection: sqlite3.Connection, dead: frozenset[int]) -> list[Leftover]:
    rows = connection.execute("SELECT path, process FROM unfinished_file ORDER BY path").fetchall()
    return [Leftover(str(path), str(path), "it was being made or deleted") for path, process in rows if process in dead]


def _of_intents(connection: sqlite3.Connection, dead: frozenset[int]) -> list[Leftover]:
    rows = connection.execute(
        "SELECT subject, kind, intent.process, name, template FROM intent "
        "LEFT JOIN clone ON uuid = subject ORDER BY subject"
    ).fetchall()
    return [
        Leftover(
            str(name or subject),
            str(subject),
            _UNDER_WAY.get(str(kind), "it was being changed"),
            str(template or str(subject).removeprefix(template_subject(""))),
        )
        for subject, kind, process, name, template in rows
        if process in dead
    ]


def _of_states(connection: sqlite3.Connection, dead: frozenset[int]) -> list[Leftover]:
    rows = connection.execute(
        "SELECT name, clone.uuid, template, saved_state.process FROM saved_state "
        "JOIN clone ON clone.uuid = saved_state.clone WHERE saved_state.process NOT NULL"
    ).fetchall()
    return [
        Leftover(str(name), str(uuid), "its memory was being put back", str(template))
        for name, uuid, template, process in rows
        if process in dead
    ]
