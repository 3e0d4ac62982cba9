"""Play the catalogue's tags in memory."""

from collections.abc import Callable, Mapping, Sequence

__all__ = ["MemoryTags"]


class MemoryTags:
    """Tags that last as long as the process. Implements ``engine.ports.annotations.TagStore``.

    Args:
        known: tells whether there is a clone with a UUID.
        changed: called after every change.
    """

    def __init__(self, known: Callable[[str], bool], changed: Callable[[], None]) -> None:
        self._known = known
        self._changed = changed
        self._tags: dict[str, frozenset[str]] = {}

    def all(self) -> Mapping[str, frozenset[str]]:
        """Return the UUIDs of clones that carry each tag, by tag."""
        living = {word: frozenset(filter(self._known, uuids)) for word, uuids in self._tags.items()}
        return {word: uuids for word, uuids in living.items() if uuids}

    def add(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to clones."""
        self._set(word, self._tags.get(word, frozenset()) | frozenset(uuids))

    def remove(self, word: str, uuids: Sequence[str]) -> None:
        """Take a tag away from clones."""
        self._set(word, self._tags.get(word, frozenset()) - frozenset(uuids))

    def replace(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to these clones and to no others."""
        self._set(word, frozenset(uuids))

    def _set(self, word: str, uuids: frozenset[str]) -> None:
        self._tags = {**self._tags, word: uuids}
        self._changed()
