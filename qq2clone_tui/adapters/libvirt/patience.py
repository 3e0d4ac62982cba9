"""Start a machine again where it failed for no fault of its own."""

import re
import time
from collections.abc import Callable

from .binding import libvirt

__all__ = ["start_patiently"]

_PASSING = re.compile(
    "Failed to find an available port"  # VNC
    r"|binding socket to \S+ failed"  # SPICE
    "|load cgroup BPF prog: Resource temporarily unavailable"
)
_ENDED = re.compile("is not running|is no longer running|closed the monitor|exited while connecting to monitor")
_WORDLESS = re.compile(r"(is not running|is no longer running|exited while connecting to monitor)\.?$")
_PAUSES_SECONDS = (0.3, 0.6, 1.2, 2.4, 4.8)


def start_patiently(start: Callable[[], object], active: Callable[[], object]) -> None:
    """Start a machine; a console port that another hypervisor of the host took first is chosen anew.

    Each driver looks for a free port by itself and only QEMU takes it, a moment later: two drivers
    that start machines at the same time can choose the same one. libvirt then still has to deal
    with the end of the first QEMU, and when it comes to that late it ends the second one instead;
    hence the pauses, the second look, and hence whatever looks like that is tried again too. So is an end of QEMU
    that libvirt has no words for: it was too quick to read what QEMU said.

    Args:
        start: starts the machine, or restores it.
        active: tells whether it runs.

    Raises:
        libvirtError: libvirt refused.
    """
    raced = False
    for pause in _PAUSES_SECONDS:
        try:
            start()
        except libvirt.libvirtError as fault:
            if not _passes(str(fault), raced=raced):
                raise
            raced = True
            time.sleep(pause)
            continue
        if not raced:
            return
        time.sleep(pause)
        if active():
            return
    start()


def _passes(words: str, *, raced: bool) -> bool:
    """Tell whether a start that failed with these words may do better a moment later."""
    return bool(_PASSING.search(words) or _WORDLESS.search(words) or (raced and _ENDED.search(words)))
