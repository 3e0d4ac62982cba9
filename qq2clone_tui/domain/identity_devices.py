"""Give a clone its own graphics, vsock, memory files; say what the other devices share."""

import re

from lxml import etree

from .exclusive import (
    CHARACTER_DEVICES,
    STRIP,
    Exclusive,
    device_name,
    exclusive_devices,
    exclusive_policy,
    persistent_memory,
)
from .identity_consoles import become_pty
from .identity_draft import Draft
from .identity_paths import path_of
from .safe_xml import Element, place_after, pop_attribute, remove, tidy_text

__all__ = ["device_rules", "strip_exclusive"]

_PORTED = frozenset({"vnc", "spice", "rdp"})
_QEMU = "{http://libvirt.org/schemas/domain/qemu/1.0}"
_HOST_RESOURCE = re.compile(r"hostfwd|path=|file=|port=|server|listen|guestfwd|(?:^|[=:,])/")


def strip_exclusive(draft: Draft) -> tuple[Exclusive, ...]:
    """Take out the devices only one machine can have if the template says so, else return them."""
    found = exclusive_devices(draft.root)
    if exclusive_policy(draft.template.options) != STRIP:
        for device in found:
            draft.shared(device.where, f"{device.why}; only one machine at a time can have it")
        return tuple(found)
    for device in found:
        if device.element.tag in CHARACTER_DEVICES:
            become_pty(draft, device.element, device.where)
        else:
            draft.drop(device.element, device.where, device.why)
    return ()


def device_rules(draft: Draft) -> None:
    """Apply the rules for the devices that have no module of their own."""
    devices = draft.root.find("devices")
    if devices is None:
        return
    for index, graphics in enumerate(devices.findall("graphics")):
        _graphics(draft, graphics, f"graphics {index + 1}")
    for vsock in devices.findall("vsock"):
        _vsock(draft, vsock)
    for index, memory in enumerate(devices.findall("memory")):
        _memory(draft, memory, index)
    for index, audio in enumerate(devices.findall("audio[@type='file']")):
        value = draft.rename(audio.get("path", ""), path_of(f".audio{index}.wav"))
        draft.fill(audio, "path", value, f"audio {index + 1}", "is recorded to {}")
    _shared(draft, devices)
    _runtime(devices)
    _command_line(draft)


def _graphics(draft: Draft, graphics: Element, where: str) -> None:
    kind = graphics.get("type", "")
    if graphics.get("passwd"):
        draft.shared(where, "has the template's password")
    if pop_attribute(graphics, "socket") is not None and graphics.find("listen") is None:
        graphics.insert(0, etree.Element("listen", type="socket"))
    for listen in graphics.findall("listen[@socket]"):
        pop_attribute(listen, "socket")
        draft.changed(where, "libvirt names its socket when the clone starts")
    if kind == "dbus" and pop_attribute(graphics, "address") is not None:
        draft.changed(where, "has a bus of its own")
    if kind in {"sdl", "desktop"}:
        draft.shared(where, "opens windows on the host's display")
    if kind not in _PORTED or graphics.find("listen[@type='socket']") is not None:
        _no_ports(graphics)
        return
    for attribute in ("tlsPort", "websocket"):
        if graphics.get(attribute, "-1") != "-1":
            graphics.set(attribute, "-1")
            draft.changed(where, f"its {attribute} is picked by libvirt when the clone starts")
    if graphics.get("port", "-1") != "-1" or graphics.get("autoport") != "yes":
        draft.changed(where, "libvirt picks its ports when the clone starts")
    graphics.set("port", "-1")
    graphics.set("autoport", "yes")


def _no_ports(graphics: Element) -> None:
    for attribute in ("port", "tlsPort", "websocket", "autoport"):
        pop_attribute(graphics, attribute)


def _vsock(draft: Draft, vsock: Element) -> None:
    cid = vsock.find("cid")
    if cid is None:
        cid = place_after(None, vsock, etree.Element("cid"))
    pop_attribute(cid, "address")
    cid.set("auto", "yes")
    draft.changed("vsock", "libvirt picks its context id when the clone starts")


def _memory(draft: Draft, memory: Element, index: int) -> None:
    where = f"memory {index + 1}"
    uuid = memory.find("uuid")
    if uuid is not None:
        draft.drop(uuid, where, "device UUID; libvirt makes a new one")
    base = persistent_memory(memory)
    path = memory.find("source/path")
    if path is None:
        return
    if not base:
        draft.shared(where, f"{tidy_text(path)} is read by all clones")
    elif not base.startswith("/dev/"):
        value = draft.rename(base, path_of(f".memory{index}.raw"), owned=False)
        draft.inherit(where, base, value)
        draft.fill(path, "", value, where, "is copied to {}")


def _shared(draft: Draft, devices: Element) -> None:
    for filesystem in devices.findall("filesystem"):
        source = filesystem.find("source")
        what = " ".join(str(value) for value in source.attrib.values()) if source is not None else "its source"
        draft.shared(device_name(filesystem), f"{what} is the same directory for all clones")
    for shmem in devices.findall("shmem"):
        draft.shared(f"shared memory {shmem.get('name', '')}".strip(), "all clones see the same memory")
    for audio in devices.findall("audio"):
        if audio.get("type") in {"oss", "alsa"}:
            draft.shared("audio", "plays on the host's sound card")


def _runtime(devices: Element) -> None:
    """Take out the aliases libvirt made; those a person gave begin with ``ua-`` and stay."""
    for alias in devices.findall("*/alias"):
        if not alias.get("name", "").startswith("ua-"):
            remove(alias)


def _command_line(draft: Draft) -> None:
    values = [argument.get("value", "") for argument in draft.root.iterfind(f"{_QEMU}commandline/{_QEMU}arg")]
    if not values:
        return
    risky = [value for value in values if _HOST_RESOURCE.search(value)]
    text = "is the same for all clones and cannot be checked"
    if risky:
        text += f"; look at {', '.join(risky)}"
    draft.shared("QEMU command line", text)
