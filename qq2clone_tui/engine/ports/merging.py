"""Declare how one image is made of several, where the files can be reached."""

import threading
from collections.abc import Callable
from typing import Protocol

from qq2clone_tui.domain.merge import Merge, Sealed

__all__ = ["Merging", "OnFraction"]

OnFraction = Callable[[float], None]
"""Told how much is done, from 0 to 1."""


class Merging(Protocol):
    """Makes images that read like others and stand on fewer files, and puts them in the others' place."""

    def make(self, merge: Merge, on_fraction: OnFraction, stop: threading.Event) -> Sealed:
        """Make the image, which must not exist, compare it with the one it is made of, and seal it (mode 0444).

        Args:
            merge: what is to be made; what it is made of may be in use by machines that only read it.
            on_fraction: told how far it has got.
            stop: set by somebody who does not want it any more.

        Raises:
            BadArgument: it was stopped, or the new file lies elsewhere; nothing of it is left, as after
                any other error.
            AccessError: a file cannot be read or made.
            WrongFileKind: the image cannot be merged.
            CommandFailed: qemu-img failed, or the result does not read the same.
        """

    def put(self, made: str, path: str) -> None:
        """Let a sealed image take the place of another one of its directory, at one instant and on the disk.

        Whoever has the old one open goes on reading it. Where the new one is in place already, nothing is done.

        Raises:
            AccessError: the system refused it.
            WrongFileKind: what is in its place is no regular file.
        """
