"""Tell a command of the user's about the machine it is run for, by environment variables."""

from collections.abc import Callable, Mapping, Sequence

from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.graphics import choose
from qq2clone_tui.domain.graphics_xml import endpoints
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.engine.ports.hypervisor import Hypervisor

__all__ = ["NAMES", "Environment"]

NAMES: Mapping[str, str] = {
    "uuid": "UUID of the machine",
    "name": "name of its domain",
    "disks": "absolute paths of its qcow2 images, one a line",
    "number": "its number in its template",
    "template": "name of its template",
    "state": "its state, in a word of the set language",
    "mac": "its MAC addresses, one a line",
    "ip": "its known IP addresses, one a line; mostly none while it is off",
    "graphics": "where its graphical console is, such as spice://127.0.0.1:5901; empty while it is off",
}
"""The variables and what each holds."""


class Environment:
    """Makes the variables of one machine after another.

    Args:
        hypervisor: asked once a machine.
        addresses: gives the IP addresses of a machine, by UUID.
    """

    def __init__(self, hypervisor: Hypervisor, addresses: Callable[[str], Sequence[str]]) -> None:
        self._hypervisor = hypervisor
        self._addresses = addresses

    def of(self, machine: Machine) -> dict[str, str]:
        """Return the variables of a machine, as it is now.

        Raises:
            DomainNotFound: the hypervisor does not know it (any more).
            BadXml: its XML cannot be read.
        """
        active = machine.state.active
        xml = self._hypervisor.live_xml(machine.uuid) if active else self._hypervisor.inactive_xml(machine.uuid)
        described = describe(xml)
        paths = (self._path(disk) for disk in described.disks if disk.device == "disk" and disk.format == "qcow2")
        values = {
            "uuid": machine.uuid,
            "name": machine.name,
            "disks": "\n".join(path for path in paths if path),
            "number": str(machine.number),
            "template": machine.template,
            "state": machine.state.value,
            "mac": "\n".join(interface.mac for interface in described.interfaces if interface.mac),
            "ip": "\n".join(self._addresses(machine.uuid)),
            "graphics": _graphics(xml) if active else "",
        }
        # A NUL ends a variable, so none can hold one; XML cannot either, but an address comes from the guest.
        return {name: value.replace("\0", "") for name, value in values.items()}

    def _path(self, disk: DiskDevice) -> str:
        if disk.source_type != "volume":
            return disk.source
        pool, _, volume = disk.source.partition("/")
        return self._hypervisor.volume_path(pool, volume) or ""


def _graphics(xml: str) -> str:
    console = choose(endpoints(xml))
    if console is None or not console.ready or console.handed_over:
        return ""
    if console.socket:
        return f"{console.kind.value}+unix://{console.socket}"
    host = f"[{console.local_host}]" if ":" in console.local_host else console.local_host
    return f"{console.kind.value}://{host}:{console.port or console.tls_port}"
