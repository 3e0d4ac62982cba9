"""Fill a hypervisor in memory with a believable fleet, the same at every call."""

import random
import uuid as uuid_module
from collections.abc import Iterable
from itertools import cycle, islice

from qq2clone_tui.domain.clone import CloneIdentity, CloneRecord, CloneStatus
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.inventory import HostFacts
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Sample
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.ports.programs import Programs
from qq2clone_tui.engine.session import Session

from .catalogue import MemoryCatalogue
from .hypervisor import MemoryHypervisor
from .images import MemoryImages

__all__ = ["NOW", "SampleFleet", "sample_session"]

NOW = 1_700_000_000.0
"""The instant the sample is frozen at, seconds since the epoch."""

_GIB = 1 << 30
_FLEETS = (("alpine", 0.05), ("debian12", 0.85), ("win11", 0.10))
_STATES = (
    *(DomainState.RUNNING,) * 7,
    *(DomainState.OFF,) * 5,
    DomainState.SAVED,
    DomainState.PAUSED,
    DomainState.CRASHED,
)

_XML = """<domain type='qemu'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='{image}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <interface type='network'><mac address='{mac}'/><source network='default'/><model type='virtio'/></interface>
    <serial type='pty'/>
    <graphics type='spice' port='-1' autoport='yes'/>
  </devices>
</domain>
"""


class SampleFleet:
    """The parts of a sample session, for tests that reach behind it."""

    def __init__(self) -> None:
        self.hypervisor = MemoryHypervisor(
            "qemu:///system", HostFacts("kvm01", cpus=16, memory_bytes=64 * _GIB, driver="QEMU")
        )
        self.images = MemoryImages("/var/lib/libvirt/images/qq2clone")
        self.catalogue = MemoryCatalogue(lambda: NOW)
        self.programs = Programs()
        self._dice = random.Random(20)  # noqa: S311 - a fixed picture, nothing secret

    def session(self) -> Session:
        """Return a session over the fleet; its picture is read and its images are looked at once already."""
        session = Session(self.hypervisor, self.images, self.catalogue, _no_files, programs=self.programs, threads=4)
        session.version_watch.look()
        session.inventory.refresh()
        return session

    def add_template(self, name: str, memory_mib: int = 512) -> Template:
        """Add a template with one 10 GiB disk."""
        base = f"/srv/templates/{name}.qcow2"
        self.images.facts[base] = ImageFacts(base, "qcow2", 10 * _GIB, 2 * _GIB)
        xml = _XML.format(name=name, uuid=_uuid(name), memory=memory_mib, image=base, mac="52:54:00:00:00:01")
        template = Template(name, xml, (TemplateDisk("vda", base, "qcow2", 10 * _GIB),), source=name, created_at=NOW)
        self.catalogue.add_template(template)
        return template

    def add_clones(self, template: Template, states: Iterable[DomainState]) -> None:
        """Add clones 1, 2, ... in the given states, with files and figures of their own."""
        records = []
        for number, state in enumerate(states, start=1):
            record = self._record(template, number)
            records.append(record)
            self._define(template, record, state)
        self.catalogue.restore(records)

    def _record(self, template: Template, number: int) -> CloneRecord:
        name = f"{template.name}-{number}"
        mac = f"52:54:00:{number >> 8 & 255:02x}:{number & 255:02x}:{len(template.name):02x}"
        identity = CloneIdentity(template.name, 1, number, name, _uuid(name), (mac,))
        made_at = NOW - self._dice.randrange(600, 40 * 86400)
        return CloneRecord(identity, CloneStatus.READY, (f"{self.images.place}/{name}.vda.qcow2",), made_at)

    def _define(self, template: Template, record: CloneRecord, state: DomainState) -> None:
        identity, overlay = record.identity, record.files[0]
        xml = _XML.format(name=identity.name, uuid=identity.uuid, memory=512, image=overlay, mac=identity.macs[0])
        own = self._dice.randrange(1 << 20, 4 * _GIB)
        base = template.disks[0].image
        self.images.facts[overlay] = ImageFacts(overlay, "qcow2", 10 * _GIB, own, base)
        self.hypervisor.define(xml)
        self.hypervisor.set_state(identity.uuid, state)
        if state.active:
            self.hypervisor.figures = {**self.hypervisor.figures, identity.uuid: self._sample(own)}

    def _sample(self, own: int) -> Sample:
        return Sample(
            at=0.0,
            cpu_ns=self._dice.randrange(10**12),
            vcpus=2,
            memory_bytes=self._dice.randrange(100 << 20, 512 << 20),
            memory_max_bytes=512 << 20,
            disk_allocation_bytes=own,
            read_bytes=self._dice.randrange(_GIB),
            written_bytes=self._dice.randrange(_GIB),
            received_bytes=self._dice.randrange(_GIB),
            sent_bytes=self._dice.randrange(_GIB),
        )


def sample_session(machines: int = 120) -> Session:
    """Return a session over about that many machines of three templates, in every state."""
    fleet = SampleFleet()
    for name, share in _FLEETS:
        template = fleet.add_template(name)
        fleet.add_clones(template, islice(cycle(_STATES), round(machines * share)))
    return fleet.session()


def _uuid(name: str) -> str:
    return str(uuid_module.uuid5(uuid_module.NAMESPACE_DNS, name))


def _no_files(path: str) -> str:
    raise AccessError("cannot read the domain XML", subject=path, why="No such file or directory")
