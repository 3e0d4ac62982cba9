"""Write the XML that asks libvirt for a volume, and read the XML that describes one.

Format: https://libvirt.org/formatstorage.html
"""

from lxml import etree

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import BadArgument, HypervisorError

__all__ = ["pool_target", "pool_type", "volume_facts", "volume_stamp", "volume_xml"]

# Documents come from the hypervisor, which may be a host that is not to be trusted.
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def volume_xml(name: str, format_: str, size: int, base: str = "", base_format: str = "") -> str:
    """Return the XML of a private volume that takes no space yet.

    Args:
        name: file name within the pool.
        format_: ``qcow2`` or ``raw``.
        size: capacity in bytes.
        base: absolute path of its backing file, with ``base_format``; empty for none.

    Raises:
        BadArgument: a name has characters that XML cannot hold.
    """
    for text in (name, base):
        _check_text(text)
    volume = etree.Element("volume")
    etree.SubElement(volume, "name").text = name
    etree.SubElement(volume, "capacity", unit="bytes").text = str(size)
    etree.SubElement(volume, "allocation", unit="bytes").text = "0"
    target = etree.SubElement(volume, "target")
    etree.SubElement(target, "format", type=format_)
    etree.SubElement(etree.SubElement(target, "permissions"), "mode").text = "0600"
    if format_ == "qcow2":
        # libvirt would otherwise write the format of QEMU 0.10, without lazy zeros or bitmaps.
        etree.SubElement(target, "compat").text = "1.1"
    if base:
        store = etree.SubElement(volume, "backingStore")
        etree.SubElement(store, "path").text = base
        etree.SubElement(store, "format", type=base_format)
    return etree.tostring(volume, encoding="unicode")


def volume_facts(xml: str, path: str) -> ImageFacts:
    """Return the facts in a volume's XML.

    Raises:
        HypervisorError: it is no such XML.
    """
    volume = _parsed(xml)
    format_ = _attribute(volume, "target/format", "type")
    return ImageFacts(
        path,
        format_,
        _bytes(volume, "capacity"),
        _bytes(volume, "allocation"),
        volume.findtext("backingStore/path") or None,
        format_ == "luks" or volume.find("target/encryption") is not None,
        # Not the time of the last change of its mode or owner: libvirt changes these when a machine starts.
        ":".join((volume.findtext("physical", ""), volume.findtext("target/timestamps/mtime", ""))),
    )


def volume_stamp(xml: str) -> tuple[str, ...]:
    """Return size and times, to the nanosecond, of a volume's file: two volumes that agree are one file.

    Source: https://libvirt.org/formatstorage.html#storage-volume-target-elements
    """
    volume = _parsed(xml)
    return tuple(
        volume.findtext(name, "") for name in ("capacity", "target/timestamps/mtime", "target/timestamps/ctime")
    )


def pool_target(xml: str) -> str:
    """Return the directory of a pool, empty when it has none."""
    return _parsed(xml).findtext("target/path") or ""


def pool_type(xml: str) -> str:
    """Return the type of a pool: ``dir``, ``logical``, ..."""
    return _parsed(xml).get("type") or ""


def _attribute(root: "etree._Element", path: str, name: str) -> str:
    found = root.find(path)
    return "" if found is None else found.get(name) or ""


def _parsed(xml: str) -> "etree._Element":
    try:
        return etree.fromstring(xml, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise HypervisorError("cannot understand the hypervisor", why=f"it sent broken XML: {error}") from error


def _bytes(volume: "etree._Element", name: str) -> int:
    text = (volume.findtext(name) or "0").strip()
    if not text.isdecimal():
        raise HypervisorError("cannot understand the hypervisor", why=f"{name} is {text!r}")
    return int(text)


def _check_text(text: str) -> None:
    try:
        etree.Element("name").text = text
    except ValueError as error:
        raise BadArgument("cannot use the name", subject=text, why="XML cannot hold all of its characters") from error
