"""Read from a running machine's XML where its graphical consoles can be reached.

Source: https://libvirt.org/formatdomain.html#graphical-framebuffers
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from .safe_xml import Element, parse_domain

__all__ = ["Endpoint", "GraphicsKind", "choose", "endpoints"]

_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_HOST = re.compile(r"[0-9A-Za-z][0-9A-Za-z._%:-]*|::[0-9A-Za-z.:%]*", re.ASCII)
_HIGHEST_PORT = 65535


class GraphicsKind(StrEnum):
    """The protocols that viewers speak; libvirt's other kinds of graphics reach nobody elsewhere."""

    SPICE = "spice"
    VNC = "vnc"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One graphical console as it can be reached now.

    Args:
        kind: the protocol.
        host: the address it listens on, which may stand for all; empty when that is not told.
        port, tls_port: TCP ports; 0 when there is none (yet).
        socket: absolute path of the UNIX socket it listens on instead; else empty.
        websocket: TCP port for browsers; 0 when there is none.
        handed_over: it listens nowhere, and only libvirt can hand out a connection to it.
        password: what it asks for; empty when there is none or it may not be known. Never shown.
        protected: whether it asks for a password.
    """

    kind: GraphicsKind
    host: str = ""
    port: int = 0
    tls_port: int = 0
    socket: str = ""
    websocket: int = 0
    handed_over: bool = False
    password: str = field(default="", repr=False)
    protected: bool = False

    @property
    def ready(self) -> bool:
        """Tell whether there is something to connect to; a machine that is off has no ports."""
        return bool(self.port or self.tls_port or self.socket or self.handed_over)

    @property
    def loopback(self) -> bool:
        """Tell whether only its own host reaches it over the network."""
        return bool(self.socket) or self.host in {"", "localhost", "::1"} or self.host.startswith("127.")

    @property
    def everywhere(self) -> bool:
        """Tell whether it listens on every address of its host."""
        return self.host in {"0.0.0.0", "::", "*"}  # noqa: S104 - recognised, not listened on

    @property
    def local_host(self) -> str:
        """Return the address at which its own host reaches it."""
        if self.everywhere:
            return "::1" if self.host == "::" else "127.0.0.1"
        return self.host or "127.0.0.1"

    @property
    def where(self) -> str:
        """Return in a few words where it is: ``127.0.0.1:5901``, a path, or that it listens nowhere."""
        if self.socket:
            return self.socket
        if self.handed_over:
            return "through libvirt"
        if not self.ready:
            return "no port"
        host = f"[{self.host}]" if ":" in self.host else self.host or "127.0.0.1"
        return f"{host}:{self.port}" if self.port else f"{host}:{self.tls_port} (TLS)"


def endpoints(xml: str) -> tuple[Endpoint, ...]:
    """Return the consoles of a machine in document order, those without a port yet too.

    Args:
        xml: its live XML; with secrets (VIR_DOMAIN_XML_SECURE) where a password is to be known.

    Raises:
        BadXml: it cannot be read.
    """
    found = (_endpoint(graphics) for graphics in parse_domain(xml).findall("devices/graphics"))
    return tuple(endpoint for endpoint in found if endpoint is not None)


def choose(found: Sequence[Endpoint], prefer: GraphicsKind = GraphicsKind.SPICE) -> Endpoint | None:
    """Return the console to open: a ready one before one that is not, then the kind preferred.

    Spice stands before VNC unless asked otherwise, for it carries sound, clipboard and sizes too.
    """
    return min(found, key=lambda endpoint: (not endpoint.ready, endpoint.kind is not prefer), default=None)


def _endpoint(graphics: Element) -> Endpoint | None:
    kind = graphics.get("type", "")
    if kind not in set(GraphicsKind):
        return None
    listens = graphics.findall("listen")
    kinds = {listen.get("type", "") for listen in listens}
    socket = graphics.get("socket", "") or _first(listen.get("socket", "") for listen in listens)
    host = graphics.get("listen", "") or _first(listen.get("address", "") for listen in listens)
    password = graphics.get("passwd", "")
    reachable = not host or _HOST.fullmatch(host) is not None
    return Endpoint(
        GraphicsKind(kind),
        host=host if reachable else "",
        port=_port(graphics.get("port")) if reachable else 0,
        tls_port=_port(graphics.get("tlsPort")) if reachable else 0,
        socket=socket if socket.startswith("/") else "",
        websocket=_port(graphics.get("websocket")) if reachable else 0,
        handed_over=kinds == {"none"},
        password=password,
        protected=bool(password) or graphics.get("passwdValidTo") is not None,
    )


def _port(text: str | None) -> int:
    number = int(text) if text and _PORT.fullmatch(text) else 0
    return number if number <= _HIGHEST_PORT else 0


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")
