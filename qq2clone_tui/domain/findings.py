"""Say what a check finds: what is wrong with which object, why, and what was or can be done about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["CheckReport", "CheckWish", "Fate", "Finding", "FindingKind"]


class FindingKind(StrEnum):
    """What can be wrong, in the words that are shown."""

    LOST_CLONE = "lost clone"
    """It is recorded, but the hypervisor has no such machine."""
    UNRECORDED_CLONE = "unrecorded clone"
    """A machine bears our mark, but the catalogue does not know it."""
    LOST_TEMPLATE = "lost template"
    """Its XML was kept, or clones of it are there, but the catalogue does not know it."""
    UNFINISHED = "unfinished work"
    """A process that is gone left something half done."""
    MISSING_DISK = "missing disk"
    """A file that a clone cannot start without is not there."""
    OTHER_BASE = "disk over another image"
    """A clone's overlay does not stand on the image that its version has."""
    SHARED_DISK = "disk used twice"
    """A file recorded as one clone's own is a disk of another machine too."""
    MISSING_IMAGE = "missing image"
    """An image of a version is not where it was."""
    CHANGED_IMAGE = "changed image"
    """An image of a version is not what it was."""
    WRITTEN_IMAGE = "image in use"
    """Somebody has an image of a version open for writing at this moment."""
    WRITABLE_IMAGE = "writable image"
    """An image that is ours and must never be written may be written to."""
    LEFT_STATE = "left state"
    """A clone's disk holds a state that is no checkpoint of it."""
    BROKEN_CHECKPOINT = "broken checkpoint"
    """A clone has a checkpoint that its disks do not hold."""
    ORPHAN_FILE = "orphan file"
    """A file in the storage place is called as ours are, and is recorded nowhere."""
    BAD_TEMPLATE = "unusable template"
    """Its name or its XML is nothing that clones could be made from."""
    UNREADABLE = "not looked at"
    """Something could not be looked at."""


_EXIT_CODES: Mapping[FindingKind, int] = {
    FindingKind.LOST_CLONE: 16,
    FindingKind.UNRECORDED_CLONE: 13,
    FindingKind.LOST_TEMPLATE: 13,
    FindingKind.UNFINISHED: 12,
    FindingKind.MISSING_DISK: 10,
    FindingKind.OTHER_BASE: 18,
    FindingKind.SHARED_DISK: 12,
    FindingKind.MISSING_IMAGE: 10,
    FindingKind.CHANGED_IMAGE: 18,
    FindingKind.WRITTEN_IMAGE: 12,
    FindingKind.WRITABLE_IMAGE: 10,
    FindingKind.LEFT_STATE: 12,
    FindingKind.BROKEN_CHECKPOINT: 18,
    FindingKind.ORPHAN_FILE: 18,
    FindingKind.BAD_TEMPLATE: 13,
    FindingKind.UNREADABLE: 10,
}


class Fate(StrEnum):
    """What became of a finding."""

    MENDED = "mended"
    MENDABLE = "mendable"
    """It would be mended, had a look not been all that was asked for."""
    NEEDS_CONSENT = "needs consent"
    """It is mended only with the user's express consent."""
    OPEN = "open"
    """It takes a person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or was until it was mended.

    Args:
        kind: what is wrong.
        subject: the machine, template or absolute path it is wrong with.
        why: how that is known, as a clause without a full stop.
        fate: what became of it.
        deed: what was done, or would be, as a clause; empty when there is nothing to do by ourselves.
        remedy: what a person can do, as a sentence; empty when it was mended.
        template: the template it belongs to; empty when that is unclear.
    """

    kind: FindingKind
    subject: str
    why: str
    fate: Fate = Fate.OPEN
    deed: str = ""
    remedy: str = ""
    template: str = ""

    @property
    def exit_code(self) -> int:
        """Return what a check that leaves it as it is exits with; see ``domain.errors`` for the codes."""
        return 0 if self.fate is Fate.MENDED else _EXIT_CODES[self.kind]

    @property
    def sentence(self) -> str:
        """Return why it is wrong and what was or can be done, without the object."""
        said = f"{self.why}."
        if self.fate is Fate.MENDED:
            return f"{said} Mended: {self.deed}."
        if self.fate is Fate.MENDABLE:
            return f"{said} To mend: {self.deed}."
        if self.fate is Fate.NEEDS_CONSENT:
            return f"{said} With your consent: {self.deed}. {self.remedy}".rstrip()
        return f"{said} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class CheckWish:
    """What is to be checked, and what may be done.

    Args:
        template: the only template to look at, or one of its versions as in ``debian@v3``; empty for everything.
        mend: False to look only.
        consent: True to mend also what needs the user's consent.
        digests: compute the digest of every image of our own, and compare those that are known.
        record: record those that are missing, though nothing else is mended.
    """

    template: str = ""
    mend: bool = True
    consent: bool = False
    digests: bool = False
    record: bool = True


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Args:
        findings: in the order of looking.
        machines, templates, files: how many were looked at.
        digests: how many digests were computed.
        interrupted: it was stopped before everything was looked at.
    """

    findings: tuple[Finding, ...] = ()
    machines: int = 0
    templates: int = 0
    files: int = 0
    digests: int = 0
    interrupted: bool = False

    def with_fate(self, *fates: Fate) -> Sequence[Finding]:
        """Return the findings of some fates."""
        return [finding for finding in self.findings if finding.fate in fates]

    @property
    def left(self) -> Sequence[Finding]:
        """Return what is still wrong."""
        return [finding for finding in self.findings if finding.fate is not Fate.MENDED]

    @property
    def exit_code(self) -> int:
        """Return 0 when all is sound or was mended, otherwise the code of the first finding that is still wrong."""
        return next((finding.exit_code for finding in self.left), 0)
