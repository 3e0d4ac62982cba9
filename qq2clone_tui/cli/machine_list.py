"""Show clones as a table, as JSON and as XML."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from qq2clone_tui.domain.address import Address, reachable
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.tags import tags_of

from .output import SCHEMA, age, printable, size, table

__all__ = ["Known", "machine_object", "machines_xml", "print_machines"]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of machines beside what they are, by UUID.

    Args:
        saved: bytes that their saved states take.
        addresses: the best known first.
        tags: the UUIDs that carry each tag.
    """

    saved: Mapping[str, int] = field(default_factory=dict)
    addresses: Mapping[str, tuple[Address, ...]] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)


_NOTHING = Known()


def print_machines(machines: Sequence[Machine], known: Known, *, verbose: bool, now: float) -> None:
    """Write a table of machines: number, name, state; verbosely also what else is known of them."""
    more = ["VERSION", "AGE", "SAVED", "ADDRESS", "TAGS", "UUID"]
    headings = ["#", "NAME", "STATE"] + (more if verbose else [])
    rows = []
    for machine in machines:
        row = ["staging" if machine.staging else str(machine.number), machine.name, _state(machine)]
        if verbose:
            since = age(now - machine.created_at) if machine.created_at else "-"
            held = size(known.saved[machine.uuid]) if machine.uuid in known.saved else "-"
            tags = ",".join(tags_of(machine.uuid, known.tags)) or "-"
            row += [
                _version(machine),
                since,
                held,
                _first(known.addresses.get(machine.uuid, ())),
                tags,
                machine.uuid,
            ]
        rows.append(row)
    if rows:
        table(headings, rows, right=frozenset({0, 4, 5}) if verbose else frozenset({0}))


def machine_object(machine: Machine, known: Known = _NOTHING) -> dict[str, Any]:
    """Return a machine as JSON-ready values, as ``docs/json.md`` describes."""
    return {
        "template": machine.template,
        "number": machine.number,
        "name": machine.name,
        "uuid": machine.uuid,
        "version": machine.version,
        "staging": machine.staging,
        "ephemeral": machine.ephemeral,
        "detached": machine.detached,
        "state": machine.state.value,
        "status": machine.status.value,
        "created_at": machine.created_at,
        "files": list(machine.files),
        "saved_bytes": known.saved.get(machine.uuid),
        "addresses": [_address(each) for each in known.addresses.get(machine.uuid, ())],
        "tags": list(tags_of(machine.uuid, known.tags)),
    }


def machines_xml(templates: Sequence[str], machines: Sequence[Machine], known: Known) -> str:
    """Return the XML that ``docs/json.md`` describes: templates, and in each its clones."""
    root = ET.Element("qq2clone", {"schema": str(SCHEMA)})
    for name in templates:
        element = ET.SubElement(root, "template", {"name": printable(name)})
        for machine in machines:
            if machine.template == name:
                clone = ET.SubElement(element, "clone", _attributes(machine))
                for path in machine.files:
                    ET.SubElement(clone, "file").text = printable(path)
                for word in tags_of(machine.uuid, known.tags):
                    ET.SubElement(clone, "tag").text = word
                for each in known.addresses.get(machine.uuid, ()):
                    values = {key: str(value) for key, value in _address(each).items() if key != "address"}
                    ET.SubElement(clone, "address", values).text = each.address
    ET.indent(root)
    # In ASCII, like JSON: whatever the locale makes of other characters would change the paths.
    return str(ET.tostring(root, encoding="us-ascii"), "ascii")


def _attributes(machine: Machine) -> dict[str, str]:
    values = machine_object(machine)
    return {key: printable(str(values[key])) for key in ("number", "name", "uuid", "version", "state", "status")} | {
        "created-at": f"{int(machine.created_at)}"
    }


def _address(address: Address) -> dict[str, str | int]:
    return {
        "address": address.address,
        "prefix": address.prefix,
        "mac": address.mac,
        "source": address.source.value,
    }


def _first(addresses: Sequence[Address]) -> str:
    return next(iter(reachable(addresses)), "-")


def _version(machine: Machine) -> str:
    """Return the version, and how the machine stands on it."""
    if machine.detached:
        return f"v{machine.version} detached"
    return f"v{machine.version}{' ephemeral' if machine.ephemeral else ''}"


def _state(machine: Machine) -> str:
    """Return the state, and what is unfinished about the machine."""
    if machine.status is CloneStatus.READY:
        return machine.state.value
    return f"{machine.state.value} ({machine.status.value})"
