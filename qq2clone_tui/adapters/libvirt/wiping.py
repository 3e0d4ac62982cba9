"""Have libvirt overwrite volumes."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from qq2clone_tui.adapters.sole_file import sole_file
from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind

from .binding import libvirt
from .directory_pool import pool_name_of
from .errors import UNSUPPORTED, code_of, translated
from .pool import ConnectionPool
from .volume_xml import volume_stamp
from .volumes import find_volume, kind_of

__all__ = ["LibvirtWiping"]


class LibvirtWiping:
    """Wiping; implements ``engine.ports.facets.Wiping``.

    Args:
        connections: lends connections to the hypervisor.
        uri: the hypervisor's URI, which tells whether its files are this host's.
    """

    def __init__(self, connections: ConnectionPool, uri: str) -> None:
        self._connections = connections
        self._here = not urlsplit(uri).netloc

    def possible(self) -> bool:
        """Tell whether this hypervisor has storage pools, and so a way to wipe."""
        with translated("cannot look at the storage pools"), self._connections.lease() as connection:
            try:
                connection.numOfStoragePools()
            except libvirt.libvirtError as fault:
                if code_of(fault) in UNSUPPORTED or code_of(fault) == libvirt.VIR_ERR_NO_CONNECT:
                    return False
                raise
            return True

    def check(self, path: str, bases: Sequence[str]) -> None:
        """Refuse a link, a file with other names, or one of the bases by another name: libvirt follows links.

        Of another host's files libvirt tells no more than sizes and times; a base is known by these.

        Raises:
            WrongFileKind: it must not be wiped.
        """
        if self._here:
            with suppress(OSError):  # libvirt may be allowed to see what we are not
                sole_file(path)
            return
        with translated("cannot look at the image", path, AccessError), self._connections.lease() as connection:
            stamp = _stamp(connection, path)
            same = next((base for base in bases if stamp and stamp == _stamp(connection, base)), "")
        if same:
            raise WrongFileKind("will not overwrite", subject=path, why=f"it is {same} by another name")

    def wipe(self, path: str, algorithm: str) -> None:
        """Overwrite the file at an absolute path of the host; a missing one is no error.

        Source: https://libvirt.org/html/libvirt-libvirt-storage.html#virStorageVolWipePattern

        Raises:
            AccessError: the host refused it, or lacks the program for this algorithm.
            BadArgument: libvirt here does not know the algorithm.
        """
        number = getattr(libvirt, f"VIR_STORAGE_VOL_WIPE_ALG_{algorithm.upper()}", None)
        if number is None:
            raise BadArgument("cannot wipe the image", subject=path, why=f"libvirt here knows no {algorithm}")
        with translated("cannot wipe the image", path, AccessError), self._connections.lease(batch=True) as connection:
            pool_name_of(connection, str(PurePosixPath(path).parent))
            volume = find_volume(connection, path)
            if kind_of(volume) is not None:
                volume.wipePattern(number, 0)


def _stamp(connection: Any, path: str) -> tuple[str, ...]:
    """Return what tells a volume from others, nothing when there is none."""
    volume = find_volume(connection, path)
    return () if kind_of(volume) is None else volume_stamp(volume.XMLDesc(0))
