"""Read a domain's XML into values the engine and the screens can use."""

from dataclasses import dataclass

__all__ = ["Console", "DiskDevice", "DomainDescription", "Graphics", "Interface"]


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
