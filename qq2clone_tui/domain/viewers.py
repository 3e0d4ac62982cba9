"""Say how each viewer is told which console to show.

Sources: virt-viewer(1), remote-viewer(1), ``spicy --help``.
"""

import re
import shlex
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from .graphics import Endpoint, GraphicsKind

__all__ = ["Place", "Screen", "Viewer", "ViewerCall", "call_for", "line_of", "place_of", "uri_of"]

_PLAIN_PATH = re.compile(r"/[0-9A-Za-z/._+,:@=-]*", re.ASCII)


class Viewer(StrEnum):
    """The programs that show a graphical console."""

    VIRT_VIEWER = "virt-viewer"
    REMOTE_VIEWER = "remote-viewer"
    SPICY = "spicy"


class Place(StrEnum):
    """Where the machines of a hypervisor run, as a viewer sees it."""

    EMBEDDED = "embedded"
    """In a hypervisor inside our own process, which no other program can ask."""
    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Screen:
    """One machine's console and the hypervisor it belongs to."""

    uuid: str
    name: str
    uri: str
    endpoint: Endpoint


@dataclass(frozen=True, slots=True)
class ViewerCall:
    """A viewer and its arguments; a password is never among them.

    Args:
        viewer: the program.
        arguments: its arguments.
        connection_file: text of a file whose path is one more argument; it may hold a password,
            and the viewer deletes it once read. Empty when there is no need of one.
    """

    viewer: Viewer
    arguments: tuple[str, ...]
    connection_file: str = field(default="", repr=False)


def place_of(uri: str) -> Place:
    """Return where the machines of a hypervisor run."""
    parts = urlsplit(uri)
    if parts.netloc:
        return Place.REMOTE
    in_process = parts.scheme == "test" or parts.path == "/embed"
    return Place.EMBEDDED if in_process else Place.LOCAL


def call_for(wish: Viewer, screen: Screen) -> ViewerCall | str:
    """Return how to show a console with a viewer, or why that viewer cannot reach it.

    virt-viewer finds the console by itself through libvirt, also over ssh; where libvirt is inside
    our own process it cannot, and remote-viewer, which comes with it, is given the address.
    """
    place = place_of(screen.uri)
    if wish is Viewer.VIRT_VIEWER and place is not Place.EMBEDDED:
        return _through_libvirt(screen, place)
    if place is Place.REMOTE:
        return f"{wish.value} does not reach a console on another host"
    if screen.endpoint.handed_over:
        return "it listens nowhere, and only virt-viewer with a libvirt daemon can be handed a connection"
    if wish is Viewer.SPICY:
        return _spicy(screen)
    return _remote_viewer(screen)


def line_of(call: ViewerCall) -> str:
    """Return a call as a shell line, every word quoted."""
    return shlex.join([call.viewer.value, *call.arguments])


def _through_libvirt(screen: Screen, place: Place) -> ViewerCall:
    # Handed a connection by libvirt, it needs no password; where that fails it connects by itself.
    attach = ("--attach",) if place is Place.LOCAL else ()
    return ViewerCall(Viewer.VIRT_VIEWER, (*attach, "--connect", screen.uri, "--", screen.uuid))


def _spicy(screen: Screen) -> ViewerCall | str:
    endpoint = screen.endpoint
    if endpoint.kind is not GraphicsKind.SPICE:
        return f"spicy shows only spice, and this is {endpoint.kind.value}"
    title = f"--title={screen.name}"
    if endpoint.socket:
        return ViewerCall(Viewer.SPICY, (title, f"--uri=spice+unix://{endpoint.socket}"))
    ports = (f"--port={endpoint.port}",) if endpoint.port else ()
    secure = (f"--secure-port={endpoint.tls_port}",) if endpoint.tls_port else ()
    return ViewerCall(Viewer.SPICY, (title, f"--host={endpoint.local_host}", *ports, *secure))


def _remote_viewer(screen: Screen) -> ViewerCall | str:
    endpoint = screen.endpoint
    if endpoint.socket and endpoint.kind is GraphicsKind.VNC:
        return "remote-viewer does not open VNC over a UNIX socket"
    if endpoint.password or (endpoint.socket and not _PLAIN_PATH.fullmatch(endpoint.socket)):
        return ViewerCall(Viewer.REMOTE_VIEWER, (), _connection_file(screen))
    return ViewerCall(Viewer.REMOTE_VIEWER, (f"--title={screen.name}", "--", uri_of(endpoint, endpoint.local_host)))


def uri_of(endpoint: Endpoint, host: str, port: int = 0) -> str:
    """Return the address of a console as remote-viewer takes it.

    Args:
        endpoint: the console.
        host: where it is reached from there.
        port: the TCP port there, where it is another than the console's own.
    """
    if endpoint.socket and not port:
        return f"{endpoint.kind.value}+unix://{endpoint.socket}"
    plain = port or endpoint.port
    bracketed = f"[{host}]" if ":" in host else host
    where = f"{endpoint.kind.value}://{bracketed}" + (f":{plain}" if plain else "")
    return f"{where}?tls-port={endpoint.tls_port}" if endpoint.tls_port and not endpoint.socket else where


def _connection_file(screen: Screen) -> str:
    """Return a connection file; see remote-viewer(1). Its values are escaped as in a GKeyFile."""
    endpoint = screen.endpoint
    values = {"type": endpoint.kind.value, "title": screen.name}
    if endpoint.socket:
        values["unix-path"] = endpoint.socket
    else:
        values["host"] = endpoint.local_host
        values |= {"port": str(endpoint.port)} if endpoint.port else {}
        values |= {"tls-port": str(endpoint.tls_port)} if endpoint.tls_port else {}
    values |= {"password": endpoint.password} if endpoint.password else {}
    values["delete-this-file"] = "1"
    return "[virt-viewer]\n" + "".join(f"{key}={_escaped(value)}\n" for key, value in values.items())


def _escaped(value: str) -> str:
    escapes = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    text = "".join(escapes.get(char, char) for char in value)
    leading = len(text) - len(text.lstrip(" "))
    return "\\s" * leading + text[leading:]
