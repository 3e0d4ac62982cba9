"""Build a fleet whose images strangers stand on too: a machine of somebody else, and an overlay of nobody."""

import uuid

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.states import DomainState

from .versions_fleet import VersionedFleet

__all__ = ["STRANGER", "UsedFleet"]

STRANGER = "web[1]"
"""A machine that is none of ours; its name is text and nothing else."""
_GIB = 1 << 30
_XML = """<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>512</memory><vcpu>2</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/>
<target dev='vda' bus='virtio'/></disk></devices></domain>"""


class UsedFleet(VersionedFleet):
    """The fleet with a history, and strangers who stand on the second version of debian12."""

    def stage(self) -> "UsedFleet":
        """Add them."""
        super().stage()
        base = f"{self.images.place}/debian12.v2.vda.qcow2"
        self.put_over(base, "/home/anna/web.qcow2", 3 * _GIB // 2)
        self.put_over(base, f"{self.images.place}/try.qcow2", _GIB // 4)
        self.define(STRANGER, "/home/anna/web.qcow2", DomainState.RUNNING)
        return self

    def put_over(self, base: str, path: str, size: int) -> None:
        """Add an image of so many bytes over another."""
        self.images.facts[path] = ImageFacts(path, "qcow2", 10 * _GIB, size, base)

    def define(self, name: str, image: str, state: DomainState) -> None:
        """Add a machine that is none of ours."""
        ident = str(uuid.uuid5(uuid.NAMESPACE_DNS, name))
        self.hypervisor.define(_XML.format(name=name, uuid=ident, image=image))
        self.hypervisor.set_state(ident, state)
