"""Declare how images are closed for good, and the one way in which a closed one is written."""

from typing import Protocol

__all__ = ["Sealing"]


class Sealing(Protocol):
    """Closes images that nobody is to write to any more."""

    def seal(self, path: str) -> str:
        """Make a file read-only for everybody (mode 0444), and return its stamp; see ``ImageFacts.stamp``.

        Where the files are another host's, only the stamp is returned: libvirt changes no modes.

        Raises:
            AccessError: it is missing, or the system refused it.
        """

    def unseal(self, path: str) -> None:
        """Make a sealed file one that its owner alone reads and writes (mode 0600); a missing one is no error."""

    def commit(self, overlay: str, overlay_format: str, base: str) -> None:
        """Write what an overlay holds into the image directly below it; the overlay stays, and reads the same.

        Nobody may have either of them open. When it was interrupted, it can be done again.

        Raises:
            BadArgument: this cannot be done from here, or the overlay stands on something else.
            CommandFailed, AccessError: it failed; the overlay still holds everything.
        """
