"""Find out who else needs a file, before it is deleted or written."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.errors import BadXml, DomainNotFound
from qq2clone_tui.domain.template import Template

from .ports import Hypervisor, ImageStore
from .tools import Tools

__all__ = ["Needs", "needs_of_strangers", "needs_of_templates"]

Needs = Mapping[str, str]
"""Resolved path -> what needs the file there, as the end of the sentence "its disk is ..."."""


def needs_of_templates(images: ImageStore, templates: Iterable[Template]) -> dict[str, str]:
    """Return the files that templates read: their images, and whatever those stand on."""
    found: dict[str, str] = {}
    for template in templates:
        for disk in template.disks:
            for depth, path in enumerate(images.stands_on(disk.image)):
                below = "below " if depth else ""
                found.setdefault(path, f"{below}the base image of template {template.name}")
    return found


def needs_of_strangers(tools: Tools) -> dict[str, str]:
    """Return the files that machines which are no clones of ours have as disks, and what those stand on."""
    ours = {record.identity.uuid for record in tools.catalogue.clones()}
    found: dict[str, str] = {}
    for domain in tools.hypervisor.list_domains():
        if domain.uuid in ours:
            continue
        for path in _disks(tools.hypervisor, domain.uuid):
            for below in tools.images.stands_on(path):
                found.setdefault(below, f"used by the machine {domain.name}, which is no clone")
    return found


def _disks(hypervisor: Hypervisor, uuid: str) -> Iterator[str]:
    """Yield the absolute paths of a machine's disks, now and after its next start."""
    readers: tuple[Callable[[str], str], ...] = (hypervisor.inactive_xml, hypervisor.live_xml)
    for read in readers:
        try:
            disks = describe(read(uuid)).disks
        except (BadXml, DomainNotFound):
            return  # it went away meanwhile, or is nothing whose disks could be told
        for disk in disks:
            path = _path(hypervisor, disk)
            if path:
                yield path


def _path(hypervisor: Hypervisor, disk: DiskDevice) -> str | None:
    if disk.source_type != "volume":
        return disk.source if disk.source.startswith("/") else None
    pool, _, volume = disk.source.partition("/")
    return hypervisor.volume_path(pool, volume)
