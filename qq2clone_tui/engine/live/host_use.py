"""Measure the load of the host and the room for images, seldom enough not to be felt."""

import logging
import time
from collections.abc import Callable

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.host_figures import HostFigures, HostSample, host_figures
from qq2clone_tui.domain.room import Room
from qq2clone_tui.engine.ports.hypervisor import Hypervisor
from qq2clone_tui.engine.ports.images import ImageStore

__all__ = ["HostUse"]

EVERY_SECONDS = 5.0
SHARE = 50
"""Measuring takes at most one part in so many of the time: another host is asked for the room by pool."""

_log = logging.getLogger(__name__)


class HostUse:
    """The figures of a host, as they were at most some seconds ago.

    Args:
        hypervisor: asked for the load.
        images: asked for the room.
        clock: gives seconds that never go back.
    """

    def __init__(self, hypervisor: Hypervisor, images: ImageStore, clock: Callable[[], float] = time.monotonic) -> None:
        self._hypervisor = hypervisor
        self._images = images
        self._clock = clock
        self._sample = HostSample()
        self._figures = HostFigures()
        self._looks = 0
        self._due = float("-inf")

    def current(self) -> HostFigures:
        """Return the figures, measured anew when it is time; those that cannot be had are None.

        The load needs two looks, and so the second one does not wait.
        """
        began = self._clock()
        if began < self._due:
            return self._figures
        fresh = self._sampled()
        self._figures = host_figures(self._figures, self._sample, fresh, self._room())
        self._sample = fresh
        self._looks += 1
        if self._looks > 1:
            ended = self._clock()
            self._due = ended + max(EVERY_SECONDS, SHARE * (ended - began))
        return self._figures

    def _sampled(self) -> HostSample:
        try:
            return self._hypervisor.host_use.sample()
        except Qq2cloneError as error:
            _log.info("load of the host not known: %s", error.paragraph())
            return HostSample()

    def _room(self) -> Room | None:
        try:
            return self._images.room()
        except Qq2cloneError as error:
            _log.info("room for images not known: %s", error.paragraph())
            return None
