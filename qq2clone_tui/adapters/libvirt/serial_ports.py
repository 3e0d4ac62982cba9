"""Open serial consoles through libvirt, near and far alike."""

import logging
import re
import socket
import threading
from contextlib import suppress
from typing import Any

from qq2clone_tui.domain.errors import HypervisorError

from . import domains
from .binding import libvirt
from .errors import reason, translated
from .pool import ConnectionPool

__all__ = ["LibvirtSerialPorts"]

_log = logging.getLogger(__name__)
_WHAT = "cannot open the serial console"
_PIECE_BYTES = 16 << 10
_MOST_WAITING_BYTES = 64 << 10
_BUSY = re.compile("Active console session exists", re.IGNORECASE)
_NONE = re.compile("cannot find (character|console) device|does not have|no console", re.IGNORECASE)
_READABLE = libvirt.VIR_STREAM_EVENT_READABLE
_WRITABLE = libvirt.VIR_STREAM_EVENT_WRITABLE
_ENDED = libvirt.VIR_STREAM_EVENT_ERROR | libvirt.VIR_STREAM_EVENT_HANGUP


class LibvirtSerialPorts:
    """Serial consoles; implements ``engine.ports.terminal.SerialPorts``.

    Args:
        connections: lends connections to the hypervisor.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

    def open(self, uuid: str, device: str, *, force: bool) -> "LibvirtSerialLine":
        """Open a serial console.

        Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainOpenConsole

        Raises:
            HypervisorError: there is none, or somebody else has it open.
        """
        flags = libvirt.VIR_DOMAIN_CONSOLE_FORCE if force else libvirt.VIR_DOMAIN_CONSOLE_SAFE
        with translated(_WHAT, uuid) as about, self._connections.lease() as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            stream = connection.newStream(libvirt.VIR_STREAM_NONBLOCK)
            try:
                domain.openConsole(device or None, stream, flags)
            except libvirt.libvirtError as fault:
                with suppress(libvirt.libvirtError):
                    stream.abort()
                raise _explained(fault, about.subject, device) or fault from fault
            return LibvirtSerialLine(stream)


class LibvirtSerialLine:
    """A console whose bytes pass through a socket; implements ``engine.ports.terminal.SerialLine``.

    Everything happens on libvirt's event thread, so nothing is locked but the end. What one side does
    not take yet waits here, up to a limit; then the other side is not listened to.

    Args:
        stream: a non-blocking ``virStream`` on an open console.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._user, self._ours = socket.socketpair()
        self._ours.setblocking(False)
        self._to_user = bytearray()
        self._to_guest = bytearray()
        self._why = ""
        self._lock = threading.Lock()
        self._over = False
        stream.eventAddCallback(_READABLE | _ENDED, self._stream_ready, None)
        self._watch = libvirt.virEventAddHandle(
            self._ours.fileno(), libvirt.VIR_EVENT_HANDLE_READABLE, self._socket_ready, None
        )

    def fileno(self) -> int:
        """Return the descriptor to read from and write to."""
        return self._user.fileno()

    def ending(self) -> str:
        """Return why the console ended, as a clause; empty while it lasts."""
        return self._why

    def close(self) -> None:
        """Let go of the console."""
        self._end("")
        self._user.close()

    def _stream_ready(self, _stream: object, events: int, _data: object) -> None:
        if self._over:
            return
        try:
            if events & _READABLE:
                self._receive()
            if events & _WRITABLE:
                self._send()
        except libvirt.libvirtError as fault:
            self._end(reason(fault))
            return
        if events & _ENDED and not events & _READABLE:
            self._end("the machine went off")
            return
        self._adjust()

    def _socket_ready(self, _watch: int, _fd: int, events: int, _data: object) -> None:
        if self._over:
            return
        try:
            if events & libvirt.VIR_EVENT_HANDLE_READABLE:
                piece = self._ours.recv(_PIECE_BYTES)
                if not piece:
                    self._end("")
                    return
                self._to_guest += piece
                self._send()
            if events & libvirt.VIR_EVENT_HANDLE_WRITABLE:
                self._pass_on()
        except BlockingIOError:
            pass
        except (OSError, libvirt.libvirtError) as fault:
            self._end(str(fault))
            return
        self._adjust()

    def _receive(self) -> None:
        """Take what the guest has printed; -2 stands for "nothing now", an empty piece for the end."""
        while len(self._to_user) < _MOST_WAITING_BYTES:
            piece = self._stream.recv(_PIECE_BYTES)
            if piece == -2:
                break
            if not piece:
                self._pass_on()
                self._end("the machine went off")
                return
            self._to_user += piece
        self._pass_on()

    def _send(self) -> None:
        while self._to_guest:
            sent = self._stream.send(bytes(self._to_guest[:_PIECE_BYTES]))
            if sent == -2:
                return
            del self._to_guest[:sent]

    def _pass_on(self) -> None:
        while self._to_user:
            try:
                sent = self._ours.send(self._to_user[:_PIECE_BYTES])
            except BlockingIOError:
                return
            except OSError:
                self._end("")
                return
            del self._to_user[:sent]

    def _adjust(self) -> None:
        """Listen to each side only for what the other can take."""
        if self._over:
            return
        stream = _ENDED
        stream |= _READABLE if len(self._to_user) < _MOST_WAITING_BYTES else 0
        stream |= _WRITABLE if self._to_guest else 0
        handle = libvirt.VIR_EVENT_HANDLE_WRITABLE if self._to_user else 0
        handle |= libvirt.VIR_EVENT_HANDLE_READABLE if len(self._to_guest) < _MOST_WAITING_BYTES else 0
        with suppress(libvirt.libvirtError):
            self._stream.eventUpdateCallback(stream)
        libvirt.virEventUpdateHandle(self._watch, handle)

    def _end(self, why: str) -> None:
        with self._lock:
            if self._over:
                return
            self._over, self._why = True, why
        for call in (
            lambda: libvirt.virEventRemoveHandle(self._watch),
            self._stream.eventRemoveCallback,
            self._stream.abort,
        ):
            try:
                call()
            except libvirt.libvirtError as fault:
                _log.debug("closing a serial console: %s", fault)
        self._ours.close()


def _explained(fault: Any, name: str, device: str) -> HypervisorError | None:
    said = str(fault)
    if _BUSY.search(said):
        why, remedy = "somebody has it open already", "Force it to end that session."
    elif _NONE.search(said):
        why = f"it has no serial console {device}".rstrip()
        remedy = "Its template needs a <serial> or <console> device; the first is serial0."
    else:
        return None
    return HypervisorError(_WHAT, subject=name, why=why, remedy=remedy)
