"""See what there is: machines and versions with what a guest would read, and who stands on what."""

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from qq2clone_tui.domain import template as domain
from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.template import Template

from .guest_bytes import guest_bytes, standing

__all__ = ["NVRAM", "Contents", "Machine", "Sight", "Version", "disks_of"]

NVRAM = "nvram"


class Contents:
    """Holds the bytes of disks by short names, so that a failed comparison can be read."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._read: dict[str, str] = {}

    def name(self, content: bytes) -> str:
        """Return the short name of some bytes, and keep them."""
        name = hashlib.sha256(content).hexdigest()[:10]
        self._kept[name] = content
        return name

    def bytes(self, name: str) -> bytes:
        """Return the bytes behind a short name."""
        return self._kept[name]

    def of(self, path: str, declared: str) -> str:
        """Return the short name of what a guest reads from an image; read again only when a file has changed."""
        try:
            stands = f"{declared} {standing(path)}"
        except FileNotFoundError as error:
            return f"{path} is gone, or {error.filename} below it"
        if stands not in self._read:
            self._read[stands] = self.name(guest_bytes(path, declared))
        return self._read[stands]

    def read_again(self) -> None:
        """Read every image again, whatever the time stamps of its files say."""
        self._read.clear()


@dataclass(frozen=True)
class Machine:
    """A clone or staging machine.

    Args:
        name, template, version, number, ephemeral, detached: as recorded.
        state: what the hypervisor says of it.
        disks: short name of what a guest would read, by target; also of the file of firmware variables.
    """

    name: str
    template: str
    version: int
    number: int
    state: str
    disks: Mapping[str, str]
    ephemeral: bool = False
    detached: bool = False

    @property
    def staging(self) -> bool:
        """Tell whether a next version is being made in it."""
        return self.number == 0


@dataclass(frozen=True)
class Version:
    """What a version of a template holds: the short name of the bytes, by target."""

    disks: Mapping[str, str]


@dataclass(frozen=True)
class Sight:
    """Everything of ours at one instant.

    Args:
        machines: by UUID.
        versions: by template and number.
    """

    machines: Mapping[str, Machine] = field(default_factory=dict)
    versions: Mapping[tuple[str, int], Version] = field(default_factory=dict)

    def difference(self, wanted: "Sight") -> str:
        """Return how this is not as it should be; empty when it is."""
        for uuid in {*self.machines, *wanted.machines}:
            if self.machines.get(uuid) != wanted.machines.get(uuid):
                return f"there is {self.machines.get(uuid)} and should be {wanted.machines.get(uuid)}"
        for key in {*self.versions, *wanted.versions}:
            if self.versions.get(key) != wanted.versions.get(key):
                return f"{key} is {self.versions.get(key)} and should be {wanted.versions.get(key)}"
        return ""

    def with_machine(self, uuid: str, machine: Machine) -> "Sight":
        """Return the same with one machine other."""
        return replace(self, machines={**self.machines, uuid: machine})

    def without(self, uuid: str) -> "Sight":
        """Return the same without one machine."""
        return replace(self, machines={key: value for key, value in self.machines.items() if key != uuid})

    def with_version(self, template: str, number: int, version: Version) -> "Sight":
        """Return the same with one version other."""
        return replace(self, versions={**self.versions, (template, number): version})

    def newest(self, template: str) -> int:
        """Return the number of the newest version of a template."""
        return max(number for name, number in self.versions if name == template)

    def behind(self, uuid: str) -> bool:
        """Tell whether a machine does not stand on the newest version of its template."""
        machine = self.machines[uuid]
        return machine.detached or machine.version < self.newest(machine.template)

    def staging(self, template: str) -> str:
        """Return the UUID of a template's staging machine; empty when there is none."""
        found = (uuid for uuid, each in self.machines.items() if each.template == template and each.staging)
        return next(found, "")

    def staged(self) -> list[str]:
        """Return the templates that have a staging machine."""
        return sorted(each.template for each in self.machines.values() if each.staging)

    def in_order(self) -> list[str]:
        """Return the UUIDs of all machines by template and number: UUIDs themselves are others at every run."""
        return sorted(self.machines, key=lambda uuid: (self.machines[uuid].template, self.machines[uuid].number))

    def clones(self) -> list[str]:
        """Return the UUIDs of all clones, by template and number."""
        return [uuid for uuid in self.in_order() if not self.machines[uuid].staging]

    def clones_of(self, template: str) -> list[str]:
        """Return the UUIDs of the clones of one template, by number."""
        return [uuid for uuid in self.clones() if self.machines[uuid].template == template]

    def templates(self) -> list[str]:
        """Return the names of the templates."""
        return sorted({name for name, _ in self.versions})


@lru_cache(maxsize=256)
def disks_of(xml: str) -> dict[str, tuple[str, str]]:
    """Return path and format of each disk by its target, and those of the file of firmware variables."""
    root = ET.fromstring(xml)
    found: dict[str, tuple[str, str]] = {}
    for disk in root.iterfind("devices/disk[@device='disk']"):
        driver, source, target = disk.find("driver"), disk.find("source"), disk.find("target")
        assert driver is not None and source is not None and target is not None
        found[target.attrib["dev"]] = (source.attrib["file"], driver.attrib["type"])
    variables = root.findtext("os/nvram")
    if variables:
        found[NVRAM] = (variables, "raw")
    return found


def see_machine(record: CloneRecord, state: str, xml: str, contents: Contents) -> Machine:
    """Return a machine as it is."""
    one = record.identity
    disks = {target: contents.of(path, declared) for target, (path, declared) in disks_of(xml).items()}
    return Machine(one.name, one.template, one.version, one.number, state, disks, record.ephemeral, record.detached)


def see_versions(template: Template, contents: Contents) -> dict[tuple[str, int], Version]:
    """Return the versions of a template as they are."""
    return {
        (template.name, version.number): Version(
            {target: contents.of(path, kind) for target, (path, kind) in _images(template, version).items()}
        )
        for version in template.history
    }


def _images(template: Template, version: domain.Version) -> dict[str, tuple[str, str]]:
    """Return path and format of each image of a version, and of the firmware variables that clones of it get."""
    found = {disk.target: (disk.image, disk.format) for disk in version.disks}
    variables = version.firmware.get("firmware variables") or ET.fromstring(template.xml).findtext("os/nvram")
    return {**found, NVRAM: (variables, "raw")} if variables else found
