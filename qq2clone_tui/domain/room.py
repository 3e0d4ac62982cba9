"""Say how much room there is where new images go, and when that is too little to go on carelessly."""

from dataclasses import dataclass

__all__ = ["Room"]

_SCARCE_SHARE = 0.05
_SCARCE_BYTES = 2 << 30


@dataclass(frozen=True, slots=True)
class Room:
    """The room of a file system.

    Args:
        free: bytes that can still be written.
        total: bytes that it has.
    """

    free: int
    total: int

    @property
    def scarce(self) -> bool:
        """Tell whether little is left: machines whose disks cannot grow are paused, or lose what they write."""
        return self.free < max(_SCARCE_BYTES, self.total * _SCARCE_SHARE)
