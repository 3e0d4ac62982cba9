"""Compute the digests that versions lack, in the background and one image after another."""

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.engine.ports.catalogue import Catalogue

if TYPE_CHECKING:
    from .notes import Versions

__all__ = ["DigestKeeper"]

EVERY_SECONDS = 5.0

_log = logging.getLogger(__name__)


class DigestKeeper:
    """Sees to it that every file a version is made of has its digest, by which ``check`` knows all its bytes.

    Disks of other people's have none: they may be large, and nobody asked us to read them.

    Args:
        catalogue: tells whether anything changed.
        versions: gives what knows which versions lack one, computes and records them; asked on the thread,
            for there is much to load.
    """

    def __init__(self, catalogue: Catalogue, versions: "Callable[[], Versions]") -> None:
        self._catalogue = catalogue
        self._versions = versions
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, on a thread of its own."""
        self._thread = threading.Thread(target=self._follow, name="digests", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop soon, also in the middle of an image, whose digest is then left to the next time."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def _follow(self) -> None:
        revision, given_up = -1, set[Reference]()
        while not self._stopped.wait(EVERY_SECONDS):
            try:
                now = self._catalogue.revision()
                if now == revision:
                    continue
                revision = now
                versions = self._versions()
                for reference in [each for each in versions.lacking_digests() if each not in given_up]:
                    if not versions.record_digests(str(reference), lambda _: None, self._stopped.is_set):
                        given_up.add(reference)  # changed by somebody, or out of reach: see the drift
            except Qq2cloneError as error:
                _log.warning("digests not computed: %s", error.paragraph())
