"""Compile a template's XML into clones that share nothing only one machine can have."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from .clone import CloneIdentity
from .disk import ImageSpec
from .errors import BadArgument, BadXml
from .identity_consoles import console_rules
from .identity_devices import device_rules, strip_exclusive
from .identity_disks import disk_rules
from .identity_draft import Draft, Finding, FindingKind
from .identity_firmware import firmware_rules
from .identity_machine import machine_rules
from .identity_network import mac_prefixes, network_rules
from .identity_paths import check_identity, check_place
from .import_rules import device_obstacles
from .obstacle import Obstacle
from .safe_xml import parse_domain, serialise
from .template import Template

__all__ = ["CompiledClone", "Compiler", "Finding", "FindingKind"]


@dataclass(frozen=True, slots=True)
class CompiledClone:
    """A clone's domain XML, ready to define, and the report of how it differs from its template.

    Args:
        xml: secure form, with the template's graphics passwords: never shown or logged.
        report: what was changed, is shared, or was dropped; holds no password.
    """

    xml: str
    report: tuple[Finding, ...]

    def __repr__(self) -> str:
        return f"CompiledClone({len(self.xml)} characters, {len(self.report)} findings)"


class Compiler:
    """Reads a template once and then makes any number of clones, from any number of threads.

    The rules turn the template into a pattern with empty places; a clone is a copy of the pattern
    with those places filled, so that a hundred clones cost little more than writing them out.

    Args:
        template_xml: the template's inactive XML, in secure form.
        template: its disks, policies and options.

    Raises:
        BadXml: not domain XML, or a machine that cannot be cloned: all the reasons at once.
    """

    def __init__(self, template_xml: str, template: Template) -> None:
        root = parse_domain(template_xml)
        _refuse(device_obstacles(root, template.options), template.name)
        draft = Draft(root, template)
        exclusive = strip_exclusive(draft)
        self._exclusive = tuple(device.obstacle() for device in exclusive)
        self._mac_prefixes = mac_prefixes(root)
        machine_rules(draft)
        firmware_rules(draft)
        disk_rules(draft)
        network_rules(draft)
        console_rules(draft)
        device_rules(draft)
        positions: Mapping[object, int] = {element: index for index, element in enumerate(root.iter())}
        # A slot can lie in an element that a later rule took out.
        self._slots = [(positions[slot.element], slot) for slot in draft.slots if slot.element in positions]
        self._draft = draft

    @property
    def mac_prefixes(self) -> tuple[str, ...]:
        """The vendor prefix of every interface's MAC address, in the order of the XML."""
        return self._mac_prefixes

    @property
    def report(self) -> tuple[Finding, ...]:
        """What every clone's report says, with … in place of each clone's own values."""
        return (*(slot.finding() for _, slot in self._slots if slot.text), *self._draft.findings)

    @property
    def exclusive(self) -> tuple[Obstacle, ...]:
        """What forbids a second clone: devices of the host that the template passes through."""
        return self._exclusive

    @property
    def inherited(self) -> Mapping[str, str]:
        """The files beside the disks that clones get copies of, by what they belong to; see ``Template.firmware``."""
        return dict(self._draft.inherited)

    def files(self, identity: CloneIdentity, place: str) -> tuple[ImageSpec, ...]:
        """Return the files to make for a clone in the absolute directory ``place``, in order.

        Raises:
            BadArgument: the place or a name would put a file elsewhere.
        """
        check_place(place)
        return tuple(rule(identity, place) for rule in self._draft.files)

    def runtime_files(self, identity: CloneIdentity, place: str) -> tuple[str, ...]:
        """Return the paths that QEMU or libvirt will make for the clone alone: logs, sockets, variables.

        They are the clone's: record them before it is defined and delete them with it.
        """
        check_place(place)
        return tuple(value(identity, place) for value in self._draft.owned)

    def firmware_files(self, identity: CloneIdentity, place: str) -> Mapping[str, str]:
        """Return where a clone keeps its state beside its disks, by what it belongs to; see ``Template.firmware``."""
        check_place(place)
        return {where: value(identity, place) for where, value in self._draft.firmware.items()}

    def compile(self, identity: CloneIdentity, place: str) -> CompiledClone:
        """Return the clone's XML and report.

        Args:
            identity: its reserved name, UUID and MAC addresses.
            place: absolute directory of its files.

        Raises:
            BadArgument: a name, place or number of MAC addresses that does not fit.
        """
        check_place(place)
        check_identity(identity)
        if len(identity.macs) != len(self._mac_prefixes):
            raise BadArgument(
                "cannot make a clone",
                subject=identity.name,
                why=f"{len(identity.macs)} MAC addresses for {len(self._mac_prefixes)} interfaces",
            )
        root = copy.deepcopy(self._draft.root)
        elements = list(root.iter())
        report: list[Finding] = []
        for position, slot in self._slots:
            value = slot.value(identity, place)
            if slot.attribute:
                elements[position].set(slot.attribute, value)
            else:
                elements[position].text = value
            if slot.text:
                report.append(slot.finding(value))
        return CompiledClone(serialise(root), (*report, *self._draft.findings))


def _refuse(obstacles: tuple[Obstacle, ...], name: str) -> None:
    if obstacles:
        raise BadXml(
            "cannot clone the template",
            subject=name,
            why="; ".join(f"{obstacle.where}: {obstacle.why}" for obstacle in obstacles),
            remedy=obstacles[0].remedy,
        )
