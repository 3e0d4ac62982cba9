"""Turn templates into rows and back."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.template import Template, Version

from . import version_rows

__all__ = ["delete", "insert", "own_files", "select", "unknown"]


def insert(connection: sqlite3.Connection, template: Template) -> None:
    """Add a template with its versions and the files it owns.

    Raises:
        TemplateError: the name is taken, or one of its files belongs to another template or clone.
    """
    name, newest = template.name, template.newest
    row = (name, newest.number, template.xml, template.source, template.created_at)
    try:
        connection.execute("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?)", (*row, json.dumps(dict(template.options))))
    except sqlite3.IntegrityError as error:
        raise TemplateError(
            "cannot add the template",
            subject=name,
            why="there is one of that name",
            remedy="Give another name, or delete that one first.",
        ) from error
    for version in template.history:
        version_rows.insert(connection, name, version)
    own_files(connection, name, template.owned_files)


def own_files(connection: sqlite3.Connection, name: str, paths: tuple[str, ...]) -> None:
    """Record files as a template's own; those of a clone have been taken from it before.

    Raises:
        TemplateError: one of them belongs to another template or clone.
    """
    try:
        connection.executemany(
            "INSERT INTO file (path, template, position) VALUES (?, ?, ?) "
            "ON CONFLICT (path) DO UPDATE SET position = position WHERE template = excluded.template",
            [(path, name, at) for at, path in enumerate(paths)],
        )
        strange = connection.execute(
            f"SELECT 1 FROM file WHERE path IN ({', '.join('?' * len(paths))}) AND template IS NOT ?",  # noqa: S608
            (*paths, name),
        ).fetchone()
    except sqlite3.IntegrityError as error:
        raise _taken(name) from error
    if strange:
        raise _taken(name)


def select(connection: sqlite3.Connection, name: str | None = None) -> list[Template]:
    """Return one template (or none) by name, or all, in name order, with the XML as it was last seen."""
    where, values = ("", ()) if name is None else ("WHERE name = ?", (name,))
    rows = connection.execute(
        f"SELECT name, xml, version, source, created_at, options FROM template {where} ORDER BY name",  # noqa: S608
        values,
    ).fetchall()
    versions, files = version_rows.select(connection, name), _files(connection)
    return [
        Template(
            owner,
            xml,
            versions[owner][-1].disks,
            version,
            source,
            created_at,
            _texts(options),
            versions[owner][-1].firmware,
            versions[owner],
            _inherited(files[owner], versions[owner]),
            versions[owner][-1].states,
        )
        for owner, xml, version, source, created_at, options in rows
    ]


def delete(connection: sqlite3.Connection, name: str) -> None:
    """Drop a template's rows.

    Raises:
        TemplateError: there is none of that name, or it still has clones.
    """
    (clones,) = connection.execute("SELECT count(*) FROM clone WHERE template = ?", (name,)).fetchone()
    if clones:
        raise TemplateError(
            "cannot delete the template",
            subject=name,
            why=f"it still has {clones} clone{'s' if clones > 1 else ''}",
            remedy=f"Remove them first: qq2clone -t {name} rm all",
        )
    if not connection.execute("DELETE FROM template WHERE name = ?", (name,)).rowcount:
        raise unknown(name)


def unknown(name: str) -> TemplateError:
    """Return the error for a name that no template has."""
    return TemplateError(
        "there is no template", subject=name, remedy="See which there are with: qq2clone list-templates"
    )


def _files(connection: sqlite3.Connection) -> Mapping[str, list[str]]:
    """Return the files recorded for each template, in order."""
    found: dict[str, list[str]] = defaultdict(list)
    for path, owner in connection.execute("SELECT path, template FROM file WHERE template NOT NULL ORDER BY path"):
        found[owner].append(path)
    return found


def _inherited(files: Sequence[str], versions: Sequence[Version]) -> tuple[str, ...]:
    used = {path for version in versions for path in version.owned_files}
    return tuple(path for path in files if path not in used)


def _texts(text: str) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(text)
    return found


def _taken(name: str) -> TemplateError:
    why = "one of its images is recorded as a file of another template or clone"
    return TemplateError("cannot add the template", subject=name, why=why)
