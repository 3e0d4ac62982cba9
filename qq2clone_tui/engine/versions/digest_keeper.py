"""Compute the digests that versions lack, in the background and one image after another."""

import logging
import threading

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.engine.ports.catalogue import Catalogue

from .notes import Versions

__all__ = ["DigestKeeper"]

EVERY_SECONDS = 5.0

_log = logging.getLogger(__name__)


class DigestKeeper:
    """Sees to it that every image that was made for a template has its digest, by which ``check`` knows all its bytes.

    Args:
        catalogue: asked which versions lack one.
        versions: computes and records them.
    """

    def __init__(self, catalogue: Catalogue, versions: Versions) -> None:
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
                for reference in [each for each in self._lacking() if each not in given_up]:
                    if not self._versions.record_digests(str(reference), lambda _: None, self._stopped.is_set):
                        given_up.add(reference)  # changed by somebody, or out of reach: see the drift
            except Qq2cloneError as error:
                _log.warning("digests not computed: %s", error.paragraph())

    def _lacking(self) -> list[Reference]:
        return [
            Reference(template.name, version.number)
            for template in self._catalogue.templates()
            for version in template.history
            if any(disk.owned and disk.stamp and not disk.digest for disk in version.disks)
        ]
