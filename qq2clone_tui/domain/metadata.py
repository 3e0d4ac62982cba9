"""Mark clones in their own domain metadata, and read the mark back."""

from dataclasses import dataclass

from lxml import etree

from .clone import CloneIdentity
from .errors import BadXml
from .safe_xml import Element, parse_domain, place_after, remove, serialise, tidy_text

__all__ = [
    "NAMESPACE",
    "PREFIX",
    "Marker",
    "mark_text",
    "marker_element",
    "read_marker",
    "set_version",
    "without_mark",
]

NAMESPACE = "https://qq2clone-tui.org/xmlns/clone/1"
PREFIX = "q"
_TAG = f"{{{NAMESPACE}}}clone"


@dataclass(frozen=True, slots=True)
class Marker:
    """What a clone's metadata says of it.

    Args:
        template, number, version: where the clone comes from.
        uuid: the domain UUID it was made with.
        domain_uuid: the UUID the domain has now.
    """

    template: str
    number: int
    version: int
    uuid: str
    domain_uuid: str

    @property
    def genuine(self) -> bool:
        """Tell whether this is the machine that was marked, not a copy another tool made of it."""
        return self.uuid == self.domain_uuid


def marker_element(parent: Element) -> Element:
    """Append an empty mark to a ``<metadata>`` element and return it."""
    mark = etree.Element(_TAG, nsmap={PREFIX: NAMESPACE})
    return place_after(parent[-1] if len(parent) else None, parent, mark)


def marker_values(identity: CloneIdentity) -> dict[str, str]:
    """Return the attributes of a clone's mark."""
    return {
        "template": identity.template,
        "number": str(identity.number),
        "version": str(identity.version),
        "uuid": identity.uuid,
    }


def mark_text(identity: CloneIdentity) -> str:
    """Return a clone's mark as XML text of its own, as virDomainSetMetadata takes it."""
    return etree.tostring(etree.Element("clone", marker_values(identity)), encoding="unicode")


def set_version(root: Element, version: int) -> None:
    """Let the mark in a domain's XML, where there is one, name another version."""
    mark = root.find(f"metadata/{_TAG}")
    if mark is not None:
        mark.set("version", str(version))


def without_mark(xml: str) -> str:
    """Return domain XML without our mark in it.

    Raises:
        BadXml: the text is not domain XML.
    """
    root = parse_domain(xml)
    mark = root.find(f"metadata/{_TAG}")
    if mark is not None:
        remove(mark)
    return serialise(root)


def read_marker(xml: str) -> Marker | None:
    """Return the mark in a domain's XML, or None when there is none or it is damaged.

    Raises:
        BadXml: the text is not domain XML.
    """
    root = parse_domain(xml)
    mark = root.find(f"metadata/{_TAG}")
    if mark is None:
        return None
    try:
        return Marker(
            template=_attribute(mark, "template"),
            number=int(_attribute(mark, "number")),
            version=int(_attribute(mark, "version")),
            uuid=_attribute(mark, "uuid").lower(),
            domain_uuid=tidy_text(root.find("uuid")).lower(),
        )
    except (BadXml, ValueError):
        return None


def _attribute(mark: Element, name: str) -> str:
    value = mark.get(name)
    if not value:
        raise BadXml("damaged mark", why=f"{name} is missing")
    return str(value)
