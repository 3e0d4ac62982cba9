"""Give a machine's XML other disks, and leave all the rest of it as it is."""

from collections.abc import Mapping

from .errors import BadXml
from .metadata import set_version
from .safe_xml import Element, parse_domain, remove, serialise

__all__ = ["swapped"]


def swapped(xml: str, files: Mapping[str, str], shared: Mapping[str, tuple[str, str]], version: int) -> str:
    """Return a machine's XML in which disks lie in other files.

    Args:
        xml: inactive domain XML, in secure form.
        files: the new absolute path for each old one.
        shared: absolute path and format of the image that is only read, by disk target.
        version: the version its mark names from then on.

    Raises:
        BadXml: not domain XML, or an old file is none of its disks any more.
    """
    root = parse_domain(xml)
    missing = set(files)
    for disk in root.iterfind("devices/disk"):
        source, target = disk.find("source"), disk.find("target")
        if source is None:
            continue
        old = source.get("file", "")
        named = shared.get(target.get("dev", "") if target is not None else "")
        if old in files:
            _point(disk, source, files[old])
            missing.discard(old)
        elif named is not None and disk.find("readonly") is not None:
            _point(disk, source, *named)
    if missing:
        raise BadXml(
            "cannot give the machine other disks",
            why=f"{min(missing)!r} is none of its disks any more",
            remedy="Its XML was edited; put the file back into it with: edit NUMBER",
        )
    set_version(root, version)
    return serialise(root)


def _point(disk: Element, source: Element, path: str, image_format: str = "") -> None:
    source.set("file", path)
    driver = disk.find("driver")
    if driver is not None and image_format:
        driver.set("type", image_format)
    for kept in disk.findall("backingStore"):
        remove(kept)
