"""Give a clone its own network interfaces."""

import re

from lxml import etree

from .clone import CloneIdentity
from .exclusive import device_name
from .identity_draft import Draft, Value
from .identity_paths import path_of, socket_of
from .safe_xml import Element, place_after, pop_attribute, remove

__all__ = ["DEFAULT_PREFIX", "mac_prefixes", "network_rules"]

DEFAULT_PREFIX = "52:54:00"
"""The prefix libvirt gives QEMU machines that name none (virDomainNetGenerateMAC)."""

_PORT_IDS = ("interfaceid", "instanceid")
_MAC = re.compile(r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", re.ASCII)


def mac_prefixes(root: Element) -> tuple[str, ...]:
    """Return the vendor prefix of every interface's MAC address, in document order."""
    return tuple(_prefix(interface) for interface in root.iterfind("devices/interface"))


def network_rules(draft: Draft) -> None:
    """Apply the rules for every ``<interface>``."""
    for index, interface in enumerate(draft.root.findall("devices/interface")):
        where = device_name(interface)
        _mac(draft, interface, index, where)
        _target(draft, interface, where)
        _port(draft, interface, where)
        _host_side(draft, interface, index, where)
        for actual in interface.findall("actual"):
            remove(actual)


def _prefix(interface: Element) -> str:
    mac = interface.find("mac")
    address = mac.get("address", "").lower() if mac is not None else ""
    return address[:8] if _MAC.fullmatch(address) else DEFAULT_PREFIX


def _mac(draft: Draft, interface: Element, index: int, where: str) -> None:
    mac = interface.find("mac")
    if mac is None:
        mac = place_after(None, interface, etree.Element("mac"))
    networked = interface.get("type") in {"network", "bridge", "direct"}
    dhcp = "; DHCP host entries for the template's address do not apply to it" if networked else ""
    draft.fill(mac, "address", _nth_mac(index), where, f"MAC address is {{}}{dhcp}")
    pop_attribute(mac, "check")


def _nth_mac(index: int) -> Value:
    def value(identity: CloneIdentity, _: str) -> str:
        return identity.macs[index]

    return value


def _target(draft: Draft, interface: Element, where: str) -> None:
    target = interface.find("target")
    if target is not None:
        name = target.get("dev", "")
        draft.drop(target, where, f"host interface {name}; the clone gets a name of its own when it starts")


def _port(draft: Draft, interface: Element, where: str) -> None:
    """Let libvirt make what identifies the port on its switch; it does so when the clone is defined."""
    source = interface.find("source[@portid]")
    if source is not None:
        pop_attribute(source, "portid")
    for parameters in interface.findall("virtualport/parameters"):
        for attribute in _PORT_IDS:
            if pop_attribute(parameters, attribute) is not None:
                draft.changed(where, f"libvirt makes a new {attribute} for its port on the switch")


def _host_side(draft: Draft, interface: Element, index: int, where: str) -> None:
    source = interface.find("source")
    if source is not None and interface.get("type") == "vhostuser" and source.get("path"):
        value = draft.rename(
            source.get("path", ""), socket_of(f".net{index}.sock"), owned=source.get("mode") == "server"
        )
        draft.fill(source, "path", value, where, "socket is {}; the switch must be told")
    for forward in interface.findall("portForward"):
        draft.drop(forward, where, "forwarded ports of the host, which only one machine can have")
    log = interface.find("backend[@logFile]")
    if log is not None:
        value = draft.rename(log.get("logFile", ""), path_of(f".net{index}.log"))
        draft.fill(log, "logFile", value, where, "log is {}")
    _pinned_address(draft, interface, where)


def _pinned_address(draft: Draft, interface: Element, where: str) -> None:
    for parameter in interface.findall("filterref/parameter"):
        name = parameter.get("name", "").upper()
        if name == "MAC":
            draft.drop(parameter, where, "filter on the template's MAC address; libvirt fills in the clone's")
        elif name in {"IP", "IPV6"}:
            draft.shared(where, f"filter lets only {parameter.get('value', '')} through, in every clone")
    for address in interface.findall("ip") + interface.findall("source/ip"):
        if interface.get("type") != "user":
            draft.shared(where, f"address {address.get('address', '')} is given to every clone")
