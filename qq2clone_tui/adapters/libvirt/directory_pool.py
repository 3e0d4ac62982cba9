"""Turn a directory of the hypervisor's host into a storage pool, for as long as the host runs."""

import hashlib
from typing import Any

from lxml import etree

from .binding import libvirt
from .volumes import pool_of

__all__ = ["pool_name_of"]


def pool_name_of(connection: Any, directory: str) -> str:
    """Return the name of the running pool over an absolute directory, made now if there is none.

    A pool made here is transient: the host forgets it when it restarts.

    Raises:
        libvirtError: the host refused.
    """
    pool = pool_of(connection, directory)
    if pool is None:
        flags = libvirt.VIR_STORAGE_POOL_CREATE_WITH_BUILD
        pool = connection.storagePoolCreateXML(_pool_xml(directory), flags)
    return str(pool.name())


def _pool_xml(directory: str) -> str:
    digest = hashlib.sha256(directory.encode()).hexdigest()[:8]
    pool = etree.Element("pool", type="dir")
    etree.SubElement(pool, "name").text = f"qq2clone-{digest}"
    target = etree.SubElement(pool, "target")
    etree.SubElement(target, "path").text = directory
    # QEMU runs as another user there and has to pass through to reach its images.
    etree.SubElement(etree.SubElement(target, "permissions"), "mode").text = "0711"
    return etree.tostring(pool, encoding="unicode")
