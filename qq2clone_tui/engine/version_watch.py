"""Look at the images of versions now and then: what they take, and whether they are what they were."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.template import Template, Version

from .drift import drift_of
from .ports import ImageStore

__all__ = ["Seen", "VersionWatch"]

EVERY_SECONDS = 3.0
SHARE = 20
"""Looking takes at most one part in so many of the time: another host is asked file by file."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a version's images.

    Args:
        bytes: what they take on disk, as far as they were made for the template.
        drift: why they are not what they were, a clause each.
    """

    bytes: int = 0
    drift: tuple[str, ...] = ()


class VersionWatch:
    """What the images of all versions were like when they were looked at last; used by one thread at a time.

    Args:
        images: asked.
        clock: gives seconds that never go back.
    """

    def __init__(self, images: ImageStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._images = images
        self._clock = clock
        self._seen: Mapping[tuple[str, int], Seen] = {}
        self._known: Mapping[tuple[str, int], Version] = {}
        self._due = 0.0

    def due(self) -> bool:
        """Tell whether it is time for another look."""
        return self._clock() >= self._due

    def current(self, templates: Iterable[Template]) -> Mapping[tuple[str, int], Seen]:
        """Return what was seen of each version, by template and number, at a look that is not long past."""
        versions = {(template.name, each.number): each for template in templates for each in template.history}
        if not self.due() and versions == self._known:
            return self._seen
        began = self._clock()
        try:
            self._seen = {which: self._look(version) for which, version in versions.items()}
        except Qq2cloneError:
            self._seen = {which: self._seen.get(which, Seen()) for which in versions}
        self._known = versions
        ended = self._clock()
        self._due = ended + max(EVERY_SECONDS, SHARE * (ended - began))
        return self._seen

    def _look(self, version: Version) -> Seen:
        taken = sum(self._images.allocated_bytes(version.owned_files).values())
        return Seen(taken, drift_of(self._images, version.disks))
