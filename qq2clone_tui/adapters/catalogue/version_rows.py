"""Turn the versions of templates into rows and back."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence

from qq2clone_tui.domain.disk import DiskPolicy
from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.domain.template import StateFile, TemplateDisk, Version

__all__ = ["delete", "exists", "insert", "replace_disks", "replace_states", "select", "unknown"]

_DISK_COLUMNS = "template, version, position, target, image, format, virtual_size, policy, owned, stamp, digest"
_STATE_COLUMNS = "template, version, position, part, path, owned, stamp, digest"


def insert(connection: sqlite3.Connection, template: str, version: Version) -> None:
    """Add a version with its disks and states; whose the files are is recorded apart."""
    connection.execute(
        "INSERT INTO version (template, number, created_at, note, firmware) VALUES (?, ?, ?, ?, ?)",
        (template, version.number, version.created_at, version.note, json.dumps(dict(version.firmware))),
    )
    replace_disks(connection, template, version.number, version.disks)
    replace_states(connection, template, version.number, version.states)


def replace_disks(connection: sqlite3.Connection, template: str, number: int, disks: Sequence[TemplateDisk]) -> None:
    """Give a version these disks and no others."""
    connection.execute("DELETE FROM template_disk WHERE template = ? AND version = ?", (template, number))
    connection.executemany(
        f"INSERT INTO template_disk ({_DISK_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        [(template, number, at, *_values(disk)) for at, disk in enumerate(disks)],
    )


def replace_states(connection: sqlite3.Connection, template: str, number: int, states: Sequence[StateFile]) -> None:
    """Note these files beside a version's disks and no others."""
    connection.execute("DELETE FROM state_file WHERE template = ? AND version = ?", (template, number))
    connection.executemany(
        f"INSERT INTO state_file ({_STATE_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        [
            (template, number, at, state.part, state.image, state.owned, state.stamp, state.digest)
            for at, state in enumerate(states)
        ],
    )


def delete(connection: sqlite3.Connection, template: str, number: int) -> int:
    """Drop a version's rows and return how many versions that were."""
    connection.execute("DELETE FROM state_file WHERE template = ? AND version = ?", (template, number))
    connection.execute("DELETE FROM template_disk WHERE template = ? AND version = ?", (template, number))
    return connection.execute("DELETE FROM version WHERE template = ? AND number = ?", (template, number)).rowcount


def exists(connection: sqlite3.Connection, template: str, number: int) -> bool:
    """Tell whether a template has a version."""
    found = connection.execute("SELECT 1 FROM version WHERE template = ? AND number = ?", (template, number))
    return found.fetchone() is not None


def unknown(template: str, number: int) -> TemplateError:
    """Return the error for a version that a template has not."""
    return TemplateError("there is no such version of the template", subject=str(Reference(template, number)))


def select(connection: sqlite3.Connection, template: str | None = None) -> dict[str, tuple[Version, ...]]:
    """Return the versions of one template or of all, oldest first, by template."""
    where, values = ("", ()) if template is None else ("WHERE template = ?", (template,))
    disks: dict[tuple[str, int], list[TemplateDisk]] = defaultdict(list)
    for owner, number, _, target, image, fmt, size, policy, owned, stamp, digest in connection.execute(
        f"SELECT {_DISK_COLUMNS} FROM template_disk {where} ORDER BY template, version, position",  # noqa: S608
        values,
    ):
        disk = TemplateDisk(target, image, fmt, size, DiskPolicy(policy), bool(owned), stamp, digest)
        disks[owner, number].append(disk)
    states = _states(connection, template)
    found: dict[str, tuple[Version, ...]] = defaultdict(tuple)
    for owner, number, created_at, note, firmware in connection.execute(
        f"SELECT template, number, created_at, note, firmware FROM version {where} ORDER BY template, number",  # noqa: S608
        values,
    ):
        beside = tuple(states[owner, number])
        version = Version(number, tuple(disks[owner, number]), json.loads(firmware), created_at, note, beside)
        found[owner] = (*found[owner], version)
    return found


def _states(connection: sqlite3.Connection, template: str | None) -> Mapping[tuple[str, int], list[StateFile]]:
    """Return what is noted of the files beside the disks of one template or of all, by template and version."""
    where, values = ("", ()) if template is None else ("WHERE template = ?", (template,))
    found: dict[tuple[str, int], list[StateFile]] = defaultdict(list)
    for owner, number, _, part, path, owned, stamp, digest in connection.execute(
        f"SELECT {_STATE_COLUMNS} FROM state_file {where} ORDER BY template, version, position",  # noqa: S608
        values,
    ):
        found[owner, number].append(StateFile(part, path, bool(owned), stamp, digest))
    return found


def _values(disk: TemplateDisk) -> tuple[object, ...]:
    return (
        *(disk.target, disk.image, disk.format, disk.virtual_size, disk.policy),
        *(disk.owned, disk.stamp, disk.digest),
    )
