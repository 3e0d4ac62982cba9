"""Describe templates, which clones are made from, and the versions they have had."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .disk import DiskPolicy
from .errors import TemplateError

__all__ = ["StateFile", "Template", "TemplateDisk", "Version", "Watched"]


@dataclass(frozen=True, slots=True)
class TemplateDisk:
    """One writable disk of a template and the immutable image behind it.

    Args:
        target: device name in the domain XML (``vda``).
        image: absolute path of the image.
        format: the image's format.
        virtual_size: bytes the guest sees.
        policy: what a clone gets for this disk.
        owned: True when the image was made for this template and may be deleted with it.
        stamp: the image's stamp when the version was made or last acknowledged; empty when it is not known.
        digest: SHA-256 of the image file in hexadecimal; empty until it has been computed.
    """

    target: str
    image: str
    format: str
    virtual_size: int
    policy: DiskPolicy = DiskPolicy.OVERLAY
    owned: bool = False
    stamp: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class StateFile:
    """A file beside the disks that clones get copies of, watched like an image of the version.

    Args:
        part: what it holds the state of, as in ``Template.firmware``.
        image: absolute path of the file.
        owned, stamp, digest: as in ``TemplateDisk``.
    """

    part: str
    image: str
    owned: bool = False
    stamp: str = ""
    digest: str = ""


Watched = TemplateDisk | StateFile
"""A file that a version is made of."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template: images that are never written again.

    Args:
        number: from 1; never given twice.
        disks: as in ``Template``.
        firmware: as in ``Template``.
        created_at: seconds since the epoch.
        note: what its maker wrote of it.
        states: as in ``Template``.
    """

    number: int
    disks: tuple[TemplateDisk, ...]
    firmware: Mapping[str, str] = field(default_factory=dict)
    created_at: float = 0.0
    note: str = ""
    states: tuple[StateFile, ...] = ()

    @property
    def beside(self) -> tuple[StateFile, ...]:
        """Return the files beside its disks that clones get copies of; of some nothing may have been noted yet."""
        noted = {state.image for state in self.states}
        own = (StateFile(part, path, owned=True) for part, path in self.firmware.items() if path not in noted)
        return (*self.states, *own)

    @property
    def watched(self) -> tuple[Watched, ...]:
        """Return all files it is made of, those of its disks first."""
        return (*self.disks, *self.beside)

    @property
    def owned_files(self) -> tuple[str, ...]:
        """Return the absolute paths of the files that were made for the template."""
        return (*(disk.image for disk in self.disks if disk.owned), *self.firmware.values())


@dataclass(frozen=True, slots=True)
class Template:
    """A template at one of its versions, mostly the newest.

    Args:
        name: what the user calls it; legal as the stem of machine names.
        xml: inactive domain XML, secure form: never shown or logged.
        disks: its writable disks, in the order of the XML.
        version: number of the version, from 1.
        source: the domain name or path it was imported from, for the user's eyes.
        created_at: seconds since the epoch at which the template came into being.
        options: per-template cloning choices (``tpm`` = empty|copy, ``hostdev`` = refuse|strip).
        firmware: absolute paths of files of this version that clones get copies of, by the part of
            the machine they hold the state of (``firmware variables``, ``tpm 1``), where they are not
            those that the XML names.
        versions: all its versions, oldest first; empty until it is recorded.
        inherited: files of templates that are gone, on which its own images stand; they go with it.
        states: what was noted of the files that clones of this version get copies of: those of ``firmware``,
            and those of other people that its XML names.
    """

    name: str
    xml: str = field(repr=False)
    disks: tuple[TemplateDisk, ...]
    version: int = 1
    source: str = ""
    created_at: float = 0.0
    options: Mapping[str, str] = field(default_factory=dict)
    firmware: Mapping[str, str] = field(default_factory=dict)
    versions: tuple[Version, ...] = field(default=(), compare=False)
    inherited: tuple[str, ...] = field(default=(), compare=False)
    states: tuple[StateFile, ...] = ()

    @property
    def history(self) -> tuple[Version, ...]:
        """Return all versions, oldest first; of a template that is not recorded yet, the one there is."""
        return self.versions or (Version(self.version, self.disks, self.firmware, self.created_at, states=self.states),)

    @property
    def newest(self) -> Version:
        """Return the newest version, whichever the template is at."""
        return self.history[-1]

    @property
    def current(self) -> Version:
        """Return the version that the template is at."""
        return next(version for version in self.history if version.number == self.version)

    @property
    def owned_files(self) -> tuple[str, ...]:
        """Return the absolute paths of all files that were made for it, those of the oldest version first."""
        made = (path for version in self.history for path in version.owned_files)
        return tuple(dict.fromkeys([*self.inherited, *made]))

    def at(self, number: int | None) -> "Template":
        """Return the template at another version; at the newest for None.

        Raises:
            TemplateError: it has no such version.
        """
        wanted = self.newest.number if number is None else number
        for version in self.history:
            if version.number == wanted:
                at = replace(self, version=wanted, disks=version.disks, firmware=version.firmware)
                return replace(at, states=version.states)
        numbers = ", ".join(f"v{version.number}" for version in self.history)
        raise TemplateError(
            "there is no such version of the template",
            subject=f"{self.name}@v{wanted}",
            why=f"it has {numbers}",
            remedy="See them with: qq2clone list-templates -v",
        )
