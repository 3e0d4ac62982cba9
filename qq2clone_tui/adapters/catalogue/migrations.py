"""Bring a catalogue of any age to the newest schema, one numbered step after another."""

import sqlite3
from pathlib import Path

from qq2clone_tui.domain.errors import AccessError, WrongFileKind

__all__ = ["APPLICATION_ID", "MIGRATIONS", "migrate"]

APPLICATION_ID = 0x51513243
"""Marks a database as ours ("QQ2C"): https://sqlite.org/pragma.html#pragma_application_id."""

# Step N takes a catalogue from user_version N-1 to N. Steps are never changed once released.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        f"PRAGMA application_id = {APPLICATION_ID}",
        """CREATE TABLE template (
            name TEXT PRIMARY KEY CHECK (name <> ''),
            version INTEGER NOT NULL CHECK (version > 0),
            xml TEXT NOT NULL,
            source TEXT NOT NULL,
            created_at REAL NOT NULL,
            options TEXT NOT NULL
        ) STRICT""",
        """CREATE TABLE template_disk (
            template TEXT NOT NULL REFERENCES template (name) ON UPDATE CASCADE ON DELETE CASCADE,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL,
            target TEXT NOT NULL,
            image TEXT NOT NULL,
            format TEXT NOT NULL,
            virtual_size INTEGER NOT NULL,
            policy TEXT NOT NULL,
            owned INTEGER NOT NULL,
            PRIMARY KEY (template, version, position)
        ) STRICT""",
        """CREATE TABLE process (
            id INTEGER PRIMARY KEY,
            boot TEXT NOT NULL,
            pid INTEGER NOT NULL,
            started INTEGER NOT NULL,
            UNIQUE (boot, pid, started)
        ) STRICT""",
        """CREATE TABLE clone (
            uuid TEXT PRIMARY KEY,
            template TEXT NOT NULL REFERENCES template (name) ON UPDATE CASCADE ON DELETE RESTRICT,
            version INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number > 0),
            name TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL CHECK (status IN ('making', 'ready', 'removing')),
            process INTEGER REFERENCES process (id),
            created_at REAL NOT NULL,
            UNIQUE (template, number)
        ) STRICT""",
        """CREATE TABLE mac (
            address TEXT PRIMARY KEY COLLATE NOCASE,
            clone TEXT NOT NULL REFERENCES clone (uuid) ON DELETE CASCADE,
            position INTEGER NOT NULL
        ) STRICT""",
        """CREATE TABLE file (
            path TEXT PRIMARY KEY CHECK (path LIKE '/%'),
            clone TEXT REFERENCES clone (uuid) ON DELETE CASCADE,
            template TEXT REFERENCES template (name) ON UPDATE CASCADE ON DELETE CASCADE,
            position INTEGER NOT NULL,
            CHECK ((clone IS NULL) <> (template IS NULL))
        ) STRICT""",
        "CREATE INDEX mac_of_clone ON mac (clone)",
        "CREATE INDEX file_of_clone ON file (clone)",
        "CREATE INDEX clone_unfinished ON clone (process) WHERE process NOT NULL",
        "CREATE TABLE revision (value INTEGER NOT NULL) STRICT",
        "INSERT INTO revision VALUES (0)",
    ),
    (
        """CREATE TABLE unfinished_file (
            path TEXT PRIMARY KEY CHECK (path LIKE '/%'),
            process INTEGER NOT NULL REFERENCES process (id)
        ) STRICT""",
    ),
    ("ALTER TABLE template_disk ADD COLUMN stamp TEXT NOT NULL DEFAULT ''",),
    (
        """CREATE TABLE tag (
            word TEXT NOT NULL CHECK (word <> ''),
            clone TEXT NOT NULL REFERENCES clone (uuid) ON DELETE CASCADE,
            PRIMARY KEY (word, clone)
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX tag_of_clone ON tag (clone)",
    ),
    (
        """CREATE TABLE saved_state (
            clone TEXT PRIMARY KEY REFERENCES clone (uuid) ON DELETE CASCADE,
            path TEXT NOT NULL UNIQUE REFERENCES file (path) ON DELETE CASCADE,
            disks TEXT NOT NULL,
            process INTEGER REFERENCES process (id)
        ) STRICT""",
    ),
    ("ALTER TABLE clone ADD COLUMN erase TEXT NOT NULL DEFAULT ''",),
    (
        """CREATE TABLE version (
            template TEXT NOT NULL REFERENCES template (name) ON UPDATE CASCADE ON DELETE CASCADE,
            number INTEGER NOT NULL CHECK (number > 0),
            created_at REAL NOT NULL,
            note TEXT NOT NULL DEFAULT '',
            firmware TEXT NOT NULL DEFAULT '{}',
            PRIMARY KEY (template, number)
        ) STRICT, WITHOUT ROWID""",
        "INSERT INTO version (template, number, created_at) SELECT name, version, created_at FROM template",
        "ALTER TABLE template_disk ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
        # A staging machine has the number 0. SQLite cannot change a check, so the table is made anew:
        # https://sqlite.org/lang_altertable.html#otheralter
        """CREATE TABLE new_clone (
            uuid TEXT PRIMARY KEY,
            template TEXT NOT NULL REFERENCES template (name) ON UPDATE CASCADE ON DELETE RESTRICT,
            version INTEGER NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 0),
            name TEXT NOT NULL UNIQUE,
            status TEXT NOT NULL CHECK (status IN ('making', 'ready', 'removing')),
            process INTEGER REFERENCES process (id),
            created_at REAL NOT NULL,
            erase TEXT NOT NULL DEFAULT '',
            ephemeral INTEGER NOT NULL DEFAULT 0,
            detached INTEGER NOT NULL DEFAULT 0,
            UNIQUE (template, number)
        ) STRICT""",
        "INSERT INTO new_clone (uuid, template, version, number, name, status, process, created_at, erase) "
        "SELECT uuid, template, version, number, name, status, process, created_at, erase FROM clone",
        "DROP TABLE clone",
        "ALTER TABLE new_clone RENAME TO clone",
        "CREATE INDEX clone_unfinished ON clone (process) WHERE process NOT NULL",
        """CREATE TABLE intent (
            subject TEXT PRIMARY KEY CHECK (subject <> ''),
            kind TEXT NOT NULL,
            payload TEXT NOT NULL,
            process INTEGER NOT NULL REFERENCES process (id)
        ) STRICT""",
    ),
    (
        # Of the versions there are, nothing is noted of the files beside their disks until somebody looks at those.
        """CREATE TABLE state_file (
            template TEXT NOT NULL REFERENCES template (name) ON UPDATE CASCADE ON DELETE CASCADE,
            version INTEGER NOT NULL,
            position INTEGER NOT NULL,
            part TEXT NOT NULL,
            path TEXT NOT NULL CHECK (path LIKE '/%'),
            owned INTEGER NOT NULL,
            stamp TEXT NOT NULL,
            digest TEXT NOT NULL,
            PRIMARY KEY (template, version, position)
        ) STRICT, WITHOUT ROWID""",
    ),
)


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the missing steps in one transaction; a concurrent opener waits for its end.

    Raises:
        AccessError: a newer release has written the catalogue.
        WrongFileKind: it is a database of another program.
        sqlite3.Error: the caller translates it.
    """
    if _version(connection) == len(MIGRATIONS) and _is_ours(connection):
        return
    # Otherwise dropping a table that is made anew would drop all that refers to it.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        _migrate(connection, path)
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _version(connection)
        _check(connection, version, path)
        for number, statements in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in statements:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check(connection: sqlite3.Connection, version: int, path: Path) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables and not _is_ours(connection):
        raise WrongFileKind(
            "cannot use the catalogue",
            subject=str(path),
            why="it is another program's database",
            remedy="Move it away.",
        )
    if version > len(MIGRATIONS):
        raise AccessError(
            "cannot use the catalogue",
            subject=str(path),
            why=f"a newer release wrote it (schema {version}, this release knows {len(MIGRATIONS)})",
            remedy="Upgrade qq2clone-tui, or keep this release's data elsewhere with --data-dir.",
        )


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _is_ours(connection: sqlite3.Connection) -> bool:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return bool(application == APPLICATION_ID)
