"""Have libvirt overwrite volumes."""

from pathlib import PurePosixPath

from qq2clone_tui.domain.errors import AccessError, BadArgument

from .binding import libvirt
from .directory_pool import pool_name_of
from .errors import UNSUPPORTED, code_of, translated
from .pool import ConnectionPool
from .volumes import find_volume, kind_of

__all__ = ["LibvirtWiping"]


class LibvirtWiping:
    """Wiping; implements ``engine.facets.Wiping``.

    Args:
        connections: lends connections to the hypervisor.
    """

    def __init__(self, connections: ConnectionPool) -> None:
        self._connections = connections

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
