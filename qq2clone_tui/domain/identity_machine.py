"""Give a clone its own name, UUID, SMBIOS numbers, mark and labels."""

from collections.abc import Iterator

from lxml import etree

from .clone import CloneIdentity
from .identity_draft import Draft, Value
from .identity_paths import derived
from .metadata import NAMESPACE, marker_element, marker_values
from .safe_xml import Element, place_after, pop_attribute, remove, tidy_text

__all__ = ["machine_rules"]

_SERIAL_DIGITS = 16
_OWN_NUMBERS = frozenset({"serial", "asset"})
_LIBOSINFO = "http://libosinfo.org/"
_PINNING = ("cputune/vcpupin", "cputune/emulatorpin", "cputune/iothreadpin", "numatune/memory")


def machine_rules(draft: Draft) -> None:
    """Apply the rules for everything outside ``<devices>`` and ``<os>``."""
    _name(draft)
    _smbios(draft)
    _genid(draft)
    _metadata(draft)
    _labels(draft)
    _shared(draft)


def _name(draft: Draft) -> None:
    root = draft.root
    pop_attribute(root, "id")
    name = root.find("name")
    if name is None:
        name = place_after(None, root, etree.Element("name"))
    draft.fill(name, "", lambda identity, _: identity.name, "name", "is {}")
    uuid = root.find("uuid")
    if uuid is None:
        uuid = place_after(name, root, etree.Element("uuid"))
    draft.fill(uuid, "", lambda identity, _: identity.uuid, "uuid", "is {}")
    for title in root.findall("title"):
        draft.drop(title, "title", "belongs to the template")


def _smbios(draft: Draft) -> None:
    for entry, where in _entries(draft.root):
        if where == "SMBIOS system uuid":
            draft.fill(entry, "", lambda identity, _: identity.uuid, where, "is the machine's UUID")
        elif entry.get("name") in _OWN_NUMBERS and tidy_text(entry):
            draft.fill(entry, "", _number(where), where, "is {}")
    if draft.root.find("sysinfo/oemStrings") is not None:
        draft.shared("SMBIOS OEM strings", "are the template's")
    for entry in draft.root.iterfind("sysinfo[@type='fwcfg']/entry"):
        draft.shared(f"firmware entry {entry.get('name', '')}", "is the template's")
    mode = draft.root.find("os/smbios[@mode='host']")
    if mode is not None:
        draft.shared("SMBIOS", "is the host's, serial numbers included")


def _entries(root: Element) -> Iterator[tuple[Element, str]]:
    for block in root.iterfind("sysinfo[@type='smbios']/*"):
        for entry in block.iterfind("entry"):
            board = (
                sum(1 for _ in block.itersiblings(str(block.tag), preceding=True)) if block.tag == "baseBoard" else 0
            )
            yield entry, f"SMBIOS {block.tag}{f' {board + 1}' if board else ''} {entry.get('name', '')}"


def _number(purpose: str) -> Value:
    return lambda identity, _: derived(identity, purpose, _SERIAL_DIGITS)


def _genid(draft: Draft) -> None:
    # An empty element asks libvirt for a new one, which Windows takes as "this is a copy".
    for genid in draft.root.findall("genid"):
        if tidy_text(genid):
            genid.text = None
            draft.changed("generation id", "libvirt makes a new one")


def _metadata(draft: Draft) -> None:
    root = draft.root
    metadata = root.find("metadata")
    if metadata is None:
        metadata = etree.Element("metadata")
        anchor = root.find("description")
        place_after(anchor if anchor is not None else root.find("uuid"), root, metadata)
    for child in list(metadata):
        namespace = etree.QName(child).namespace or "" if isinstance(child.tag, str) else None
        if namespace is None or namespace.startswith(_LIBOSINFO):
            continue
        if namespace == NAMESPACE:
            remove(child)
        else:
            draft.drop(child, "metadata", f"of another program: {namespace or child.tag}")
    mark = marker_element(metadata)
    for attribute in ("template", "number", "version", "uuid"):
        draft.fill(mark, attribute, _marked(attribute))


def _marked(attribute: str) -> Value:
    def value(identity: CloneIdentity, _: str) -> str:
        return marker_values(identity)[attribute]

    return value


def _labels(draft: Draft) -> None:
    for label in draft.root.findall("seclabel"):
        if label.get("type") == "static":
            model = label.get("model", "")
            draft.drop(
                label, f"security label {model}".strip(), "was static; the clone gets one of its own when it starts"
            )
            continue
        for given in label.findall("label") + label.findall("imagelabel"):
            remove(given)


def _shared(draft: Draft) -> None:
    root = draft.root
    if any(root.find(path) is not None for path in _PINNING):
        draft.shared("CPU pinning", "all clones are pinned to the same processors and nodes of the host")
    if root.find("launchSecurity/session") is not None:
        draft.shared("launch security", "the session belongs to the template's launch")
