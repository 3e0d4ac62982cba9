"""Build a fleet with a history: versions with notes, a staging machine, an image that somebody has changed."""

from dataclasses import replace

from qq2clone_tui.adapters.memory.sample import NOW
from qq2clone_tui.domain.clone import STAGING, CloneIdentity, CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template, TemplateDisk, Version

from .fleet import StagedFleet

__all__ = ["STAGED", "VersionedFleet"]

STAGED = "debian12.v4"
"""The name of the staging machine."""
_DAY = 86_400.0
_GIB = 1 << 30
_RUN, _OFF, _SAVED = DomainState.RUNNING, DomainState.OFF, DomainState.SAVED
_NOTES = {2: "openssl 3.0.11", 3: "kernel 6.1.55, before the move"}
_VERSIONS = (*(1,) * 3, *(2,) * 5, *(3,) * 8)
_STATES = (_OFF, _SAVED, _OFF, _RUN, _RUN, _OFF, _OFF, _RUN, _RUN, _RUN, _RUN, _OFF, _RUN, _OFF, _SAVED, _RUN)
_XML = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>512</memory><vcpu>2</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/>
<target dev='vda' bus='virtio'/></disk><serial type='pty'/><graphics type='spice' port='-1' autoport='yes'/>
</devices></domain>"""


class VersionedFleet(StagedFleet):
    """Three templates: one with versions and a staging machine, one that drifted, one as it was imported."""

    def stage(self) -> "VersionedFleet":
        """Add templates, versions, clones of each, and a staging machine that is off."""
        self.fill("alpine", 256, (_RUN, _OFF, _RUN))
        self.fill("debian12", 512, _STATES)
        for number, note in _NOTES.items():
            self.add_version("debian12", number, note)
        records = {record.identity.number: record for record in self.catalogue.clones("debian12")}
        self.catalogue.restore(
            [self._moved(records[number], version) for number, version in enumerate(_VERSIONS, start=1)]
        )
        self.add_staging(_OFF)
        self.fill("win11", 4096, (_RUN, _OFF))
        self.drift("/srv/templates/win11.qcow2")
        return self

    def add_template(self, name: str, memory_mib: int = 512) -> Template:
        """Add a template that was imported some weeks ago."""
        template = replace(super().add_template(name, memory_mib), created_at=NOW - 44 * _DAY)
        self.catalogue.remove_template(name)
        self.catalogue.add_template(template)
        return template

    def add_version(self, template: str, number: int, note: str) -> None:
        """Add a version whose image stands on that of the one before."""
        below = self.catalogue.template(template).newest.disks[0]
        path = f"{self.images.place}/{template}.v{number}.vda.qcow2"
        size = (number * 5 % 7 + 1) * (_GIB // 9)
        self.images.facts[path] = ImageFacts(path, "qcow2", below.virtual_size, size, below.image, stamp=f"v{number}")
        disk = TemplateDisk(
            "vda", path, "qcow2", below.virtual_size, owned=True, stamp=f"v{number}", digest=f"{number}e7a" * 16
        )
        self.catalogue.versions.add(template, Version(number, (disk,), {}, NOW - (30 - number * 9) * _DAY, note), "")

    def add_staging(self, state: DomainState) -> None:
        """Add the staging machine of debian12, in some state."""
        base = self.catalogue.template("debian12").newest
        path = f"{self.images.place}/{STAGED}.vda.qcow2"
        uuid = "5a5a5a5a-0000-4000-8000-00000000004a"
        self.images.facts[path] = ImageFacts(path, "qcow2", 10 * _GIB, 96 << 20, base.disks[0].image)
        identity = CloneIdentity("debian12", base.number, STAGING, STAGED, uuid, ("52:54:00:00:04:04",))
        self.hypervisor.define(_XML.format(name=STAGED, uuid=uuid, image=path))
        self.hypervisor.set_state(uuid, state)
        self.catalogue.restore([CloneRecord(identity, CloneStatus.READY, (path,), NOW - _DAY / 4)])

    def drift(self, path: str) -> None:
        """Let somebody write to an image."""
        for template in self.catalogue.templates():
            for version in template.history:
                if path in {disk.image for disk in version.disks}:
                    disks = tuple(replace(disk, stamp=disk.stamp or "as it was") for disk in version.disks)
                    self.catalogue.versions.replace_disks(template.name, version.number, disks)
        facts = self.images.facts[path]
        self.images.facts[path] = replace(facts, actual_size=facts.actual_size + _GIB, stamp="changed by somebody")

    def _moved(self, record: CloneRecord, version: int) -> CloneRecord:
        """Return a clone's record as if it were made of a version, and put its overlay over that."""
        base = self.catalogue.template(record.identity.template).at(version).disks[0].image
        overlay = self.images.facts[record.files[0]]
        self.images.facts[overlay.path] = replace(overlay, backing=base)
        return replace(record, identity=replace(record.identity, version=version))
