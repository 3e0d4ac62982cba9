"""Declare how single files are looked at closely: whether they are what they were, down to their bytes."""

from collections.abc import Callable
from typing import Protocol

from qq2clone_tui.domain.disk import FileFacts

__all__ = ["Heard", "Inspection", "Stopped"]

Heard = Callable[[int], object]
"""Is told how many bytes were gone through since it was told last; called from the thread that goes through them."""

Stopped = Callable[[], bool]
"""Tells whether to end early; asked often."""


class Inspection(Protocol):
    """Looks at files as they are now; nothing it says was remembered."""

    def facts(self, path: str) -> FileFacts | None:
        """Return what the system says of a file or block device; None when there is none.

        Raises:
            AccessError: it cannot be looked at.
        """

    def named(self, directory: str, inode: int) -> str:
        """Return the absolute path of the regular file with an inode in a directory; empty when it has none."""

    def backing_format(self, path: str) -> str:
        """Return the format that an overlay says the image below it has; empty when it does not say."""

    def digest(self, path: str, heard: Heard, stopped: Stopped) -> str:
        """Return the SHA-256 of a file's bytes in hexadecimal; empty when it was stopped.

        Raises:
            AccessError: it is missing or unreadable.
            WrongFileKind: it is neither a regular file nor a block device.
            BadArgument: it was changed meanwhile.
        """
