"""Say which file holds the catalogue of which hypervisor."""

import re
from hashlib import sha256
from pathlib import Path

__all__ = ["catalogue_key", "catalogue_path"]

_LONGEST_SLUG = 60


def catalogue_key(hostname: str, uri: str) -> str:
    """Return a file name stem for a hypervisor: readable, and different for every host and URI."""
    digest = sha256(f"{hostname}\0{uri}".encode("utf-8", "surrogatepass")).hexdigest()[:10]
    slug = re.sub(r"[^a-z0-9]+", "-", f"{hostname}-{uri}".lower()).strip("-")[:_LONGEST_SLUG].strip("-")
    return f"{slug or 'hypervisor'}-{digest}"


def catalogue_path(data_dir: Path, hostname: str, uri: str) -> Path:
    """Return the path of a hypervisor's catalogue, always directly inside ``data_dir/catalogues``.

    Args:
        data_dir: where lasting data is kept.
        hostname: the hypervisor's host as libvirt reports it.
        uri: the connection's URI.
    """
    return data_dir / "catalogues" / f"{catalogue_key(hostname, uri)}.sqlite"
