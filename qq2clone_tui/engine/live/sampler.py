"""Sample the figures that are on screen, one bulk call at a time, and turn them into rates."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.host_figures import HostFigures
from qq2clone_tui.domain.stats import Rates, Sample, StatGroup, rates
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

__all__ = ["Sampler"]

_log = logging.getLogger(__name__)
Listener = Callable[[Mapping[str, Rates]], None]


class Sampler:
    """Calls ``Hypervisor.sample`` at intervals on a thread of its own; one call at a time.

    Args:
        hypervisor: asked for the counters of active machines.
        disk_use: gives the bytes on disk of every machine, active or not.
        host_use: gives the figures of the host.
    """

    def __init__(
        self,
        hypervisor: Hypervisor,
        disk_use: Callable[[], Mapping[str, int]],
        host_use: Callable[[], HostFigures],
    ) -> None:
        self._hypervisor = hypervisor
        self._disk_use = disk_use
        self._host_use = host_use
        self._groups = StatGroup(0)
        self._samples: Mapping[str, Sample] = {}
        self._current: Mapping[str, Rates] = {}
        self._host = HostFigures()
        self._listeners: Listeners[Mapping[str, Rates]] = Listeners()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def current(self) -> Mapping[str, Rates]:
        """Return the newest figures by UUID; never blocks."""
        return self._current

    @property
    def host(self) -> HostFigures:
        """Return the newest figures of the host; never blocks."""
        return self._host

    def want(self, groups: StatGroup) -> None:
        """Say which figures are on screen; ``StatGroup(0)`` pauses the sampling."""
        self._groups = groups

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback`` with all figures after each sample; the result unsubscribes."""
        return self._listeners.subscribe(callback)

    def start(self, interval_seconds: float = 2.0) -> None:
        """Begin to sample."""
        self._stopped.clear()
        self._thread = threading.Thread(target=self._run, args=(interval_seconds,), name="sampler", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop; a call under way is left to end by itself."""
        self._stopped.set()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join(timeout=1.0)

    def sample_once(self) -> None:
        """Take one sample now and tell the listeners when any figure changed."""
        groups = self._groups
        if not groups:
            return
        fresh = self._hypervisor.sample(groups)
        host = self._host_use()
        sizes = self._disk_use() if StatGroup.BLOCK in groups else {}
        figures = {uuid: Rates(disk_allocation_bytes=size) for uuid, size in sizes.items()}
        for uuid, sample in fresh.items():
            measured = replace(sample, disk_allocation_bytes=sizes.get(uuid, sample.disk_allocation_bytes))
            figures[uuid] = rates(self._samples.get(uuid), measured)
        self._samples = fresh
        if figures != self._current or host != self._host:
            self._current, self._host = figures, host
            self._listeners.tell(figures)

    def _run(self, interval_seconds: float) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            try:
                self.sample_once()
            except Qq2cloneError as error:
                _log.info("no figures: %s", error.paragraph())
            # A slow hypervisor is asked less often: sampling never takes more than half of its time.
            self._stopped.wait(max(interval_seconds, time.monotonic() - began))
