"""Say where a machine's graphical console can be reached, and which of several to open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Endpoint", "GraphicsKind", "choose"]


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


def choose(found: Sequence[Endpoint], prefer: GraphicsKind = GraphicsKind.SPICE) -> Endpoint | None:
    """Return the console to open: a ready one before one that is not, then the kind preferred.

    Spice stands before VNC unless asked otherwise, for it carries sound, clipboard and sizes too.
    """
    return min(found, key=lambda endpoint: (not endpoint.ready, endpoint.kind is not prefer), default=None)
