"""Give a clone its own serial ports, consoles, channels and their logs."""

from lxml import etree

from .exclusive import CHARACTER_DEVICES
from .identity_draft import Draft
from .identity_paths import path_of, socket_of
from .safe_xml import Element, place_after, pop_attribute, remove

__all__ = ["console_rules"]

_NETWORK = frozenset({"tcp", "udp", "telnet"})
_EMPTY_ON_PTY = ("source", "protocol")


def console_rules(draft: Draft) -> None:
    """Apply the rules for every device that is a stream of characters on the host."""
    for tag in (*CHARACTER_DEVICES, "redirdev", "smartcard"):
        for index, device in enumerate(draft.root.findall(f"devices/{tag}")):
            _device(draft, device, f"{tag}{index}", f"{tag} {index + 1}")
    for index, rng in enumerate(draft.root.findall("devices/rng")):
        _entropy(draft, rng, f"rng {index + 1}")


def _device(draft: Draft, device: Element, stem: str, where: str) -> None:
    pop_attribute(device, "tty")
    kind = device.get("type", "")
    if kind == "pty":
        for source in device.findall("source"):
            remove(source)
    elif kind == "file":
        _file(draft, device, stem, where)
    elif kind == "unix":
        _unix(draft, device, stem, where)
    elif kind in _NETWORK:
        _network(draft, device, where)
    elif kind == "pipe":
        _become_pty(draft, device, where, "pipe of the host")
    for log in device.findall("log"):
        value = draft.rename(log.get("file", ""), path_of(f".{stem}.log"))
        draft.fill(log, "file", value, where, "is logged to {}")


def _file(draft: Draft, device: Element, stem: str, where: str) -> None:
    for source in device.findall("source"):
        value = draft.rename(source.get("path", ""), path_of(f".{stem}.out"))
        draft.fill(source, "path", value, where, "writes to {}")


def _unix(draft: Draft, device: Element, stem: str, where: str) -> None:
    for source in device.findall("source"):
        path = source.get("path", "")
        connected = source.get("mode") == "connect"
        if connected:
            _listen_instead(source)
        if not path or _named_by_libvirt(device):
            # Without a path libvirt makes one in a directory named after the running machine.
            pop_attribute(source, "path")
            if path:
                draft.changed(where, "libvirt names its socket when the clone starts")
            continue
        text = f"listens on {{}}, where the template connects to {path}" if connected else "listens on {}"
        draft.fill(source, "path", draft.rename(path, socket_of(f".{stem}.sock")), where, text)


def _named_by_libvirt(device: Element) -> bool:
    return device.tag == "channel" and device.find("target[@type='virtio'][@name]") is not None


def _listen_instead(source: Element) -> None:
    # At a path of the clone's own nobody listens yet, and libvirt refuses to start without the socket.
    source.set("mode", "bind")
    for reconnect in source.findall("reconnect"):
        remove(reconnect)


def _network(draft: Draft, device: Element, where: str) -> None:
    sources = device.findall("source")
    bound = [source for source in sources if source.get("mode", "connect") == "bind"]
    if bound and device.tag in CHARACTER_DEVICES:
        _become_pty(draft, device, where, f"port {bound[0].get('service', '')} of the host")
    elif bound:
        draft.drop(device, where, f"port {bound[0].get('service', '')} of the host, which only one machine can have")
    for source in sources if not bound else []:
        draft.shared(where, f"connects to {source.get('host', '')}:{source.get('service', '')}, as every clone does")


def _become_pty(draft: Draft, device: Element, where: str, what: str) -> None:
    """Keep the guest's device and cut its tie to the host, which only one machine can have."""
    for tag in _EMPTY_ON_PTY:
        for element in device.findall(tag):
            remove(element)
    device.set("type", "pty")
    draft.dropped(where, f"{what}, which only one machine can have; the clone's is a pseudo-terminal")


def become_pty(draft: Draft, device: Element, where: str) -> None:
    """Turn a port on a host device into a pseudo-terminal."""
    _become_pty(draft, device, where, "device of the host")


def _entropy(draft: Draft, rng: Element, where: str) -> None:
    backend = rng.find("backend[@model='egd']")
    if backend is None:
        return
    if backend.find("source[@mode='bind']") is None:
        draft.shared(where, "its entropy daemon serves every clone")
        return
    fresh = etree.Element("backend", model="random")
    fresh.text = "/dev/urandom"
    place_after(backend, rng, fresh)
    draft.drop(backend, where, "entropy daemon that connects to one machine; the clone reads /dev/urandom")
