"""Remember templates and clones; several threads and processes may do so at once."""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import AccessError, BadXml, TemplateError
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.ports.catalogue import ReserveRequest

from . import clone_rows, file_journal, template_rows, version_rows
from .database import Database
from .file_journal import SqliteFileJournal
from .intents import SqliteIntents
from .owners import this_process
from .renewals import SqliteRenewals
from .rewriting import SqliteRewriting, hand_over
from .salvage import SqliteSalvage
from .saved_states import SqliteSavedStates
from .tags import SqliteTags
from .template_files import TemplateFiles
from .versions import SqliteVersions

__all__ = ["SqliteCatalogue"]

_MOST_SKIPPED = 100_000


class SqliteCatalogue:
    """The engine's catalogue in one SQLite file; ``engine.ports.catalogue.Catalogue`` is its contract.

    A template's XML is also a file in ``template_dir``, and that file is the truth as long as it is
    well-formed: whoever edits it changes the template. A missing file is written again from the
    copy in the catalogue.

    Args:
        path: the SQLite file.
        template_dir: where the templates' XML files are.

    Attributes:
        tags: the tags of clones.
        saved: the files that hold the memory of clones.
        rewrite: changes to names and XML.
        versions: the versions of templates.
        renewals: which files and which version clones have.
        intents: what processes are about to do in several steps.
        salvage: its own state, and how lost records come back.

    Raises:
        AccessError: the file cannot be opened or made, is damaged, or a newer release wrote it.
        WrongFileKind: it is a database of another program.
    """

    def __init__(self, path: Path, template_dir: Path) -> None:
        self._database = Database(path)
        self._files = TemplateFiles(template_dir)
        self._journal = SqliteFileJournal(self._database)
        self._clones: tuple[int, list[CloneRecord]] | None = None
        self.tags = SqliteTags(self._database)
        self.saved = SqliteSavedStates(self._database)
        self.rewrite = SqliteRewriting(self._database, self._files)
        self.versions = SqliteVersions(self._database, self._files)
        self.renewals = SqliteRenewals(self._database)
        self.intents = SqliteIntents(self._database)
        self.salvage = SqliteSalvage(self._database, self._files)

    @property
    def journal(self) -> SqliteFileJournal:
        """Return the journal of unfinished files."""
        return self._journal

    def templates(self) -> list[Template]:
        """Return all templates in name order; where a file cannot be used, with the XML last seen."""
        with self._database.reading() as connection:
            stored = template_rows.select(connection)
        return [_as_listed(self._files, template) for template in stored]

    def template(self, name: str) -> Template:
        """Return one template.

        Raises:
            TemplateError: there is none of that name.
            BadXml: its XML file is not well-formed.
            AccessError: its XML file cannot be read.
        """
        with self._database.reading() as connection:
            found = template_rows.select(connection, name)
        if not found:
            raise template_rows.unknown(name)
        (stored,) = found
        xml = self._files.read(name)
        if xml is None:
            self._files.write(name, stored.xml)
        elif xml != stored.xml:
            with self._database.writing() as connection:
                connection.execute("UPDATE template SET xml = ? WHERE name = ?", (xml, name))
            return replace(stored, xml=xml)
        return stored

    def add_template(self, template: Template) -> None:
        """Record a new template, and its images as finished; a file in the way is renamed ``<name>.xml.old-<n>``.

        Raises:
            TemplateError: the name is taken, or cannot be that of a file.
            AccessError: its XML file cannot be written; then nothing is recorded.
        """
        self._files.path(template.name)
        with self._database.writing() as connection:
            template_rows.insert(connection, template)
            file_journal.delete(connection, template.owned_files)
            self._files.keep_aside(template.name, template.xml)
            self._files.write(template.name, template.xml)

    def remove_template(
        self, name: str, deletes: Sequence[str] = (), heirs: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[str, ...]:
        """Forget a template and delete its XML file; ``deletes`` go into the journal at the same instant.

        Images of its own that another template uses too become that one's, also when it came into being
        after the caller had looked: they are left out of what is returned, and must not be deleted.

        Raises:
            TemplateError: unknown, or it still has clones.
        """
        with self._database.writing() as connection:
            shared = hand_over(connection, name)
            connection.executemany(
                "UPDATE file SET template = ? WHERE path = ? AND template = ?",
                [(heir, path, name) for path, heir in heirs.items()],
            )
            template_rows.delete(connection, name)
            free = tuple(path for path in deletes if path not in shared)
            file_journal.insert(connection, free)
            self._files.remove(name)
        return free

    def clones(self, template: str | None = None) -> list[CloneRecord]:
        """Return the clones of one template or of all, ordered by template and number."""
        with self._database.reading() as connection:
            if template is not None:
                return clone_rows.select(connection, template)
            # A program asks several times while it starts, and a thousand of them take a while.
            revision = _revision(connection)
            if self._clones is None or self._clones[0] != revision:
                self._clones = (revision, clone_rows.select(connection))
            return list(self._clones[1])

    def clone(self, uuid: str) -> CloneRecord | None:
        """Return one clone, or None when there is none with this UUID."""
        with self._database.reading() as connection:
            return clone_rows.select_one(connection, uuid)

    def reserve(self, request: ReserveRequest) -> list[CloneRecord]:
        """Take the lowest free numbers in one transaction and record the clones as MAKING.

        Raises:
            TemplateError: the template is unknown, or no free number could be found.
            AccessError: the request gave a UUID, MAC address or file that is taken.
        """
        with self._database.writing() as connection:
            records = _choose(connection, request)
            if records:
                clone_rows.insert(connection, records, this_process())
        return records

    def mark_ready(self, uuids: Sequence[str]) -> None:
        """Record, on the disk, that the clones are whole: those that are not are undone after a power failure."""
        with self._database.writing() as connection:
            clone_rows.set_status(connection, uuids, CloneStatus.READY, None)

    def mark_removing(self, uuids: Sequence[str], erase: str = "") -> None:
        """Record, on the disk, that this process removes the clones, and how their files are overwritten before.

        Raises:
            BadArgument: another living process is making or removing one of them.
        """
        with self._database.writing() as connection:
            clone_rows.refuse_busy(connection, uuids, this_process())
            clone_rows.set_status(connection, uuids, CloneStatus.REMOVING, this_process())
            clone_rows.set_erase(connection, uuids, erase)

    def forget(self, uuids: Sequence[str]) -> None:
        """Drop the clones' records and give their numbers back."""
        with self._database.writing(durable=False) as connection:
            clone_rows.delete(connection, uuids)

    def abandoned(self) -> list[CloneRecord]:
        """Return unfinished clones whose process is gone."""
        with self._database.reading() as connection:
            return clone_rows.abandoned(connection)

    def revision(self) -> int:
        """Return a number that grows whenever any process has changed the catalogue."""
        with self._database.reading() as connection:
            return _revision(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _revision(connection: sqlite3.Connection) -> int:
    (value,) = connection.execute("SELECT value FROM revision").fetchone()
    return int(value)


def _as_listed(files: TemplateFiles, stored: Template) -> Template:
    try:
        xml = files.read(stored.name)
    except (AccessError, BadXml, TemplateError):  # the last: no file may have the name, which another program wrote
        xml = None
    return stored if xml is None else replace(stored, xml=xml)


def _choose(connection: sqlite3.Connection, request: ReserveRequest) -> list[CloneRecord]:
    if not connection.execute("SELECT 1 FROM template WHERE name = ?", (request.template,)).fetchone():
        raise template_rows.unknown(request.template)
    if not version_rows.exists(connection, request.template, request.version):  # it was removed since the plan
        raise version_rows.unknown(request.template, request.version)
    numbers = _column(connection, "SELECT number FROM clone WHERE template = ?", request.template)
    uuids = {str(uuid) for uuid in _column(connection, "SELECT uuid FROM clone")}
    macs = {str(mac) for mac in _column(connection, "SELECT address FROM mac")}
    names = {str(name) for name in _column(connection, "SELECT name FROM clone")}
    now, records, skipped = time.time(), list[CloneRecord](), 0
    for number in request.numbers:
        if len(records) >= request.count:
            break
        if number in numbers:
            continue
        identity = request.identity(number, uuids, macs)
        if identity is None or identity.name in names:
            skipped += 1
            if skipped > _MOST_SKIPPED:
                why = f"{_MOST_SKIPPED} machine names in a row are taken on the host"
                raise TemplateError("cannot number the clones", subject=request.template, why=why)
            continue
        uuids.add(identity.uuid)
        macs.update(identity.macs)
        names.add(identity.name)
        files = tuple(request.files(identity))
        records.append(CloneRecord(identity, CloneStatus.MAKING, files, now, ephemeral=request.ephemeral))
    return records


def _column(connection: sqlite3.Connection, query: str, *values: object) -> set[object]:
    return {value for (value,) in connection.execute(query, values)}
