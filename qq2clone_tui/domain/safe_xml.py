"""Parse and write domain XML that may come from anywhere, without entities, network or surprises."""

import re

from lxml import etree

from .errors import BadXml

__all__ = [
    "MAX_CHARACTERS",
    "Element",
    "parse_domain",
    "place_after",
    "pop_attribute",
    "remove",
    "serialise",
    "tidy_text",
]

Element = etree._Element

_BLANK = re.compile(r"\s*")

MAX_CHARACTERS = 4 * 1024 * 1024
"""Far above any real domain: a thousand disks make about half a million characters."""


def parse_domain(text: str) -> Element:
    """Return the root of a domain's XML with its comments and prefixes kept.

    Args:
        text: the document. An encoding declaration is ignored: the text is decoded already.

    Raises:
        BadXml: malformed, too large, has a DOCTYPE, or is something other than a domain.
    """
    if len(text) > MAX_CHARACTERS:
        raise _bad(f"it is larger than {MAX_CHARACTERS >> 20} MiB", "Give the XML of a single machine.")
    body = text.removeprefix("\ufeff").lstrip()
    if _declares_doctype(body):
        raise _bad("it declares a DOCTYPE, which domain XML never needs", "Remove the DOCTYPE and its entities.")
    root = _parse(body)
    if root.tag != "domain":
        name = str(root.tag)[:60]
        raise _bad(f"its outermost element is <{name}>, not <domain>", "Give what 'virsh dumpxml --inactive' prints.")
    return root


def serialise(root: Element) -> str:
    """Return the XML text of an element, without a declaration."""
    return etree.tostring(root, encoding="unicode", with_tail=False)


def remove(element: Element) -> None:
    """Take an element out of its parent and leave the indentation around it whole."""
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if element.getnext() is None:
        if before is not None:
            before.tail = element.tail
        else:
            parent.text = None
    parent.remove(element)


def place_after(anchor: Element | None, parent: Element, element: Element) -> Element:
    """Put a new element behind ``anchor``, or first in ``parent``, indented like its neighbours."""
    if anchor is not None:
        element.tail = anchor.tail
        if anchor.getnext() is None:
            anchor.tail = parent.text
        parent.insert(parent.index(anchor) + 1, element)
        return element
    if len(parent):
        element.tail = parent.text
    elif parent.tail and parent.tail.isspace() and not (parent.text or "").strip():
        element.tail = parent.tail if parent.getnext() is not None else f"{parent.tail}  "
        parent.text = f"{element.tail}  "
    parent.insert(0, element)
    return element


def pop_attribute(element: Element, name: str) -> str | None:
    """Take an attribute off an element and return its value, None when it has none."""
    value = element.get(name)
    if value is not None:
        del element.attrib[name]
    return value


def tidy_text(element: Element | None) -> str:
    """Return the stripped text of an element, empty when there is no element or no text."""
    return (element.text or "").strip() if element is not None else ""


def _parse(body: str) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(body.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError, ValueError) as error:
        raise _bad(str(error).partition(" (<string>")[0], "Correct the XML and try again.") from error
    document = root.getroottree().docinfo
    if document.internalDTD is not None or document.externalDTD is not None:
        raise _bad("it declares a DOCTYPE, which domain XML never needs", "Remove the DOCTYPE and its entities.")
    return root


def _declares_doctype(body: str) -> bool:
    """Tell whether a DOCTYPE stands before the root: looked for by hand so that it is never even parsed."""
    at = 0
    while True:
        at = _end_of_blank(body, at)
        if body.startswith("<!--", at):
            end = body.find("-->", at + 4)
        elif body.startswith("<?", at):
            end = body.find("?>", at + 2)
        else:
            return body[at : at + 9].upper() == "<!DOCTYPE"
        if end < 0:
            return False
        at = body.index(">", end) + 1


def _end_of_blank(body: str, at: int) -> int:
    blank = _BLANK.match(body, at)
    return blank.end() if blank else at


def _bad(why: str, remedy: str) -> BadXml:
    return BadXml("cannot use the domain XML", why=why, remedy=remedy)
