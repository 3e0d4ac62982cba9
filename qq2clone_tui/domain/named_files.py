"""Find which image files a domain's XML names, and nothing else: a thousand machines are looked at in a moment."""

from collections.abc import Iterator
from dataclasses import dataclass

from .safe_xml import Element, parse_domain, tidy_text

__all__ = ["NamedFiles", "files_named"]

_SOURCES = ("devices/disk/source", "devices/disk/mirror/source", "os/nvram/source")
_ATTRIBUTES = ("file", "dev")


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """What a machine's XML names.

    Args:
        paths: absolute paths of files and block devices, each once.
        volumes: pool and volume of those that only libvirt can find.
    """

    paths: tuple[str, ...] = ()
    volumes: tuple[tuple[str, str], ...] = ()


def files_named(xml: str) -> NamedFiles:
    """Return the files of a machine's disks, what these are being copied to, and its firmware variables.

    What stands below an image is not told: its own header knows that better.

    Source: "Hard drives, floppy disks, CDROMs" and "BIOS bootloader" at https://libvirt.org/formatdomain.html

    Raises:
        BadXml: not domain XML.
    """
    root = parse_domain(xml)
    sources = [source for place in _SOURCES for source in root.iterfind(place)]
    volumes = ((source.get("pool", ""), source.get("volume", "")) for source in sources if source.get("volume"))
    return NamedFiles(tuple(dict.fromkeys(_paths(root, sources))), tuple(dict.fromkeys(volumes)))


def _paths(root: Element, sources: list[Element]) -> Iterator[str]:
    for source in sources:
        yield from (path for name in _ATTRIBUTES if (path := source.get(name, "")).startswith("/"))
    variables = tidy_text(root.find("os/nvram"))
    if variables.startswith("/"):
        yield variables
