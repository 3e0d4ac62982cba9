"""Declare what the catalogue remembers about clones beside what they are."""

from collections.abc import Mapping, Sequence
from typing import Protocol

__all__ = ["Annotations", "TagStore"]


class TagStore(Protocol):
    """Words given to clones, by which sets name them; they go when the clone goes."""

    def all(self) -> Mapping[str, frozenset[str]]:
        """Return the UUIDs that carry each tag, by tag."""

    def add(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to clones; unknown UUIDs are passed over."""

    def remove(self, word: str, uuids: Sequence[str]) -> None:
        """Take a tag away from clones."""

    def replace(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to these clones and to no others, in one transaction."""


class Annotations(Protocol):
    """The part of a catalogue that is about clones which exist already."""

    @property
    def tags(self) -> TagStore:
        """The tags of clones."""
