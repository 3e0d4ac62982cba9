"""Find every absolute path that a machine's XML names, wherever it stands."""

from .errors import BadXml
from .safe_xml import parse_domain

__all__ = ["paths_in"]


def paths_in(xml: str) -> frozenset[str]:
    """Return every text and attribute of a domain's XML that is an absolute path; none of what cannot be read."""
    try:
        root = parse_domain(xml)
    except BadXml:
        return frozenset()
    found = {text for element in root.iter() for text in (element.text, *element.attrib.values()) if text}
    return frozenset(path for text in found if (path := text.strip()).startswith("/"))
