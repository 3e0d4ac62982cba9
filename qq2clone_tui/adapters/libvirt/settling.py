"""Wait until an embedded driver has taken up the machines that were left running.

Machines outlive the process that started them. The next process to open the root connects to each
in the background, and a command that comes meanwhile loses the race: the machine is destroyed, yet
libvirt reports that it was not running.
"""

import logging
import threading
import time
from typing import Any

from .binding import libvirt

__all__ = ["settle"]

LONGEST_SECONDS = 20.0
PAUSE_SECONDS = 0.005

_log = logging.getLogger(__name__)
_lock = threading.Lock()
_settled: list[bool] = []


def settle(connection: Any) -> None:
    """Return when every active machine is free for commands; once a process, since it has one root.

    libvirt takes up a machine under a job, which its control information shows without asking
    QEMU: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainGetControlInfo

    Raises:
        libvirtError: the machines cannot be listed.
    """
    with _lock:
        if _settled:
            return
        waiting = connection.listAllDomains(libvirt.VIR_CONNECT_LIST_DOMAINS_ACTIVE)
        pause, end = threading.Event(), time.monotonic() + LONGEST_SECONDS
        while waiting := [domain for domain in waiting if _busy(domain)]:
            if time.monotonic() > end:
                _log.warning("%d machines are still being taken up", len(waiting))
                break
            pause.wait(PAUSE_SECONDS)
        _settled.append(True)


def _busy(domain: Any) -> bool:
    try:
        return bool(domain.controlInfo()[0] in (libvirt.VIR_DOMAIN_CONTROL_JOB, libvirt.VIR_DOMAIN_CONTROL_OCCUPIED))
    except libvirt.libvirtError as fault:
        _log.info("%s was not taken up: %s", domain.name(), fault)  # it ended while nobody watched
        return False
