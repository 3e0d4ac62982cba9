"""Play the graphical consoles of machines in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field

from qq2clone_tui.domain.safe_xml import parse_domain, serialise
from qq2clone_tui.engine.ports.viewers import ClientPhase

__all__ = ["MemoryGraphics"]

Heard = Callable[[ClientPhase, int], None]
_FIRST_PORT = 5900


@dataclass
class MemoryGraphics:
    """Consoles that listen as soon as their machine runs, each at a port of its own.

    Args:
        xml_of: returns a machine's XML as it was defined.
        active: tells whether a machine runs.
    """

    xml_of: Callable[[str], str]
    active: Callable[[str], bool]
    _ports: dict[str, int] = field(default_factory=dict)
    _watchers: list[tuple[str, Heard]] = field(default_factory=list)

    def live_xml(self, uuid: str) -> str:
        """Return the XML with the port it has while the machine runs."""
        xml = self.xml_of(uuid)
        if not self.active(uuid):
            return xml
        port = self._ports.setdefault(uuid, _FIRST_PORT + len(self._ports))
        root = parse_domain(xml)
        for graphics in root.findall("devices/graphics"):
            graphics.set("port", str(port))
            graphics.set("listen", "127.0.0.1")
        return serialise(root)

    def watch(self, uuid: str, heard: Heard) -> Callable[[], None] | None:
        """Hear of the clients that ``come`` tells of."""
        watcher = (uuid, heard)
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def come(self, uuid: str, phase: ClientPhase = ClientPhase.ACCEPTED) -> None:
        """Tell of a client, as a hypervisor would."""
        for known, heard in tuple(self._watchers):
            if known == uuid:
                heard(phase, 40_000)
