"""Turn templates into rows and back."""

import json
import sqlite3
from collections import defaultdict

from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.template import Template, TemplateDisk

__all__ = ["delete", "insert", "select"]

_DISK_COLUMNS = "template, target, image, format, virtual_size, policy, owned, stamp"


def insert(connection: sqlite3.Connection, template: Template) -> None:
    """Add a template with the files it owns.

    Raises:
        TemplateError: the name is taken, or one of its files belongs to another template or clone.
    """
    name = template.name
    row = (name, template.version, template.xml, template.source, template.created_at)
    try:
        connection.execute("INSERT INTO template VALUES (?, ?, ?, ?, ?, ?)", (*row, json.dumps(dict(template.options))))
    except sqlite3.IntegrityError as error:
        raise TemplateError(
            "cannot add the template",
            subject=name,
            why="there is one of that name",
            remedy="Give another name, or delete that one first.",
        ) from error
    connection.executemany(
        f"INSERT INTO template_disk (version, position, {_DISK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        [(template.version, at, name, *_values(one)) for at, one in enumerate(template.disks)],
    )
    owned = [(one.image, name, at) for at, one in enumerate(template.disks) if one.owned]
    try:
        connection.executemany("INSERT INTO file (path, template, position) VALUES (?, ?, ?)", owned)
    except sqlite3.IntegrityError as error:
        why = "one of its images is recorded as a file of another template or clone"
        raise TemplateError("cannot add the template", subject=name, why=why) from error


def select(connection: sqlite3.Connection, name: str | None = None) -> list[Template]:
    """Return one template (or none) by name, or all, in name order, with the XML as it was last seen."""
    where, values = ("", ()) if name is None else ("WHERE name = ?", (name,))
    rows = connection.execute(
        f"SELECT name, xml, version, source, created_at, options FROM template {where} ORDER BY name",  # noqa: S608
        values,
    ).fetchall()
    disks: dict[str, list[TemplateDisk]] = defaultdict(list)
    for owner, target, image, fmt, size, policy, owned, stamp in connection.execute(
        f"SELECT {_DISK_COLUMNS} FROM template_disk JOIN template ON template = name "  # noqa: S608
        "AND template_disk.version = template.version ORDER BY template, position"
    ):
        disks[owner].append(TemplateDisk(target, image, fmt, size, DiskPolicy(policy), bool(owned), stamp))
    return [
        Template(owner, xml, tuple(disks[owner]), version, source, created_at, json.loads(options))
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


def _values(disk: TemplateDisk) -> tuple[object, ...]:
    return (disk.target, disk.image, disk.format, disk.virtual_size, disk.policy, disk.owned, disk.stamp)


def unknown(name: str) -> TemplateError:
    """Return the error for a name that no template has."""
    return TemplateError(
        "there is no template", subject=name, remedy="See which there are with: qq2clone list-templates"
    )
