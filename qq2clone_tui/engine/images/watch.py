"""Look at the images of versions now and then: what they take, and whether they are what they were."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.template import Version
from qq2clone_tui.engine.ports.catalogue import Catalogue
from qq2clone_tui.engine.ports.images import ImageStore

from .drift import drift_of

__all__ = ["NOTHING_SEEN", "Seen", "VersionSeen", "VersionWatch"]

EVERY_SECONDS = 3.0
SHARE = 20
"""Looking takes at most one part in so many of the time: another host is asked file by file."""

CATALOGUE_SECONDS = 1.0
"""How often new versions are looked for."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class VersionSeen:
    """What was seen of a version's images.

    Args:
        bytes: what those take on disk that were made for the template, or, where none was, all of them.
        drift: why they are not what they were, a clause each.
    """

    bytes: int = 0
    drift: tuple[str, ...] = ()


Seen = Mapping[tuple[str, int], VersionSeen]
"""What was seen of each version, by template and number."""

NOTHING_SEEN: Seen = {}


class VersionWatch:
    """What the images of all versions were like when they were looked at last.

    Args:
        images, catalogue: asked.
    """

    def __init__(self, images: ImageStore, catalogue: Catalogue) -> None:
        self._images = images
        self._catalogue = catalogue
        self._seen = NOTHING_SEEN
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def current(self) -> Seen:
        """Return what was seen last, the same object until that changes; never blocks."""
        return self._seen

    def start(self, changed: Callable[[], None]) -> None:
        """Look again and again on a thread of its own, and call ``changed`` when anything is not as it was."""
        self._thread = threading.Thread(target=self._follow, args=(changed,), name="versions", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more; a look under way is left to end by itself."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=1.0)

    def look(self) -> bool:
        """Look now, and tell whether anything is not as it was.

        Raises:
            Qq2cloneError: catalogue or images cannot be asked.
        """
        versions = {(t.name, version.number): version for t in self._catalogue.templates() for version in t.history}
        seen = {which: self._seen_of(version) for which, version in versions.items()}
        if seen == self._seen:
            return False
        self._seen = seen
        return True

    def _follow(self, changed: Callable[[], None]) -> None:
        due, revision = 0.0, -1
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                now = self._catalogue.revision()
                if began >= due or now != revision:
                    revision = now
                    if self.look():
                        changed()
                    ended = time.monotonic()
                    due = ended + max(EVERY_SECONDS, SHARE * (ended - began))
            except Qq2cloneError as error:
                _log.warning("images of versions not looked at: %s", error.paragraph())
            self._stopped.wait(CATALOGUE_SECONDS)

    def _seen_of(self, version: Version) -> VersionSeen:
        paths = version.owned_files or tuple(disk.image for disk in version.disks)
        taken = sum(self._images.allocated_bytes(paths).values())
        return VersionSeen(taken, drift_of(self._images, version.watched))
