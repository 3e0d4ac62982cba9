"""Say how the bytes of a file are overwritten before it is deleted."""

from dataclasses import dataclass
from enum import StrEnum

from .errors import BadArgument

__all__ = ["WIPE_ALGORITHMS", "Erasure", "ErasureKind"]

WIPE_ALGORITHMS = ("zero", "nnsa", "dod", "bsi", "gutmann", "schneier", "pfitzner7", "pfitzner33", "random", "trim")
"""Names of virStorageVolWipeAlgorithm: https://libvirt.org/html/libvirt-libvirt-storage.html"""

_MOST_PASSES = 100


class ErasureKind(StrEnum):
    """Who overwrites."""

    WIPE = "wipe"
    """libvirt, on the hypervisor's host."""
    SHRED = "shred"
    """The program shred, on this host."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """How files are overwritten.

    Args:
        kind: by whom.
        algorithm: one of ``WIPE_ALGORITHMS``, for WIPE.
        passes: how often with random bytes, for SHRED.
    """

    kind: ErasureKind
    algorithm: str = "zero"
    passes: int = 3

    def __post_init__(self) -> None:
        if self.algorithm not in WIPE_ALGORITHMS:
            raise BadArgument(
                "there is no such way to wipe",
                subject=self.algorithm,
                remedy=f"There are {', '.join(WIPE_ALGORITHMS)}.",
            )
        if not 0 <= self.passes <= _MOST_PASSES:
            raise BadArgument(
                "cannot shred so often", subject=str(self.passes), why=f"0 to {_MOST_PASSES} passes can be made"
            )

    def written(self) -> str:
        """Return it as a text that ``read`` understands."""
        return f"wipe:{self.algorithm}" if self.kind is ErasureKind.WIPE else f"shred:{self.passes}"

    @classmethod
    def read(cls, text: str) -> "Erasure | None":
        """Return what ``written`` wrote down, None for an empty text."""
        kind, _, detail = text.partition(":")
        if kind == "wipe":
            return cls(ErasureKind.WIPE, algorithm=detail)
        return cls(ErasureKind.SHRED, passes=int(detail)) if kind == "shred" else None
