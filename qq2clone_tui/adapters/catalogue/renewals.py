"""Remember which files and which version clones have."""

from collections.abc import Mapping, Sequence

from qq2clone_tui.domain.clone import STAGING, Holding

from . import file_journal, intents
from .database import Database

__all__ = ["SqliteRenewals"]


class SqliteRenewals:
    """Changes to the disks of clones; ``engine.ports.undertakings.RenewalStore`` is its contract.

    Args:
        database: the catalogue's; this is closed with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def holdings(self) -> list[Holding]:
        """Return the files of all clones."""
        files: dict[str, tuple[str, ...]] = {}
        with self._database.reading() as connection:
            clones = connection.execute("SELECT uuid, name, number FROM clone").fetchall()
            for uuid, path in connection.execute("SELECT clone, path FROM file ORDER BY position"):
                files[uuid] = (*files.get(uuid, ()), path)
        return [Holding(uuid, name, number == STAGING, files.get(uuid, ())) for uuid, name, number in clones]

    def replace_files(self, uuid: str, version: int, files: Mapping[str, str], *, detached: bool) -> None:
        """Record that a clone has other files now; the journal notes the old ones."""
        with self._database.writing(durable=False) as connection:
            connection.execute("UPDATE clone SET version = ?, detached = ? WHERE uuid = ?", (version, detached, uuid))
            connection.executemany(
                "UPDATE file SET path = ? WHERE path = ? AND clone = ?",
                [(new, old, uuid) for old, new in files.items()],
            )
            file_journal.insert(connection, [old for old, new in files.items() if old != new])
            intents.delete(connection, uuid)

    def set_ephemeral(self, uuids: Sequence[str], ephemeral: bool) -> None:
        """Record whether clones begin afresh at every start."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE clone SET ephemeral = ? WHERE uuid = ?", [(ephemeral, uuid) for uuid in uuids]
            )
