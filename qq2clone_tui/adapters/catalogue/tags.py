"""Remember the tags of clones."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from .database import Database

__all__ = ["SqliteTags"]


class SqliteTags:
    """The catalogue's tags; ``engine.ports.annotations.TagStore`` is its contract.

    Args:
        database: the catalogue's; the tags are closed with it.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, frozenset[str]]:
        """Return the UUIDs that carry each tag, by tag."""
        found: dict[str, set[str]] = defaultdict(set)
        with self._database.reading() as connection:
            for word, clone in connection.execute("SELECT word, clone FROM tag"):
                found[str(word)].add(str(clone))
        return {word: frozenset(clones) for word, clones in found.items()}

    def add(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to clones."""
        with self._database.writing(durable=False) as connection:
            _insert(connection, word, uuids)

    def remove(self, word: str, uuids: Sequence[str]) -> None:
        """Take a tag away from clones."""
        with self._database.writing(durable=False) as connection:
            connection.executemany("DELETE FROM tag WHERE word = ? AND clone = ?", [(word, uuid) for uuid in uuids])

    def replace(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to these clones and to no others."""
        with self._database.writing(durable=False) as connection:
            connection.execute("DELETE FROM tag WHERE word = ?", (word,))
            _insert(connection, word, uuids)


def _insert(connection: sqlite3.Connection, word: str, uuids: Iterable[str]) -> None:
    # By a query, so that a clone which was forgotten meanwhile is passed over instead of failing the rest.
    connection.executemany(
        "INSERT OR IGNORE INTO tag (word, clone) SELECT ?, uuid FROM clone WHERE uuid = ?",
        [(word, uuid) for uuid in uuids],
    )
