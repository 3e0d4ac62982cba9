"""Change what machines are called and made of."""

import contextlib
import uuid as uuid_module
from pathlib import Path

from lxml import etree

from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.metadata import NAMESPACE, PREFIX
from qq2clone_tui.domain.safe_xml import parse_domain, serialise

from . import definition_files, domains
from .binding import libvirt
from .errors import translated
from .pool import ConnectionPool

__all__ = ["LibvirtDefinitions"]


class LibvirtDefinitions:
    """Definitions; implements ``engine.ports.facets.Definitions``.

    Args:
        connections: lends connections to the hypervisor.
        directory: absolute directory in which it keeps them; None when they are another host's.
    """

    def __init__(self, connections: ConnectionPool, directory: Path | None = None) -> None:
        self._connections = connections
        self._directory = directory

    def redefine(self, xml: str) -> None:
        """Give a machine other XML, checked against libvirt's schema and by its driver first.

        Source: VIR_DOMAIN_DEFINE_VALIDATE at
        https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainDefineFlags

        Raises:
            BadXml: libvirt does not take it.
        """
        with translated("cannot use the XML", "", BadXml), self._connections.lease() as connection:
            connection.defineXMLFlags(xml, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)

    def check(self, xml: str) -> None:
        """Raise BadXml unless libvirt would take the XML.

        libvirt checks only what it defines, so a machine is defined and forgotten at once. It is always the
        same one: should this process be killed between the two, the next check takes it away.
        """
        probe = _stranger(xml)
        with translated("cannot use the XML", "", BadXml), self._connections.lease() as connection:
            domain = connection.defineXMLFlags(probe, libvirt.VIR_DOMAIN_DEFINE_VALIDATE)
            with contextlib.suppress(libvirt.libvirtError):
                domain.undefineFlags(libvirt.VIR_DOMAIN_UNDEFINE_KEEP_NVRAM)
                return
            domain.undefine()

    def rename(self, uuid: str, name: str) -> None:
        """Give a machine that is off another name.

        Source: https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainRename
        """
        with translated("cannot rename the machine", uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            domain.rename(name, 0)

    def mark(self, uuid: str, mark: str) -> None:
        """Replace our mark in a machine's metadata, in its definition and, while it runs, in what runs."""
        with translated("cannot mark the machine", uuid) as about, self._connections.lease(batch=True) as connection:
            domain = domains.find(connection, uuid)
            about.subject = domain.name()
            flags = libvirt.VIR_DOMAIN_AFFECT_CONFIG
            if domain.isActive():
                flags |= libvirt.VIR_DOMAIN_AFFECT_LIVE
            with contextlib.suppress(libvirt.libvirtError):
                # Nothing is written, and nobody told, where the same is said already.
                there = domain.metadata(
                    libvirt.VIR_DOMAIN_METADATA_ELEMENT, NAMESPACE, libvirt.VIR_DOMAIN_AFFECT_CONFIG
                )
                if etree.fromstring(there).attrib == etree.fromstring(mark).attrib:
                    return
            domain.setMetadata(libvirt.VIR_DOMAIN_METADATA_ELEMENT, mark, PREFIX, NAMESPACE, flags)

    def persist(self) -> None:
        """Wait until which machines are defined is on the disk; how, libvirt has seen to."""
        if self._directory is not None:
            definition_files.sync(self._directory)


def _stranger(xml: str) -> str:
    """Return the XML with the name and the UUID that are kept for checks."""
    root = parse_domain(xml)
    probe = uuid_module.uuid5(uuid_module.NAMESPACE_URL, NAMESPACE)
    for tag, value in (("name", f"qq2clone-check-{probe.hex[:12]}"), ("uuid", str(probe))):
        element = root.find(tag)
        if element is None:
            element = etree.SubElement(root, tag)
        element.text = value
    return serialise(root)
