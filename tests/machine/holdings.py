"""Read what there is in a world: machines, versions, files and records, as a new process finds them."""

import sqlite3
import subprocess

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.template import Template

from .guest_bytes import chain
from .sight import NVRAM, Contents, Sight, disks_of, see_machine, see_versions
from .strangers import Strangers
from .world import Opened, World

__all__ = ["Holdings"]


class Holdings:
    """What is ours in a world.

    Args:
        world: where; it is there already.

    Attributes:
        opened: the process through which all is seen.
        contents: knows what machines read.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._read: tuple[object, list[Template]] = (None, [])
        self.contents = Contents()
        self.opened = Opened(world)

    def reopen(self) -> None:
        """See it through another process from now on."""
        self.opened.close()
        self.opened = Opened(self._world)

    def see(self) -> Sight:
        """Return what there is, as guests and the catalogue would have it."""
        catalogue, hypervisor = self.opened.catalogue, self.opened.hypervisor
        machines = {}
        for record in catalogue.clones():
            uuid = record.identity.uuid
            domain = hypervisor.read_domain(uuid)
            assert record.status is CloneStatus.READY, f"left half done: {record}"
            assert domain is not None, f"recorded, but not defined: {record}"
            assert domain.name == record.identity.name
            machines[uuid] = see_machine(record, domain.state.value, hypervisor.inactive_xml(uuid), self.contents)
        versions = {}
        for template in self.templates():
            versions.update(see_versions(template, self.contents))
        return Sight(machines, versions)

    def templates(self) -> list[Template]:
        """Return all templates, read again only when the catalogue has changed."""
        revision = (id(self.opened), self.opened.catalogue.revision())
        if self._read[0] != revision:
            self._read = (revision, self.opened.catalogue.templates())
        return self._read[1]

    def disks(self, uuid: str) -> dict[str, tuple[str, str]]:
        """Return path and format of every disk of a machine, by target."""
        return disks_of(self.opened.hypervisor.inactive_xml(uuid))

    def images(self, sight: Sight) -> dict[tuple[object, str], tuple[str, str]]:
        """Return path and format of every disk of a machine in sight or a version of ours, by these and its target."""
        found: dict[tuple[object, str], tuple[str, str]] = {}
        for uuid in sight.in_order():
            for target, image in self.disks(uuid).items():
                found[uuid, target] = image
        for template in self.templates():
            for version in template.history:
                for disk in version.disks:
                    found[f"{template.name}@v{version.number}", disk.target] = (disk.image, disk.format)
        return found

    def first_image(self, name: str, number: int) -> str:
        """Return the image of a version's first disk."""
        template = next(template for template in self.templates() if template.name == name)
        return template.at(number).disks[0].image

    def files(self) -> set[str]:
        """Return the paths of all files that are recorded as ours."""
        files = {path for record in self.opened.catalogue.clones() for path in record.files}
        return files | {path for template in self.templates() for path in template.owned_files}

    def unfinished(self, table: str) -> list[object]:
        """Return what a table of the catalogue says is not finished."""
        connection = sqlite3.connect(self._world.root / "data" / "catalogue.db")
        try:
            return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - one of two words
        finally:
            connection.close()

    def check_leftovers(self, strangers: Strangers) -> None:
        """See that every file and machine is somebody's, that no file of ours is gone, and that all is finished."""
        hypervisor = self.opened.hypervisor
        uuids = {record.identity.uuid for record in self.opened.catalogue.clones()}
        ours, there = self.files(), self._world.files() - strangers.files
        assert there <= ours, f"left over: {sorted(there - ours)}"
        images = {path for uuid in uuids for path, _ in self.disks(uuid).values()}
        images |= {path for template in self.templates() for path in template.owned_files}
        assert images <= there, f"gone: {sorted(images - there)}"
        assert {domain.uuid for domain in hypervisor.list_domains()} == uuids | set(strangers.machines)
        for table in ("unfinished_file", "intent"):
            assert not self.unfinished(table), f"never finished: {self.unfinished(table)}"

    def check_with_qemu(self, sight: Sight) -> None:
        """See that QEMU reads what is expected from the longest chains, as the reader of these tests does."""
        images = [
            (path, machine.disks[target])
            for uuid, machine in sight.machines.items()
            for target, (path, _) in self.disks(uuid).items()
            if target != NVRAM
        ]
        for path, content in sorted(images, key=lambda image: len(chain(image[0])))[-2:]:
            raw = self._world.root / "as-qemu-reads.raw"
            command = ["qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", path, str(raw)]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            assert self.contents.name(raw.read_bytes()) == content, path
