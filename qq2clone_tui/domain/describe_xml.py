"""Read a domain's XML into values the engine and the screens can use."""

import re
from dataclasses import dataclass

from .errors import BadXml
from .safe_xml import Element, parse_domain, tidy_text

__all__ = ["Console", "DiskDevice", "DomainDescription", "Graphics", "Interface", "describe", "describe_disk"]

_CONSOLES = frozenset({"serial", "console"})
_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_UNITS = {
    "b": 1,
    "bytes": 1,
    "k": 1 << 10,
    "m": 1 << 20,
    "g": 1 << 30,
    "t": 1 << 40,
    "kb": 10**3,
    "mb": 10**6,
    "gb": 10**9,
    "tb": 10**12,
    "kib": 1 << 10,
    "mib": 1 << 20,
    "gib": 1 << 30,
    "tib": 1 << 40,
}
"""Bytes in each unit of https://libvirt.org/formatdomain.html#memory-allocation."""


@dataclass(frozen=True, slots=True)
class DiskDevice:
    """One ``<disk>`` of a domain.

    Args:
        target: device name (``vda``).
        device: ``disk``, ``cdrom``, ``floppy`` or ``lun``.
        source_type: the ``type`` attribute: ``file``, ``block``, ``volume``, ``network``, ...
        source: absolute path, ``pool/volume`` for volumes, empty when there is no medium.
        format: the driver type named in the XML, empty when none is.
        readonly, shareable: as marked in the XML.
    """

    target: str
    device: str
    source_type: str
    source: str
    format: str
    readonly: bool = False
    shareable: bool = False

    @property
    def cloned(self) -> bool:
        """Tell whether a clone needs a file of its own for this disk (else it is shared)."""
        return self.device == "disk" and not self.readonly and not self.shareable and bool(self.source)


@dataclass(frozen=True, slots=True)
class Interface:
    """One network interface: its kind (``network``, ``user``, ...), its source and its MAC."""

    kind: str
    source: str
    mac: str
    model: str = ""


@dataclass(frozen=True, slots=True)
class Graphics:
    """One graphical console: ``spice`` or ``vnc``, the live port (-1 unknown), and its listen address."""

    kind: str
    port: int = -1
    tls_port: int = -1
    listen: str = ""
    socket: str = ""


@dataclass(frozen=True, slots=True)
class Console:
    """One serial or console device: its kind (``pty``, ``file``, ``unix``, ...) and path."""

    kind: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class DomainDescription:
    """What matters of a domain's XML; secrets are never part of it.

    Args:
        name, uuid: the domain's own.
        memory_bytes: maximum memory in bytes.
        vcpus: number of virtual CPUs.
        disks, interfaces, graphics, consoles: devices in document order.
        nvram: absolute path of the firmware variables file, empty when there is none.
    """

    name: str
    uuid: str
    memory_bytes: int
    vcpus: int
    disks: tuple[DiskDevice, ...] = ()
    interfaces: tuple[Interface, ...] = ()
    graphics: tuple[Graphics, ...] = ()
    consoles: tuple[Console, ...] = ()
    nvram: str = ""


def describe(xml: str) -> DomainDescription:
    """Return what matters of a domain's inactive or live XML; passwords in it are not read.

    Raises:
        BadXml: not domain XML, or a domain without a name.
    """
    root = parse_domain(xml)
    name = tidy_text(root.find("name"))
    if not name:
        raise BadXml("cannot use the domain XML", why="the domain has no name", remedy="Add a <name> element.")
    return DomainDescription(
        name=name,
        uuid=tidy_text(root.find("uuid")).lower(),
        memory_bytes=_memory(root.find("memory")),
        vcpus=_vcpus(root.find("vcpu")),
        disks=tuple(describe_disk(disk) for disk in root.findall("devices/disk")),
        interfaces=tuple(_interface(interface) for interface in root.findall("devices/interface")),
        graphics=tuple(_graphics(graphics) for graphics in root.findall("devices/graphics")),
        consoles=tuple(_console(device) for device in root.iterfind("devices/*") if device.tag in _CONSOLES),
        nvram=_nvram(root.find("os/nvram")),
    )


def describe_disk(disk: Element) -> DiskDevice:
    """Return one ``<disk>`` element as a value."""
    source_type = disk.get("type", "file")
    source = disk.find("source")
    return DiskDevice(
        target=_get(disk.find("target"), "dev"),
        device=disk.get("device", "disk"),
        source_type=source_type,
        source=_disk_source(source_type, source) if source is not None else "",
        format=_get(disk.find("driver"), "type"),
        readonly=disk.find("readonly") is not None,
        shareable=disk.find("shareable") is not None,
    )


def _disk_source(source_type: str, source: Element) -> str:
    match source_type:
        case "file" | "dir" | "vhostuser":
            return source.get("path" if source_type == "vhostuser" else source_type, "")
        case "block" | "vhostvdpa":
            return source.get("dev", "")
        case "volume":
            return f"{source.get('pool', '')}/{source.get('volume', '')}"
        case "network":
            return f"{source.get('protocol', '')}:{source.get('name', '')}"
        case _:
            return source_type


def _interface(interface: Element) -> Interface:
    kind = interface.get("type", "")
    source = interface.find("source")
    names = ("network", "bridge", "dev", "path", "address")
    return Interface(
        kind=kind,
        source=next((_get(source, name) for name in names if _get(source, name)), ""),
        mac=_get(interface.find("mac"), "address").lower(),
        model=_get(interface.find("model"), "type"),
    )


def _graphics(graphics: Element) -> Graphics:
    listen = graphics.find("listen")
    return Graphics(
        kind=graphics.get("type", ""),
        port=_integer(graphics.get("port"), -1),
        tls_port=_integer(graphics.get("tlsPort"), -1),
        listen=graphics.get("listen", "") or _get(listen, "address"),
        socket=graphics.get("socket", "") or _get(listen, "socket"),
    )


def _console(device: Element) -> Console:
    path = _get(device.find("source"), "path") or device.get("tty", "")
    return Console(kind=device.get("type", ""), path=path)


def _nvram(nvram: Element | None) -> str:
    if nvram is None:
        return ""
    return _get(nvram.find("source"), "file") or tidy_text(nvram)


def _memory(memory: Element | None) -> int:
    unit = _get(memory, "unit") or "KiB"
    return _integer(tidy_text(memory), 0) * _UNITS.get(unit.lower(), 1024)


def _vcpus(vcpu: Element | None) -> int:
    return _integer(_get(vcpu, "current"), 0) or _integer(tidy_text(vcpu), 1)


def _get(element: Element | None, attribute: str) -> str:
    return element.get(attribute, "") if element is not None else ""


def _integer(text: str | None, default: int) -> int:
    # Longer digits are nonsense, and int() refuses absurdly long ones with a ValueError.
    return int(text) if text and _INTEGER.fullmatch(text) else default
