"""Change names and XML of what the catalogue holds."""

import sqlite3

from qq2clone_tui.domain.errors import TemplateError

from . import template_rows
from .database import Database
from .template_files import TemplateFiles

__all__ = ["SqliteRewriting", "hand_over"]


class SqliteRewriting:
    """Changes to a catalogue; ``engine.annotations.RewriteStore`` is its contract.

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
        """Record that a clone's machine has another name now."""
        with self._database.writing() as connection:
            connection.execute("UPDATE clone SET name = ? WHERE uuid = ?", (name, uuid))


def hand_over(connection: sqlite3.Connection, name: str) -> None:
    """Make images that a template owns, and that others use as well, the property of one of those."""
    shared = connection.execute(
        "SELECT file.path, min(other.template) FROM file JOIN template_disk AS other ON other.image = file.path "
        "WHERE file.template = ? AND other.template <> ? GROUP BY file.path",
        (name, name),
    ).fetchall()
    for path, heir in shared:
        connection.execute("UPDATE file SET template = ? WHERE path = ?", (heir, path))
        connection.execute("UPDATE template_disk SET owned = 1 WHERE template = ? AND image = ?", (heir, path))
