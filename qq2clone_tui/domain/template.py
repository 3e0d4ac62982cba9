"""Describe templates: what clones are made from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from .disk import DiskPolicy

__all__ = ["Template", "TemplateDisk"]


@dataclass(frozen=True, slots=True)
class TemplateDisk:
    """One writable disk of a template and the immutable image behind it.

    Args:
        target: device name in the domain XML (``vda``).
        image: absolute path of the image.
        format: the image's format.
        virtual_size: bytes the guest sees.
        policy: what a clone gets for this disk.
        owned: True when the image was copied for this template and may be deleted with it.
        stamp: the image's stamp when the template was imported; empty when it is not known.
    """

    target: str
    image: str
    format: str
    virtual_size: int
    policy: DiskPolicy = DiskPolicy.OVERLAY
    owned: bool = False
    stamp: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A template at its newest version.

    Args:
        name: what the user calls it; legal as the stem of machine names.
        xml: inactive domain XML, secure form: never shown or logged.
        disks: its writable disks, in the order of the XML.
        version: number of the newest version, from 1.
        source: the domain name or path it was imported from, for the user's eyes.
        created_at: seconds since the epoch.
        options: per-template cloning choices (``tpm`` = empty|copy, ``hostdev`` = refuse|strip).
    """

    name: str
    xml: str = field(repr=False)
    disks: tuple[TemplateDisk, ...]
    version: int = 1
    source: str = ""
    created_at: float = 0.0
    options: Mapping[str, str] = field(default_factory=dict)
