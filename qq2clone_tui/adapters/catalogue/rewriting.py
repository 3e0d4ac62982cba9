"""Change names and XML of what the catalogue holds."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from qq2clone_tui.domain.errors import BadArgument, TemplateError
from qq2clone_tui.domain.template import StateFile, Template, Version

from . import file_journal, template_rows
from .database import Database
from .template_files import TemplateFiles

__all__ = ["SqliteRewriting", "hand_over"]


class SqliteRewriting:
    """Changes to a catalogue; ``engine.ports.annotations.RewriteStore`` is its contract.

    Args:
        database: the catalogue's.
        files: the XML files of its templates.
    """

    def __init__(self, database: Database, files: TemplateFiles) -> None:
        self._database = database
        self._files = files

    def template_xml(self, name: str, xml: str) -> None:
        """Give a template other XML, in the catalogue and in its file.

        Raises:
            TemplateError: there is no such template.
            AccessError: its file cannot be written; then nothing is changed.
        """
        with self._database.writing() as connection:
            if not connection.execute("UPDATE template SET xml = ? WHERE name = ?", (xml, name)).rowcount:
                raise template_rows.unknown(name)
            self._files.write(name, xml)

    def template_copy(
        self, name: str, new: str, created_at: float, states: Sequence[StateFile], version: int | None = None
    ) -> Template:
        """Record a second template of a version's images, none of them its own, and return it.

        In one transaction with the look at the first, whose removal would take the images away.

        Raises:
            TemplateError: there is no such template, or the new name is taken.
            AccessError: its file cannot be written; then nothing is recorded.
        """
        self._files.path(new)
        xml = self._files.read(name)
        with self._database.writing() as connection:
            found = template_rows.select(connection, name)
            if not found:
                raise template_rows.unknown(name)
            chosen = found[0].at(version).current
            disks = tuple(replace(disk, owned=False) for disk in chosen.disks)
            firmware = {state.part: state.image for state in states if state.owned}
            only = Version(1, disks, firmware, created_at, chosen.note, tuple(states))
            other = replace(found[0], name=new, xml=xml or found[0].xml, created_at=created_at, versions=(only,))
            copy = other.at(1)
            template_rows.insert(connection, copy)
            file_journal.delete(connection, copy.owned_files)
            self._files.keep_aside(new, copy.xml)
            self._files.write(new, copy.xml)
        return copy

    def template_name(self, old: str, new: str) -> None:
        """Give a template, with its clones, files and XML file, another name.

        Raises:
            TemplateError: there is no such template, or the new name is taken.
            AccessError: its file cannot be written; then nothing is changed.
        """
        xml = self._files.read(old)
        with self._database.writing() as connection:
            try:
                changed = connection.execute("UPDATE template SET name = ? WHERE name = ?", (new, old)).rowcount
            except sqlite3.IntegrityError as error:
                why = "there is a template of that name"
                raise TemplateError("cannot rename the template", subject=new, why=why) from error
            if not changed:
                raise template_rows.unknown(old)
            ((stored,),) = connection.execute("SELECT xml FROM template WHERE name = ?", (new,)).fetchall()
            self._files.keep_aside(new, xml or stored)
            self._files.write(new, xml or stored)
        # After the commit: a file too many is put aside by the next of that name, one too few would lose edits.
        self._files.remove(old)

    def clone_name(self, uuid: str, name: str) -> None:
        """Record that a clone's machine has another name now.

        Raises:
            BadArgument: another clone is recorded under that name.
        """
        with self._database.writing() as connection:
            try:
                connection.execute("UPDATE clone SET name = ? WHERE uuid = ?", (name, uuid))
            except sqlite3.IntegrityError as error:
                why = "another clone is recorded under that name"
                raise BadArgument("cannot record the machine's name", subject=name, why=why) from error


def hand_over(connection: sqlite3.Connection, name: str) -> frozenset[str]:
    """Make images that a template owns, and that others use as well, the property of one of those.

    Returns:
        The images that others use.
    """
    shared = connection.execute(
        "SELECT mine.image, min(other.template) FROM template_disk AS mine JOIN template_disk AS other "
        "ON other.image = mine.image WHERE mine.template = ? AND other.template <> ? GROUP BY mine.image",
        (name, name),
    ).fetchall()
    for path, heir in shared:
        if not connection.execute("SELECT 1 FROM file WHERE path = ? AND template = ?", (path, name)).fetchone():
            continue
        connection.execute("UPDATE file SET template = ? WHERE path = ?", (heir, path))
        connection.execute("UPDATE template_disk SET owned = 1 WHERE template = ? AND image = ?", (heir, path))
    return frozenset(path for path, _ in shared)
