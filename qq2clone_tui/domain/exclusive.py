"""Find devices that only one running machine at a time can hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .obstacle import Obstacle
from .safe_xml import Element, tidy_text

__all__ = [
    "CHARACTER_DEVICES",
    "STRIP",
    "Exclusive",
    "device_name",
    "exclusive_devices",
    "exclusive_policy",
    "persistent_memory",
]

CHARACTER_DEVICES = ("serial", "parallel", "console", "channel")
STRIP = "strip"

_REMEDY = "Detach it from the template, or set the template's hostdev option to 'strip'."


@dataclass(frozen=True, slots=True)
class Exclusive:
    """A device element that a second running machine could not have as well."""

    element: Element
    where: str
    why: str

    def obstacle(self) -> Obstacle:
        """Return it as a reason against making a template of its machine."""
        return Obstacle(self.where, f"{self.why}; only one machine at a time can have it", _REMEDY)


def exclusive_policy(options: Mapping[str, str]) -> str:
    """Return what the template says of exclusive devices: ``refuse`` (default) or ``strip``."""
    return options.get("hostdev", "refuse")


def exclusive_devices(root: Element) -> list[Exclusive]:
    """Return the exclusive devices of a domain in document order.

    Source: https://libvirt.org/formatdomain.html, host device assignment and the other devices named here.
    """
    found: list[Exclusive] = []
    for device in root.iterfind("devices/*"):
        why = _reason(device)
        if why:
            found.append(Exclusive(device, device_name(device), why))
    return found


def _reason(device: Element) -> str:
    match device.tag:
        case "hostdev":
            return f"is a {device.get('type') or device.get('mode') or 'host'} device of the host, passed through"
        case "lease":
            return "is a disk lease of a lock manager"
        case "disk":
            return _disk(device)
        case "interface":
            return _interface(device)
        case _:
            return next(_other(device), "")


def _disk(disk: Element) -> str:
    if disk.get("device") == "lun":
        return "passes a SCSI unit of the host through"
    kinds = {
        "nvme": "is an NVMe device of the host",
        "vhostuser": "is a vhost-user socket",
        "vhostvdpa": "is a vDPA device",
    }
    return kinds.get(disk.get("type", ""), "")


def _interface(interface: Element) -> str:
    kind = interface.get("type", "")
    source = interface.find("source")
    if kind == "direct" and source is not None and source.get("mode") == "passthrough":
        return f"takes the host's {source.get('dev', 'interface')} for itself"
    if kind == "vhostuser" and source is not None and source.get("mode") != "server":
        return f"connects to {source.get('path', 'a socket')}, a switch's port for one machine"
    if interface.find("virtualport[@type='midonet']") is not None:
        return "is bound to one port of a MidoNet network"
    kinds = {
        "hostdev": "passes a network function of the host through",
        "vdpa": "takes a vDPA device of the host for itself",
        "server": "listens on a fixed TCP port of the host",
        "client": "connects to a TCP socket that takes one machine only",
        "udp": "is one end of a UDP tunnel with fixed ports",
    }
    return kinds.get(kind, "")


def _other(device: Element) -> Iterator[str]:
    backend = device.find("backend")
    source = device.find("source")
    kind = device.get("type", "")
    path = source.get("path", "") if source is not None else ""
    if device.tag == "tpm" and backend is not None and backend.get("type") in {"passthrough", "external"}:
        yield f"is a {backend.get('type')} TPM"
    if device.tag == "input" and kind in {"passthrough", "evdev"}:
        yield "grabs an input device of the host"
    if device.tag == "smartcard" and device.get("mode") == "host":
        yield "takes the host's smart card reader"
    if device.tag in CHARACTER_DEVICES and kind == "dev":
        yield f"takes the host's {path or 'character device'}"
    if device.tag == "filesystem" and source is not None and source.get("socket"):
        yield "uses a virtiofsd that was started for one machine"
    if device.tag == "memory" and persistent_memory(device).startswith("/dev/"):
        yield f"takes the host's {persistent_memory(device)}"


def persistent_memory(memory: Element) -> str:
    """Return the path behind a writable NVDIMM or virtio-pmem device, else an empty text."""
    if memory.get("model") not in {"nvdimm", "virtio-pmem"} or memory.find("target/readonly") is not None:
        return ""
    return tidy_text(memory.find("source/path"))


def device_name(device: Element) -> str:
    """Return a person's name for a device: ``disk sda``, or its kind with its MAC address or position."""
    target, mac = device.find("target"), device.find("mac")
    if device.tag == "disk" and target is not None and target.get("dev"):
        return f"disk {target.get('dev')}"
    if device.tag == "interface" and mac is not None and mac.get("address"):
        return f"interface {mac.get('address')}"
    if device.tag == "filesystem" and target is not None and target.get("dir"):
        return f"filesystem {target.get('dir')}"
    before = sum(1 for _ in device.itersiblings(str(device.tag), preceding=True))
    return f"{device.tag} {before + 1}"
