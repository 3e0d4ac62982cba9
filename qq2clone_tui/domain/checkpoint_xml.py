"""Write the XML that asks libvirt for a snapshot, and read the XML of those there are.

Format: https://libvirt.org/formatsnapshot.html
"""

from collections.abc import Iterable

from lxml import etree

from .checkpoint import Checkpoint
from .describe_xml import describe_disk
from .errors import BadXml
from .safe_xml import MAX_CHARACTERS, Element, parse_domain, tidy_text
from .states import DomainState

__all__ = ["adoption_xml", "checkpoint_xml", "read_checkpoint"]

# Another program, on another host, may have written what is read here.
_PARSER = etree.XMLParser(
    encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
)

_STATES = {
    "running": DomainState.RUNNING,
    "blocked": DomainState.IDLE,
    "paused": DomainState.PAUSED,
    "pmsuspended": DomainState.PMSUSPENDED,
}


def checkpoint_xml(name: str, note: str, disks: Iterable[str]) -> str:
    """Return the XML of a snapshot that is kept inside the disks.

    Args:
        name, note: as the user wrote them; they become text, never markup.
        disks: target names (``vda``). Each is named, for a domain's XML may ask for other kinds of snapshots.
    """
    root = etree.Element("domainsnapshot")
    etree.SubElement(root, "name").text = name
    if note:
        etree.SubElement(root, "description").text = note
    within = etree.SubElement(root, "disks")
    for target in disks:
        etree.SubElement(within, "disk", name=target, snapshot="internal")
    return etree.tostring(root, encoding="unicode")


def adoption_xml(checkpoint: Checkpoint, disks: Iterable[str], domain: str) -> str:
    """Return the XML that tells libvirt of a state which the disks of a machine that is off hold already.

    Args:
        checkpoint: name, note, time and parent.
        disks: target names of the disks.
        domain: the machine's inactive XML, with secrets.
    """
    root = etree.fromstring(checkpoint_xml(checkpoint.name, checkpoint.description, disks), _PARSER)
    etree.SubElement(root, "state").text = "shutoff"
    etree.SubElement(root, "creationTime").text = str(int(checkpoint.created_at))
    if checkpoint.parent:
        etree.SubElement(etree.SubElement(root, "parent"), "name").text = checkpoint.parent
    etree.SubElement(root, "memory", snapshot="no")
    root.append(parse_domain(domain))
    return etree.tostring(root, encoding="unicode")


def read_checkpoint(xml: str, *, current: bool) -> Checkpoint:
    """Return the checkpoint that a snapshot's XML describes.

    Raises:
        BadXml: it is no such XML.
    """
    root = _parsed(xml)
    state = tidy_text(root.find("state"))
    memory = _get(root.find("memory"), "snapshot")
    kinds = {memory, *(disk.get("snapshot", "") for disk in root.iterfind("disks/disk"))}
    return Checkpoint(
        name=root.findtext("name") or "",
        created_at=_seconds(tidy_text(root.find("creationTime"))),
        description=root.findtext("description") or "",
        with_memory=memory in ("internal", "external"),
        current=current,
        parent=root.findtext("parent/name") or "",
        state=_STATES.get(state, DomainState.OFF),
        external="external" in kinds or state == "disk-snapshot",
        files=_files(root),
    )


def _files(root: Element) -> tuple[str, ...]:
    known = {disk.target: disk for disk in (describe_disk(each) for each in root.iterfind("domain/devices/disk"))}
    within = [disk.get("name", "") for disk in root.iterfind("disks/disk") if disk.get("snapshot") == "internal"]
    found = {target: known.get(target) for target in within}
    return tuple(
        disk.source if disk is not None and disk.source_type == "file" else target for target, disk in found.items()
    )


def _parsed(xml: str) -> Element:
    why = f"it is larger than {MAX_CHARACTERS >> 20} MiB" if len(xml) > MAX_CHARACTERS else ""
    if not why:
        try:
            root = etree.fromstring(xml.encode("utf-8"), _PARSER)
        except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError) as error:
            why = str(error).partition(" (<string>")[0]
        else:
            if root.tag == "domainsnapshot":
                return root
            why = "it is no <domainsnapshot>"
    raise BadXml("cannot read a checkpoint", why=why)


def _get(element: Element | None, attribute: str) -> str:
    return element.get(attribute, "") if element is not None else ""


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 13 else 0.0
