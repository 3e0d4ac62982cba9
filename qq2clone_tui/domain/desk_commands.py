"""Write the commands that show a console at one's own desk, when there is no screen where we run."""

import shlex
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from .graphics import Endpoint
from .viewers import Place, Screen, place_of, uri_of

__all__ = ["DeskCommand", "Here", "desk_commands"]

_SSH_PORT = 22
_FIRST_VNC_PORT = 5900


@dataclass(frozen=True, slots=True)
class Here:
    """How the host we run on is reached from elsewhere.

    Args:
        host: its name or address, the one its user came to it by where that is known.
        user: the name to log in with; empty for none.
        ssh_port: where its ssh daemon listens.
    """

    host: str
    user: str = ""
    ssh_port: int = _SSH_PORT


@dataclass(frozen=True, slots=True)
class DeskCommand:
    """One thing to type at one's own desk.

    Args:
        what: what it does, in a few words.
        line: the shell line, every word quoted.
    """

    what: str
    line: str


def desk_commands(screen: Screen, here: Here) -> tuple[DeskCommand, ...]:
    """Return every way to the console from one's own desk, the shortest first."""
    place = place_of(screen.uri)
    there = _of_uri(screen.uri) if place is Place.REMOTE else here
    commands = []
    if place is not Place.EMBEDDED:
        line = shlex.join(["virt-viewer", "--connect", _uri_from_afar(screen.uri, there), screen.uuid])
        commands.append(DeskCommand("virt-viewer finds its own way", line))
    if not screen.endpoint.handed_over:
        commands += _tunnel(screen.endpoint, there)
        if not screen.endpoint.loopback:
            commands.append(_direct(screen.endpoint, there))
    return tuple(commands)


def _tunnel(endpoint: Endpoint, there: Here) -> list[DeskCommand]:
    """Return the two lines of a tunnel: the port here is the same as there, so that TLS ports match too."""
    if endpoint.socket:
        forwards, port = [f"{_FIRST_VNC_PORT}:{endpoint.socket}"], _FIRST_VNC_PORT
    else:
        host = f"[{endpoint.local_host}]" if ":" in endpoint.local_host else endpoint.local_host
        forwards = [f"{each}:{host}:{each}" for each in (endpoint.port, endpoint.tls_port) if each]
        port = 0
    words = ["ssh", "-N", *(word for forward in forwards for word in ("-L", forward)), *_login(there)]
    viewer = ["remote-viewer", uri_of(endpoint, "localhost", port)]
    return [
        DeskCommand("first a tunnel, left running", shlex.join(words)),
        DeskCommand("then the viewer, in another terminal", shlex.join(viewer)),
    ]


def _direct(endpoint: Endpoint, there: Here) -> DeskCommand:
    host = there.host if endpoint.everywhere else endpoint.host
    return DeskCommand("or without a tunnel, unencrypted", shlex.join(["remote-viewer", uri_of(endpoint, host)]))


def _login(there: Here) -> list[str]:
    port = [] if there.ssh_port == _SSH_PORT else ["-p", str(there.ssh_port)]
    return [*port, f"{there.user}@{there.host}" if there.user else there.host]


def _of_uri(uri: str) -> Here:
    parts = urlsplit(uri)
    port = parts.port if parts.scheme.endswith("+ssh") else None
    return Here(parts.hostname or "", parts.username or "", port or _SSH_PORT)


def _uri_from_afar(uri: str, there: Here) -> str:
    """Return the URI under which a hypervisor is reached from another host; see https://libvirt.org/uri.html."""
    parts = urlsplit(uri)
    if parts.netloc:
        return uri
    host = f"[{there.host}]" if ":" in there.host else there.host
    login = f"{quote(there.user, safe='')}@{host}" if there.user else host
    port = "" if there.ssh_port == _SSH_PORT else f":{there.ssh_port}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme.partition('+')[0]}+ssh://{login}{port}{parts.path}{query}"
