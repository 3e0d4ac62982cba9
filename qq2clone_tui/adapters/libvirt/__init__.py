"""Speak to hypervisors through libvirt; nothing outside this package knows libvirt."""

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from .noise import direct_log

if TYPE_CHECKING:
    from .hypervisor import LibvirtHypervisor

__all__ = ["open_hypervisor"]

# Without a handler of the program's own, Python would print warnings on the terminal.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def open_hypervisor(uri: str, *, log_file: Path | None, pool: int = 4) -> "LibvirtHypervisor":
    """Open a hypervisor and start listening to its events.

    Args:
        uri: libvirt connection URI.
        log_file: where libvirt's own log goes, instead of standard error; None discards it. The
            first call of a process decides.
        pool: the most connections to hold; drivers inside this process get one.

    Raises:
        BadArgument: the URI is malformed.
        AccessError: a file or directory it names cannot be used.
        ConnectionFailed: the hypervisor cannot be reached.
    """
    direct_log(log_file)
    # libvirt initialises when it is imported, and must find its log directed by then.
    from .hypervisor import LibvirtHypervisor

    return LibvirtHypervisor(uri, pool)
