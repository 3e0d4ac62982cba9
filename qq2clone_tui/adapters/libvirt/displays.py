"""Take pictures of what machines show on their screens."""

import re
from contextlib import suppress
from typing import Any

from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.screenshot import Screenshot

from . import domains
from .binding import libvirt
from .errors import translated
from .pool import ConnectionPool

__all__ = ["LibvirtDisplays"]

MOST_BYTES = 48 << 20
"""Longest picture taken; four thousand dots by three thousand, uncompressed, are shorter."""

_PIECE_BYTES = 256 << 10
_WHAT = "cannot see the screen of the machine"
_SCREENLESS = re.compile(r"no screens to take screenshot|no console to take|no such screen", re.IGNORECASE)


class LibvirtDisplays:
    """The screens of machines; implements ``engine.ports.facets.Displays``.

    Args:
        connections: lent for each picture.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def screenshot(self, uuid: str, screen: int = 0) -> Screenshot:
        """Return what a screen of a running machine shows now, as PNG or PPM.

        Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainScreenshot

        Args:
            uuid: whose screen.
            screen: its number, from 0.

        Raises:
            HypervisorError: the machine is off, has no screen, or its picture is longer than ``MOST_BYTES``.
        """
        with translated(_WHAT, uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            if not domain.isActive():
                raise HypervisorError(_WHAT, subject=about.subject, why="it is off", remedy="Start it first.")
            stream = connection.newStream(0)
            try:
                return Screenshot(str(domain.screenshot(stream, screen, 0)), _drained(stream, about.subject))
            except libvirt.libvirtError as fault:
                if not _SCREENLESS.search(str(fault)):
                    raise
                raise HypervisorError(
                    _WHAT,
                    subject=about.subject,
                    why="it has no graphics card",
                    remedy="Look at its serial console instead.",
                ) from fault


def _drained(stream: Any, name: str) -> bytes:
    """Return all that comes out of a stream; the stream is over afterwards, whatever happens."""
    pieces: list[bytes] = []
    size = 0
    try:
        while piece := stream.recv(_PIECE_BYTES):
            size += len(piece)
            if size > MOST_BYTES:
                raise HypervisorError(_WHAT, subject=name, why=f"the picture is longer than {MOST_BYTES >> 20} MiB")
            pieces.append(piece)
        stream.finish()
    except BaseException:
        with suppress(libvirt.libvirtError):
            stream.abort()
        raise
    return b"".join(pieces)
