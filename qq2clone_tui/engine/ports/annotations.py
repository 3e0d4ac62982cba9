"""Declare what the catalogue remembers about clones beside what they are."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from qq2clone_tui.domain.clone import SavedState
from qq2clone_tui.domain.template import StateFile, Template

from .salvage import SalvageStore
from .undertakings import IntentStore, RenewalStore, VersionStore

__all__ = ["Annotations", "RewriteStore", "SavedStateStore", "TagStore"]


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


class SavedStateStore(Protocol):
    """The files that hold the memory of clones; each is one of its clone's files."""

    def put(self, uuid: str, saved: SavedState) -> None:
        """Record, on the disk, the state file of a clone; it replaces what was recorded of this file.

        Raises:
            BadArgument: the clone has another one.
        """

    def begin_restoring(self, uuid: str) -> None:
        """Record that this process is putting the state back."""

    def end_restoring(self, uuid: str) -> None:
        """Record that nobody is."""

    def drop(self, uuid: str) -> None:
        """Forget the state file of a clone, also as one of its files."""

    def interrupted(self) -> Sequence[str]:
        """Return the clones whose state was being put back by a process that is gone."""


class RewriteStore(Protocol):
    """Changes to what templates and clones are called, and to the XML of templates."""

    def template_xml(self, name: str, xml: str) -> None:
        """Give a template other XML.

        Raises:
            TemplateError: there is no such template.
        """

    def template_copy(
        self, name: str, new: str, created_at: float, states: Sequence[StateFile], version: int | None = None
    ) -> Template:
        """Record a second template of a version's images, none of them its own, and return it.

        Args:
            name, new: the first, and the second.
            created_at: seconds since the epoch.
            states: the files that its clones get copies of, as in ``Template.states``; of those of its own
                the journal drops the names.
            version: which version; None for the newest.

        Raises:
            TemplateError: there is no such template, or the new name is taken.
        """

    def template_name(self, old: str, new: str) -> None:
        """Give a template, with its clones and files, another name; its machines keep theirs.

        Raises:
            TemplateError: there is no such template, or the new name is taken.
        """

    def clone_name(self, uuid: str, name: str) -> None:
        """Record that a clone's machine has another name now."""


class Annotations(Protocol):
    """The part of a catalogue that is about clones which exist already."""

    @property
    def tags(self) -> TagStore:
        """The tags of clones."""

    @property
    def rewrite(self) -> RewriteStore:
        """Changes to names and XML."""

    @property
    def saved(self) -> SavedStateStore:
        """The files that hold the memory of clones."""

    @property
    def versions(self) -> VersionStore:
        """The versions of templates."""

    @property
    def renewals(self) -> RenewalStore:
        """Which files and which version clones have."""

    @property
    def intents(self) -> IntentStore:
        """What processes are about to do in several steps."""

    @property
    def salvage(self) -> SalvageStore:
        """Its own state, and how lost records come back."""
