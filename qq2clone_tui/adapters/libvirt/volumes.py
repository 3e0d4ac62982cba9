"""Find volumes by path and move their bytes, through one connection."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from .binding import libvirt
from .errors import code_of
from .volume_xml import pool_target, volume_xml

__all__ = [
    "copy_volume",
    "create_filled",
    "download",
    "find_volume",
    "kind_of",
    "pool_of",
    "refresh",
    "sizes_of",
    "volume_in",
]

CHUNK_BYTES = 256 * 1024


def find_volume(connection: Any, path: str) -> Any:
    """Return the volume at an absolute path, None when no pool of the host holds one there.

    Pools are not told of files that came by another way, so the pool in question is refreshed first
    when it does not know the path.
    """
    try:
        return connection.storageVolLookupByPath(path)
    except libvirt.libvirtError as fault:
        if code_of(fault) != libvirt.VIR_ERR_NO_STORAGE_VOL:
            raise
    pool = pool_of(connection, str(PurePosixPath(path).parent))
    if pool is None:
        return None
    refresh(pool)
    return volume_in(pool, PurePosixPath(path).name)


def volume_in(pool: Any, name: str) -> Any:
    """Return the volume of that name in a pool, None when there is none."""
    try:
        return pool.storageVolLookupByName(name)
    except libvirt.libvirtError as fault:
        if code_of(fault) != libvirt.VIR_ERR_NO_STORAGE_VOL:
            raise
        return None


def kind_of(volume: Any) -> int | None:
    """Return the virStorageVolType of a volume, None when there is none or its file is gone."""
    if volume is None:
        return None
    try:
        return int(volume.info()[0])
    except libvirt.libvirtError as fault:
        if code_of(fault) != libvirt.VIR_ERR_NO_STORAGE_VOL:
            raise
        return None


def sizes_of(connection: Any, paths: Iterable[str]) -> dict[str, int]:
    """Return the bytes that volumes take on disk, by absolute path; those that are missing are left out."""
    found: dict[str, int] = {}
    for path in paths:
        volume = find_volume(connection, path)
        if kind_of(volume) is not None:
            found[path] = int(volume.info()[2])
    return found


def pool_of(connection: Any, directory: str) -> Any:
    """Return the active pool whose target is a directory, None when there is none."""
    for pool in connection.listAllStoragePools(libvirt.VIR_CONNECT_LIST_STORAGE_POOLS_ACTIVE):
        if pool_target(pool.XMLDesc(0)).rstrip("/") == directory.rstrip("/"):
            return pool
    return None


def refresh(pool: Any) -> None:
    """Let the pool look at its directory again, unless it is too busy for that."""
    try:
        pool.refresh(0)
    except libvirt.libvirtError as fault:
        # "pool has asynchronous jobs running": volumes are being made in it, by us or others.
        if code_of(fault) not in (libvirt.VIR_ERR_INTERNAL_ERROR, libvirt.VIR_ERR_OPERATION_INVALID):
            raise


def download(connection: Any, volume: Any, length: int = 0, offset: int = 0) -> Iterator[bytes]:
    """Yield a volume's bytes, all of them or ``length``, from ``offset`` on."""
    stream = connection.newStream(0)
    try:
        volume.download(stream, offset, length, 0)
        while chunk := stream.recv(CHUNK_BYTES):
            yield chunk
        stream.finish()
    except (libvirt.libvirtError, GeneratorExit):
        _abort(stream)
        raise


def create_filled(connection: Any, pool: Any, name: str, content: bytes) -> None:
    """Make a volume with these bytes; on failure nothing of it is left."""
    volume = pool.createXML(volume_xml(name, "raw", len(content)), 0)
    with _deleted_on_failure(volume):
        _upload(connection, volume, content)


def copy_volume(pool: Any, name: str, source: Any, size: int) -> None:
    """Make an independent qcow2 copy of a volume; on failure nothing of it is left."""
    volume = pool.createXMLFrom(volume_xml(name, "qcow2", size), source, 0)
    with _deleted_on_failure(volume):
        # libvirt gives the copy its source's size, whatever it was asked for.
        if size > volume.info()[1]:
            volume.resize(size, 0)


@contextlib.contextmanager
def _deleted_on_failure(volume: Any) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(libvirt.libvirtError):
            volume.delete(0)
        raise


def _upload(connection: Any, volume: Any, content: bytes) -> None:
    stream = connection.newStream(0)
    try:
        volume.upload(stream, 0, len(content), 0)
        view = memoryview(content)
        while view:
            view = view[stream.send(bytes(view[:CHUNK_BYTES])) :]
        stream.finish()
    except libvirt.libvirtError:
        _abort(stream)
        raise


def _abort(stream: Any) -> None:
    try:
        stream.abort()
    except libvirt.libvirtError:
        # It broke before it was under way: there is nothing to call off.
        return
