"""Say what of a machine's XML its user may not change by hand, with all the reasons at once."""

from collections.abc import Iterator

from lxml import etree

from .metadata import NAMESPACE
from .safe_xml import Element, parse_domain, tidy_text

__all__ = ["faults_of_machine", "faults_of_template", "new_disks"]


def faults_of_machine(before: str, after: str, files: frozenset[str]) -> tuple[str, ...]:
    """Return why an edited machine cannot be stored, as sentences without a full stop.

    Args:
        before: its XML as it was.
        after: its XML as edited.
        files: absolute paths of the files that are the clone's own.

    Raises:
        BadXml: ``after`` is not domain XML.
    """
    old, new = parse_domain(before), parse_domain(after)
    return tuple(_machine(old, new, files))


def faults_of_template(before: str, after: str) -> tuple[str, ...]:
    """Return why an edited template cannot be stored: its disks are not the text's to change.

    Raises:
        BadXml: ``after`` is not domain XML.
    """
    old, new = _disks(parse_domain(before)), _disks(parse_domain(after))
    return tuple(
        f"disk {target} is {'gone' if target not in new else 'new' if target not in old else 'another'}; "
        "import the machine again to change its disks"
        for target in dict.fromkeys([*old, *new])
        if old.get(target) != new.get(target)
    )


def new_disks(before: str, after: str) -> tuple[str, ...]:
    """Return the sources that an edit adds as writable disks, or makes writable: absolute paths, or ``pool/volume``."""
    old = set(_writable(parse_domain(before)))
    return tuple(source for source in _writable(parse_domain(after)) if source not in old)


def _writable(root: Element) -> Iterator[str]:
    for disk in root.findall("devices/disk"):
        _, source, _ = _disk(disk)
        if source and disk.find("readonly") is None:
            yield source


def _machine(old: Element, new: Element, files: frozenset[str]) -> Iterator[str]:
    for tag, what in (("uuid", "the UUID is the machine's identity"), ("name", "the name follows from its template")):
        if tidy_text(old.find(tag)) != tidy_text(new.find(tag)):
            yield f"<{tag}> was changed; {what}"
    if _mark(old) != _mark(new):
        yield "the mark of this program in <metadata> was changed"
    before, after = _disks(old), _disks(new)
    for target, disk in before.items():
        if disk[1] not in files:
            continue
        if target not in after:
            yield f"disk {target} is gone; its image {disk[1]} belongs to this machine"
        elif after[target] != disk:
            yield f"disk {target} has another source, format or backing; its image {disk[1]} belongs to this machine"


def _mark(root: Element) -> bytes | None:
    mark = root.find(f"metadata/{{{NAMESPACE}}}clone")
    return None if mark is None else etree.tostring(mark, method="c14n", with_tail=False)


def _disks(root: Element) -> dict[str, tuple[str, str, str]]:
    """Return kind, source, and format with backing of each disk, by target."""
    found: dict[str, tuple[str, str, str]] = {}
    for disk in root.findall("devices/disk"):
        target = disk.find("target")
        name = target.get("dev", "") if target is not None else ""
        found[name or f"number {len(found) + 1}"] = _disk(disk)
    return found


def _disk(disk: Element) -> tuple[str, str, str]:
    source, driver, backing = disk.find("source"), disk.find("driver"), disk.find("backingStore")
    where = ""
    if source is not None:
        pool, volume = source.get("pool"), source.get("volume")
        where = f"{pool}/{volume}" if pool else source.get("file") or source.get("dev") or source.get("name") or ""
    kind = driver.get("type", "") if driver is not None else ""
    # An empty element only says that there is none, or that libvirt is to look.
    below = (
        etree.tostring(backing, method="c14n", with_tail=False).decode() if backing is not None and len(backing) else ""
    )
    return (disk.get("type", ""), where, f"{kind} {below}".strip())
