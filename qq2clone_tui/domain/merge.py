"""Say which image is to be made of several that stand on one another, and what came of it."""

from dataclasses import dataclass

__all__ = ["Merge", "Sealed"]


@dataclass(frozen=True, slots=True)
class Merge:
    """An image that is to read like another one, but stand further down.

    Args:
        top: absolute path of the qcow2 image it will read like; only read.
        made: absolute path of the new file, in the directory of ``top``.
        below: absolute path of the image it stands on, one of those that ``top`` stands on; empty
            for an image that stands alone.
    """

    top: str
    made: str
    below: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished image that nobody is to write to again.

    Args:
        stamp: see ``ImageFacts.stamp``; renaming the file does not change it.
        digest: SHA-256 of the file in hexadecimal.
        allocated: bytes it takes on disk.
    """

    stamp: str
    digest: str
    allocated: int
