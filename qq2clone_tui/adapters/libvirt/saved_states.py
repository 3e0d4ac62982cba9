"""Put the memory of machines into files and back, and tell what libvirt's own such files take."""

import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from . import domains, embed
from .errors import translated
from .patience import start_patiently
from .pool import ConnectionPool

__all__ = ["LibvirtSavedStates"]

_BLOCK_BYTES = 512


class LibvirtSavedStates:
    """Saved states; implements ``engine.ports.facets.SavedStates``.

    Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainSaveFlags

    Args:
        connections: lends connections to the hypervisor.
        uri: the hypervisor's URI, which tells where it keeps managed saves.
    """

    def __init__(self, connections: ConnectionPool, uri: str) -> None:
        self._connections = connections
        self._uri = uri

    def save_to(self, uuid: str, path: str) -> None:
        """Put the memory of an active machine into a new file, which turns the machine off."""
        with translated("cannot save the machine", uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            domain.saveFlags(path, None, 0)

    def restore(self, path: str) -> None:
        """Start a machine where it stopped; the file stays."""
        with translated("cannot restore the machine", path), self._connections.lease(batch=True) as connection:
            # Once it has run, the memory no longer fits the disks: a restore that went well is never done again.
            start_patiently(lambda: connection.restoreFlags(path, None, 0), active=lambda: True)

    def managed_bytes(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return the bytes of managed saves by machine name; those of another host cannot be seen.

        Source: "managed save" at https://libvirt.org/drvqemu.html; libvirt's API does not tell the file.
        """
        directory = _directory(self._uri)
        found: dict[str, int] = {}
        for name in names if directory else ():
            with contextlib.suppress(OSError, ValueError):
                found[name] = (Path(directory) / f"{Path(name).name}.save").stat().st_blocks * _BLOCK_BYTES
        return found


def _directory(uri: str) -> str:
    """Return where a hypervisor of this host keeps managed saves, empty for another host's."""
    parts = urlsplit(uri)
    if parts.netloc or "+" in parts.scheme.partition("qemu")[2].replace("+unix", ""):
        return ""
    if embed.is_embed(uri):
        return str(embed.root_of(uri) / "lib" / "qemu" / "save")
    if parts.path == "/session" and os.geteuid() != 0:
        home = os.environ.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
        return str(Path(home) / "libvirt" / "qemu" / "save")
    return "/var/lib/libvirt/qemu/save"
