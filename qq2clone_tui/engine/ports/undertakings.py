"""Declare what the catalogue remembers of versions, of clones that get other disks, and of work in several steps."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from qq2clone_tui.domain.clone import Holding
from qq2clone_tui.domain.intent import Intent
from qq2clone_tui.domain.merge import Sealed
from qq2clone_tui.domain.template import StateFile, Template, TemplateDisk, Version

__all__ = ["IntentStore", "RenewalStore", "VersionStore"]


class VersionStore(Protocol):
    """The versions of templates; each method is one transaction."""

    def add(self, template: str, version: Version, machine: str) -> None:
        """Record a new version whose files were a machine's; they become the template's and the machine is forgotten.

        An undertaking with the template ends in the same transaction.

        Args:
            template: its name.
            version: the new one, with a number of its own.
            machine: UUID of the machine that the files were recorded for.

        Raises:
            TemplateError: there is no such template, or it has that version already.
        """

    def adopt(self, template: Template, machine: str) -> None:
        """Record a new template whose files were a machine's, which is forgotten; an undertaking with it ends.

        Raises:
            TemplateError: the name is taken, or a file belongs to something else.
        """

    def remove(self, template: str, number: int, deletes: Sequence[str]) -> None:
        """Forget a version that no clone has and that is not the newest; the journal notes the files to delete.

        Raises:
            TemplateError: a clone has it, it is the newest, or there is none.
        """

    def exists(self, template: str, number: int) -> bool:
        """Tell whether a template has a version."""

    def fold(
        self,
        template: str,
        numbers: Sequence[int],
        sealed: Mapping[str, Sealed],
        deletes: Sequence[str],
        then: Intent,
    ) -> None:
        """Forget versions that no clone has, because other images take over what theirs hold.

        Args:
            template: its name.
            numbers: the versions; not the newest.
            sealed: what is true of images once they have been replaced, by path; recorded for every template.
            deletes: files that go; the journal notes them.
            then: the undertaking that is left to do, recorded in place of the one so far.

        Raises:
            TemplateError: a clone has one of them or is being put on it, one is the newest, or there is none.
        """

    def annotate(self, template: str, number: int, note: str) -> None:
        """Replace a version's note.

        Raises:
            TemplateError: there is no such version.
        """

    def replace_disks(self, template: str, number: int, disks: Sequence[TemplateDisk]) -> None:
        """Record other stamps, digests or formats of a version's images.

        Raises:
            TemplateError: there is no such version.
        """

    def replace_states(self, template: str, number: int, states: Sequence[StateFile]) -> None:
        """Record what is known of the files beside a version's disks, in place of what was.

        Raises:
            TemplateError: there is no such version.
        """


class RenewalStore(Protocol):
    """Which files and which version clones have."""

    def holdings(self) -> list[Holding]:
        """Return the files of all clones; several times as quick as reading their whole records."""

    def replace_files(self, uuid: str, version: int, files: Mapping[str, str], *, detached: bool) -> None:
        """Record that a clone has other files now; the undertaking with it ends, and the journal notes the old ones.

        Args:
            uuid: the clone.
            version: the version that it stands on now, or that it came from when it is detached.
            files: the new path for each old one.
            detached: True when they are full images.
        """

    def set_ephemeral(self, uuids: Sequence[str], ephemeral: bool) -> None:
        """Record whether clones begin afresh at every start."""


class IntentStore(Protocol):
    """What processes are about to do in several steps."""

    def begin(self, intent: Intent) -> None:
        """Record an undertaking of this process before its first step, so that not even a power failure loses it.

        Raises:
            BadArgument: something is undertaken with the same thing already.
        """

    def advance(self, intent: Intent) -> None:
        """Record how far an undertaking of this process has come, as lastingly as its beginning."""

    def end(self, subject: str) -> None:
        """Forget what was undertaken with something; no error when there is nothing."""

    def of(self, subject: str) -> Intent | None:
        """Return what is undertaken with something, by whichever process; None when there is nothing."""

    def claim(self, subject: str) -> Intent | None:
        """Return what was left undone with something, by a process that is gone or by this one, which it becomes.

        Raises:
            BadArgument: another living process is at it.
        """

    def take_over(self) -> Sequence[Intent]:
        """Make the undertakings of processes that are gone this process's own and return them."""
