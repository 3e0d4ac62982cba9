"""Find the file behind a volume that domain XML names by pool and volume."""

from typing import Any

from .binding import libvirt
from .errors import code_of

__all__ = ["path_of"]

_NOT_FOUND = frozenset(
    {
        libvirt.VIR_ERR_NO_STORAGE_POOL,
        libvirt.VIR_ERR_NO_STORAGE_VOL,
        libvirt.VIR_ERR_OPERATION_INVALID,  # the pool is not running
        libvirt.VIR_ERR_NO_SUPPORT,  # an embedded driver has no storage
    }
)


def path_of(connection: Any, pool: str, volume: str) -> str | None:
    """Return the volume's absolute path, None when the host has no such volume or no running pool."""
    try:
        return str(connection.storagePoolLookupByName(pool).storageVolLookupByName(volume).path())
    except libvirt.libvirtError as fault:
        if code_of(fault) in _NOT_FOUND:
            return None
        raise
