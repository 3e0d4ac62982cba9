"""Find the storage pool of a directory on the hypervisor's host, or make one for as long as it runs."""

import hashlib

from lxml import etree

from .errors import translated
from .storage import Lender, PoolImages
from .volumes import pool_of

__all__ = ["images_at"]


def images_at(lender: Lender, directory: str) -> PoolImages:
    """Return the image store of an absolute directory that this process cannot write itself.

    A pool that the host has there already is used; else a transient one is made, which the host
    forgets when it restarts and which is made again then.

    Raises:
        AccessError: the host refused to make the pool.
    """
    with translated("cannot use the storage directory", directory), lender.lease() as connection:
        pool = pool_of(connection, directory)
        if pool is None:
            pool = connection.storagePoolCreateXML(_pool_xml(directory), _WITH_BUILD)
        name = str(pool.name())
    return PoolImages(lender, name)


_WITH_BUILD = 1
"""VIR_STORAGE_POOL_CREATE_WITH_BUILD: make the directory when it is missing."""


def _pool_xml(directory: str) -> str:
    digest = hashlib.sha256(directory.encode()).hexdigest()[:8]
    pool = etree.Element("pool", type="dir")
    etree.SubElement(pool, "name").text = f"qq2clone-{digest}"
    target = etree.SubElement(pool, "target")
    etree.SubElement(target, "path").text = directory
    # QEMU runs as another user there and has to pass through to reach its images.
    etree.SubElement(etree.SubElement(target, "permissions"), "mode").text = "0711"
    return etree.tostring(pool, encoding="unicode")
