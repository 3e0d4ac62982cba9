"""Play the rest of the host: images, overlays and machines that others have made, which nobody may touch."""

import subprocess
import tempfile
import uuid as uuid_module
from functools import cache
from pathlib import Path

from .guest_bytes import guest_bytes, stands_on
from .kept_hypervisor import KeptHypervisor
from .world import SIZE, World

__all__ = ["Strangers"]


class Strangers:
    """What is not ours in a world.

    Args:
        world: where.
        hypervisor: where machines of others are defined.

    Attributes:
        files: absolute paths of files of others, of which some are in our place.
        machines: XML of the machines of others, by UUID.
    """

    def __init__(self, world: World, hypervisor: KeptHypervisor) -> None:
        self._world = world
        self.hypervisor = hypervisor
        self.files: set[str] = set()
        self.machines: dict[str, str] = {}
        self._overlays: dict[str, bytes] = {}
        self._users: dict[str, str] = {}
        self._made = 0

    def make_sources(self) -> list[str]:
        """Define two machines to import templates from, and return their names.

        The first has a qcow2 and a raw disk and firmware variables; the other a single disk and a BIOS.
        """
        variables = self._world.strange / "own.nvram"
        variables.write_bytes(b"v" * 512)
        disks = {
            "vda": (self._source("own.vda", "qcow2", 1), "qcow2"),
            "vdb": (self._source("own.vdb", "raw", 2), "raw"),
        }
        self._define("own", disks, str(variables))
        self._define("ref", {"vda": (self._source("ref.vda", "qcow2", 3), "qcow2")})
        self.files |= {str(path) for path in self._world.strange.iterdir()}
        return ["own", "ref"]

    def overlay(self, path: str, kind: str, *, here: bool) -> None:
        """Make an overlay over an image, as any other tool would.

        Args:
            path, kind: the image and its format.
            here: in our directory rather than elsewhere.
        """
        self._made += 1
        made = str((self._world.place if here else self._world.strange) / f"other-{self._made}.qcow2")
        _qemu_img("create", "-q", "-f", "qcow2", "-b", path, "-F", kind, made)
        self.files.add(made)
        self._overlays[made] = guest_bytes(made)

    def use(self, path: str, kind: str) -> None:
        """Define a machine that has an image as its disk."""
        self._made += 1
        uuid = self._define(f"other-{self._made}", {"vda": (path, kind)})
        self._users[uuid] = path

    @property
    def there(self) -> bool:
        """Tell whether anybody has come."""
        return bool(self._users or self._overlays)

    def leave(self) -> None:
        """Take all overlays and machines away that were made over images of ours."""
        for uuid in self._users:
            self.hypervisor.undefine(uuid)
            del self.machines[uuid]
        for path in self._overlays:
            Path(path).unlink()
            self.files.discard(path)
        self._users.clear()
        self._overlays.clear()

    def needed(self) -> set[str]:
        """Return the files that overlays and machines of others were made over, and what those stand on."""
        found: set[str] = set()
        for path in (*self._users.values(), *map(stands_on, self._overlays)):
            below = path
            while below:
                found.add(below)
                below = stands_on(below)
        return found

    def check(self) -> None:
        """See that overlays read as when they were made, and that machines have their disks."""
        for path, content in self._overlays.items():
            assert guest_bytes(path) == content, f"{path}, which is not ours, reads otherwise now"
        for uuid, xml in self.machines.items():
            assert self.hypervisor.inactive_xml(uuid) == xml, f"the machine {uuid}, which is not ours, was changed"
        for path in self._users.values():
            assert Path(path).exists(), f"{path} is gone from under a machine that is not ours"

    def _define(self, name: str, disks: dict[str, tuple[str, str]], variables: str = "") -> str:
        uuid = str(uuid_module.uuid5(uuid_module.NAMESPACE_DNS, name))
        self.machines[uuid] = self._world.domain_xml(name, uuid, disks, variables)
        return self.hypervisor.define(self.machines[uuid])

    def _source(self, name: str, kind: str, byte: int) -> str:
        path = self._world.strange / f"{name}.{kind}"
        path.write_bytes(_half_full(kind, byte))
        return str(path)


@cache
def _half_full(kind: str, byte: int) -> bytes:
    """Return an image whose first half is full of one byte."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "image")
        _qemu_img("create", "-q", "-f", kind, str(path), str(SIZE))
        writing = ["qemu-io", "-f", kind, "-c", f"write -P {byte} 0 {SIZE // 2}", str(path)]
        subprocess.run(writing, check=True, capture_output=True, timeout=60)
        return path.read_bytes()


def _qemu_img(*words: str) -> None:
    subprocess.run(["qemu-img", *words], check=True, capture_output=True, timeout=60)
