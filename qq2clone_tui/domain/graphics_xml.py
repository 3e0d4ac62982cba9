"""Read from a running machine's XML where its graphical consoles can be reached.

Source: https://libvirt.org/formatdomain.html#graphical-framebuffers
"""

import re
from collections.abc import Iterable

from .graphics import Endpoint, GraphicsKind
from .safe_xml import Element, parse_domain

__all__ = ["endpoints"]

_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_HOST = re.compile(r"[0-9A-Za-z][0-9A-Za-z._%:-]*|::[0-9A-Za-z.:%]*", re.ASCII)
_HIGHEST_PORT = 65535


def endpoints(xml: str) -> tuple[Endpoint, ...]:
    """Return the consoles of a machine in document order, those without a port yet too.

    Args:
        xml: its live XML; with secrets (VIR_DOMAIN_XML_SECURE) where a password is to be known.

    Raises:
        BadXml: it cannot be read.
    """
    found = (_endpoint(graphics) for graphics in parse_domain(xml).findall("devices/graphics"))
    return tuple(endpoint for endpoint in found if endpoint is not None)


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
