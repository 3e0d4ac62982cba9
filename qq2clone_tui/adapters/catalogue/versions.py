"""Remember the versions of templates, and whose files they were."""

import json
from collections.abc import Mapping, Sequence
from sqlite3 import Connection, IntegrityError

from qq2clone_tui.domain.errors import TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.merge import Sealed
from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk, Version

from . import clone_rows, file_journal, intents, template_rows, version_rows
from .database import Database
from .template_files import TemplateFiles

__all__ = ["SqliteVersions"]


class SqliteVersions:
    """The catalogue's versions; ``engine.ports.undertakings.VersionStore`` is its contract.

    Args:
        database: the catalogue's; this is closed with it.
        files: the XML files of its templates.
    """

    def __init__(self, database: Database, files: TemplateFiles) -> None:
        self._database = database
        self._files = files

    def add(self, template: str, version: Version, machine: str) -> None:
        """Record a new version whose files were a machine's, which is forgotten."""
        with self._database.writing() as connection:
            if not connection.execute(
                "UPDATE template SET version = max(version, ?) WHERE name = ?", (version.number, template)
            ).rowcount:
                raise template_rows.unknown(template)
            try:
                version_rows.insert(connection, template, version)
            except IntegrityError as error:
                why = f"it has v{version.number} by now"
                raise TemplateError("cannot make the version", subject=template, why=why) from error
            clone_rows.delete(connection, [machine])
            template_rows.own_files(connection, template, version.owned_files)
            intents.delete(connection, template_subject(template))

    def adopt(self, template: Template, machine: str) -> None:
        """Record a new template whose files were a machine's, which is forgotten."""
        self._files.path(template.name)
        with self._database.writing() as connection:
            clone_rows.delete(connection, [machine])
            template_rows.insert(connection, template)
            intents.delete(connection, machine)
            self._files.keep_aside(template.name, template.xml)
            self._files.write(template.name, template.xml)

    def remove(self, template: str, number: int, deletes: Sequence[str]) -> None:
        """Forget a version that no clone has and that is not the newest; the journal notes the files to delete."""
        with self._database.writing() as connection:
            _remove(connection, template, number)
            _disown(connection, template, deletes)

    def exists(self, template: str, number: int) -> bool:
        """Tell whether a template has a version."""
        with self._database.reading() as connection:
            return version_rows.exists(connection, template, number)

    def fold(
        self,
        template: str,
        numbers: Sequence[int],
        sealed: Mapping[str, Sealed],
        deletes: Sequence[str],
        then: Intent,
    ) -> None:
        """Forget versions because other images take over what theirs hold; what is left to do is recorded at once."""
        with self._database.writing() as connection:
            for number in numbers:
                _remove(connection, template, number)
            _disown(connection, template, deletes)
            connection.executemany(
                "UPDATE template_disk SET stamp = ?, digest = ? WHERE image = ?",
                [(facts.stamp, facts.digest, path) for path, facts in sealed.items()],
            )
            intents.put(connection, then)

    def annotate(self, template: str, number: int, note: str) -> None:
        """Replace a version's note."""
        with self._database.writing() as connection:
            if not connection.execute(
                "UPDATE version SET note = ? WHERE template = ? AND number = ?", (note, template, number)
            ).rowcount:
                raise _no_version(template, number)

    def replace_disks(self, template: str, number: int, disks: Sequence[TemplateDisk]) -> None:
        """Record other stamps, digests or formats of a version's images."""
        with self._database.writing() as connection:
            if not version_rows.exists(connection, template, number):
                raise _no_version(template, number)
            version_rows.replace_disks(connection, template, number, disks)

    def replace_states(self, template: str, number: int, states: Sequence[StateFile]) -> None:
        """Record what is known of the files beside a version's disks."""
        with self._database.writing() as connection:
            if not version_rows.exists(connection, template, number):
                raise _no_version(template, number)
            version_rows.replace_states(connection, template, number, states)


def _remove(connection: Connection, template: str, number: int) -> None:
    _refuse_needed(connection, template, number)
    if not version_rows.delete(connection, template, number):
        raise _no_version(template, number)


def _disown(connection: Connection, template: str, paths: Sequence[str]) -> None:
    connection.executemany("DELETE FROM file WHERE path = ? AND template = ?", [(path, template) for path in paths])
    file_journal.insert(connection, paths)


def _refuse_needed(connection: Connection, template: str, number: int) -> None:
    why = ""
    (newest,) = connection.execute("SELECT max(number) FROM version WHERE template = ?", (template,)).fetchone()
    (clones,) = connection.execute(
        "SELECT count(*) FROM clone WHERE template = ? AND version = ? AND NOT detached", (template, number)
    ).fetchone()
    if newest == number:
        why = "it is the newest"
    elif clones:
        why = f"it has {clones} clone{'' if clones == 1 else 's'}"
    elif _is_wished(connection, template, number):
        why = "a clone is being put on it"
    if why:
        raise TemplateError("cannot remove the version", subject=f"{template}@v{number}", why=why)


def _is_wished(connection: Connection, template: str, number: int) -> bool:
    """Tell whether somebody is about to put a clone on a version: its own record says so only afterwards."""
    rows = connection.execute(
        "SELECT payload FROM intent JOIN clone ON clone.uuid = subject WHERE kind = ? AND template = ?",
        (IntentKind.SWAP.value, template),
    ).fetchall()
    undertakings = (json.loads(payload) for (payload,) in rows)
    return any(one.get("version") == number and not one.get("detached") for one in undertakings)


def _no_version(template: str, number: int) -> TemplateError:
    return TemplateError("there is no such version of the template", subject=f"{template}@v{number}")
