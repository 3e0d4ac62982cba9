"""Declare what is remembered: templates, clones, and the files that are ours."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from qq2clone_tui.domain.clone import CloneIdentity, CloneRecord
from qq2clone_tui.domain.template import Template

from .annotations import Annotations

__all__ = ["Catalogue", "FileJournal", "ReserveRequest"]


class ReserveRequest(Protocol):
    """What ``Catalogue.reserve`` needs to know; see ``engine.clones.reserve.Request``."""

    @property
    def template(self) -> str:
        """Name of the template."""

    @property
    def version(self) -> int:
        """Version the clones are made from."""

    @property
    def count(self) -> int:
        """How many clones."""

    @property
    def numbers(self) -> Iterable[int]:
        """The numbers they may have, best first; fewer clones are made when these run out."""

    @property
    def ephemeral(self) -> bool:
        """Whether they begin afresh at every start."""

    def identity(self, number: int, taken_uuids: set[str], taken_macs: set[str]) -> CloneIdentity | None:
        """Return a fresh identity for ``number``, or None when its name is taken on the host."""

    def files(self, identity: CloneIdentity) -> Sequence[str]:
        """Return the absolute paths the clone will own, recorded before any is made."""


class FileJournal(Protocol):
    """Which files are being made or deleted, and by which process; a killed one's are found again by it."""

    def note(self, paths: Sequence[str]) -> None:
        """Record that this process makes or deletes these files, before it begins.

        Raises:
            BadArgument: another living process does.
        """

    def drop(self, paths: Sequence[str]) -> None:
        """Forget files of this process that are finished or deleted; others are left as they are."""

    def ours(self) -> Sequence[str]:
        """Return the files that this process has noted."""

    def take_over(self) -> Sequence[str]:
        """Make the files of processes that are gone this process's own and return them."""


class Catalogue(Annotations, Protocol):
    """What is remembered of templates and clones, shared by several processes."""

    @property
    def journal(self) -> FileJournal:
        """The files of templates that are being made or deleted."""

    def templates(self) -> list[Template]:
        """Return all templates in name order."""

    def template(self, name: str) -> Template:
        """Return one template.

        Raises:
            TemplateError: there is none of that name.
        """

    def add_template(self, template: Template) -> None:
        """Record a new template; in the same transaction, the journal drops the images it owns.

        Raises:
            TemplateError: the name is taken.
        """

    def remove_template(
        self, name: str, deletes: Sequence[str] = (), heirs: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[str, ...]:
        """Forget a template; in the same transaction, the journal notes the files that are to go with it.

        Images that another template uses become that one's, and are left out of what is returned and noted.

        Args:
            name: the template.
            deletes: its own files that are to go.
            heirs: the template that each of its other own files belongs to from now on, by path.

        Raises:
            TemplateError: unknown, or it still has clones.
        """

    def clones(self, template: str | None = None) -> list[CloneRecord]:
        """Return the clones of one template or of all, ordered by template and number."""

    def clone(self, uuid: str) -> CloneRecord | None:
        """Return one clone, or None when there is none with this UUID."""

    def reserve(self, request: ReserveRequest) -> list[CloneRecord]:
        """Take the lowest free numbers in one transaction and record the clones as MAKING."""

    def mark_ready(self, uuids: Sequence[str]) -> None:
        """Record that the clones are whole."""

    def mark_removing(self, uuids: Sequence[str], erase: str = "") -> None:
        """Record that this process removes the clones, and how their files are overwritten before.

        Raises:
            BadArgument: another living process is making or removing one of them.
        """

    def forget(self, uuids: Sequence[str]) -> None:
        """Drop the clones' records and give their numbers back."""

    def abandoned(self) -> list[CloneRecord]:
        """Return unfinished clones whose process is gone."""

    def revision(self) -> int:
        """Return a number that changes whenever any process has changed the catalogue."""

    def close(self) -> None:
        """Let go of the database."""
