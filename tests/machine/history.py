"""One history of a world: what is done to it, what should be there afterwards, and what is."""

import os
import sqlite3
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.template import Template

from .deeds import Deed, Outcome, do
from .excuses import Circumstances, excuses
from .expected import after, torn
from .forker import Forker
from .guest_bytes import chain
from .sight import NVRAM, Contents, Sight, disks_of, see_machine, see_versions
from .strangers import Strangers
from .watch import Footing
from .world import SIZE, Opened, World

__all__ = ["History", "Pattern"]

_REPLACING = frozenset({"flatten", "in-place", "prune"})
"""Deeds that may put another file, which reads the same, in the place of one that others stand on."""


@dataclass(frozen=True)
class Pattern:
    """What a guest writes.

    Args:
        byte: over and over.
        at, length: where, in bytes; what lies behind the end of the disk is left out.
        zeros: zeros instead, in the way that takes no room.
    """

    byte: int
    at: int
    length: int
    zeros: bool


class History:
    """What has been done since a world began, and what must be true of it.

    Args:
        world: where; it is begun anew.
        forker: does deeds that are killed.

    Attributes:
        expected: what there should be.
        strangers: the others on the host.
        drifted: versions of which an image was changed, by template and number.
        touches: how often one was.
    """

    def __init__(self, world: World, forker: Forker) -> None:
        self.world = world
        self._forker = forker
        self._contents = Contents()
        self.drifted: set[tuple[str, int]] = set()
        self.touches = self._names = 0
        self._read: tuple[object, list[Template]] = (None, [])
        self._sound = True
        world.begin()
        self.opened = Opened(world)
        self.strangers = Strangers(world, self.opened.hypervisor)
        for name in self.strangers.make_sources():
            outcome = do(self.opened, Deed("import", name, option=name == "own"))
            assert not outcome.refused, outcome
        self.expected = self.see()
        self._footing = self._stand()

    def close(self) -> None:
        """Let go of the world."""
        self.opened.close()

    def new_name(self) -> str:
        """Return a name that no template has had."""
        self._names += 1
        return f"new{self._names}"

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
            machines[uuid] = see_machine(record, domain.state.value, hypervisor.inactive_xml(uuid), self._contents)
        versions = {}
        for template in self._templates():
            versions.update(see_versions(template, self._contents))
        return Sight(machines, versions)

    def do(self, deed: Deed) -> str:
        """Do something that nobody interrupts, see that it was done as it should be, and return how it went."""
        circumstances = self._circumstances()
        self._sound = False
        return self._judge(deed, do(self.opened, deed), circumstances)

    def kill(self, deed: Deed, effects: int, again: int, *, fresh: bool) -> str:
        """Do something in a process that ends in the middle of it, and see that the next start mends it.

        Args:
            deed: what is done.
            effects: how much it may do before it ends.
            again: the same for the next start, which mends it; below 0 it is not killed too.
            fresh: go on in a new session instead of the one that has looked on.

        Returns:
            How it went: ``killed``, or as ``do``.
        """
        circumstances = self._circumstances()
        self._sound = False
        outcome = self._forker.do(self.world.root, deed, effects)
        if again >= 0:
            self._forker.do(self.world.root, Deed("recover"), again)
        if fresh:
            self.opened.close()
            self.opened = Opened(self.world)
            self.strangers.hypervisor = self.opened.hypervisor
        said = self.opened.recover()
        if not outcome.killed:
            return self._judge(deed, outcome, circumstances)
        if deed.verb == "in-place" and self._rows("intent"):
            self._finish_in_place(deed)
            return "killed"
        seen = self.see()
        fault = torn(self.expected, seen, deed)
        assert not fault, (deed, said, fault)
        self._accept(deed, seen)
        return "killed"

    def write(self, uuid: str, target: str, pattern: Pattern) -> None:
        """Let a guest write to one of its disks; not to one that others need as it is.

        Args:
            uuid, target: which disk.
            pattern: what, and where.
        """
        offset, length = pattern.at, min(pattern.length, SIZE - pattern.at)
        path, _ = disks_of(self.opened.hypervisor.inactive_xml(uuid))[target]
        machine = self.expected.machines[uuid]
        if path in self.strangers.needed():
            return
        if target == NVRAM:
            content = bytes([pattern.byte]) * 512
            Path(path).write_bytes(content)
        else:
            content = self._contents.bytes(machine.disks[target])
            content = (
                content[:offset] + bytes([0 if pattern.zeros else pattern.byte]) * length + content[offset + length :]
            )
            how = f"-z -u {offset} {length}" if pattern.zeros else f"-P {pattern.byte} {offset} {length}"
            subprocess.run(
                ["qemu-io", "-f", "qcow2", "-c", f"write {how}", path], check=True, capture_output=True, timeout=60
            )
        disks = {**machine.disks, target: self._contents.name(content)}
        self.expected = self.expected.with_machine(uuid, replace(machine, disks=disks))

    def touch(self, name: str, number: int) -> None:
        """Change the time stamp of an image of a version."""
        self.touches += 1
        image = self._image(name, number)
        status = Path(image).stat()
        os.utime(image, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
        for template in self._templates():
            for version in template.history:
                if image in {disk.image for disk in version.disks}:
                    self.drifted.add((template.name, version.number))

    def others_come(self, how: str, which: int, disk: str) -> None:
        """Let somebody make an overlay over an image of ours, or a machine that uses it."""
        images = self._images()
        choices = [key for key in images if key[1] == disk and disk != NVRAM]
        if not choices:
            return
        path, kind = images[choices[which % len(choices)]]
        if how == "machine":
            self.strangers.use(path, kind)
        else:
            self.strangers.overlay(path, kind, here=how == "overlay here")
        self._footing = self._stand()

    def others_leave(self) -> None:
        """Take away what the others have made."""
        self.strangers.leave()
        self._footing = self._stand()

    def check(self) -> None:
        """See that everything is as it should be, and that there is nothing else."""
        self._sound = False
        fault = self.see().difference(self.expected)
        assert not fault, fault
        self.strangers.check()
        self._check_leftovers()
        self._sound = True

    def check_with_qemu(self) -> None:
        """See that QEMU reads what is expected from the longest chains, as the reader of these tests does.

        Nothing is seen where something was found already: that fault is the one to be told.
        """
        if not self._sound:
            return
        self._contents.read_again()
        self.check()
        images = [
            (path, machine.disks[target])
            for uuid, machine in self.expected.machines.items()
            for target, (path, _) in disks_of(self.opened.hypervisor.inactive_xml(uuid)).items()
            if target != NVRAM
        ]
        for path, content in sorted(images, key=lambda image: len(chain(image[0])))[-2:]:
            raw = self.world.root / "as-qemu-reads.raw"
            command = ["qemu-img", "convert", "-U", "-f", "qcow2", "-O", "raw", path, str(raw)]
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            assert self._contents.name(raw.read_bytes()) == content, path

    def _finish_in_place(self, deed: Deed) -> None:
        """See that nothing can be made over images that were written in part, until they are written to the end."""
        staging = self.expected.staging(deed.template)
        assert self.see().machines[staging] == self.expected.machines[staging]
        for verb in ("clone", "commit", "discard", "delete", "prune"):
            outcome = do(self.opened, Deed(verb, deed.template, number=1))
            assert outcome.refused or verb == "prune", (verb, "although its images are written in part")
        outcome = do(self.opened, deed)
        assert not outcome.refused, outcome
        self._judge(deed, outcome, Circumstances(self.expected))

    def _judge(self, deed: Deed, outcome: Outcome, circumstances: Circumstances) -> str:
        """See that a deed was done, or refused for a reason, and return which."""
        seen = self.see()
        whole = bool(outcome.refused) and not outcome.machines
        wanted = self.expected if outcome.refused else after(self.expected, seen, deed, outcome)
        fault = seen.difference(wanted)
        assert not fault, (deed, outcome, fault)
        if whole:
            assert excuses(circumstances, deed, *deed.uuids[:1]), (deed, outcome)
        for uuid, why in outcome.machines.items():
            if uuid in deed.uuids:
                assert excuses(circumstances, deed, uuid), (deed, uuid, why)
        if deed.verb == "acknowledge":
            name, _, number = deed.template.partition("@v")
            self.drifted.discard((name, int(number)))
        self._accept(deed, seen)
        return "refused" if outcome.refused or outcome.machines else "done"

    def _accept(self, deed: Deed, seen: Sight) -> None:
        self.expected = seen
        footing = self._stand()
        if deed.verb not in _REPLACING:
            self._footing.check(footing)
        self._footing = footing
        self._sound = True
        self.drifted &= set(seen.versions)
        if deed.verb == "delete":  # images that others need are kept, and are theirs from then on
            self.strangers.files |= self.strangers.needed() & self.world.files() - self._ours()

    def _templates(self) -> list[Template]:
        """Return all templates, read again only when the catalogue has changed."""
        revision = (id(self.opened), self.opened.catalogue.revision())
        if self._read[0] != revision:
            self._read = (revision, self.opened.catalogue.templates())
        return self._read[1]

    def _images(self) -> dict[tuple[object, str], tuple[str, str]]:
        """Return path and format of every disk of a machine or version of ours, by these and its target."""
        hypervisor = self.opened.hypervisor
        found: dict[tuple[object, str], tuple[str, str]] = {}
        for uuid in self.expected.in_order():
            for target, image in disks_of(hypervisor.inactive_xml(uuid)).items():
                found[uuid, target] = image
        for template in self._templates():
            for version in template.history:
                for disk in version.disks:
                    found[f"{template.name}@v{version.number}", disk.target] = (disk.image, disk.format)
        return found

    def _stand(self) -> Footing:
        qcow2 = {path for path, kind in self._images().values() if kind == "qcow2"}
        return Footing.of(qcow2 | {path for path in self.strangers.files if path.endswith(".qcow2")})

    def _circumstances(self) -> Circumstances:
        """Return what may keep things from being done now."""
        needed, images, footing = self.strangers.needed(), self._images(), self._stand()
        strange = {path for xml in self.strangers.machines.values() for path, _ in disks_of(xml).values()}
        touched = {self._image(*key) for key in self.drifted}
        stood_on, drifted, foreign = set(), set(), set()
        for template in self._templates():
            staging = self.expected.staging(template.name)
            own = {path for (of, _), (path, _) in images.items() if of == staging}
            for version in template.history:
                key = (template.name, version.number)
                for disk in version.disks:
                    users = {of for (of, _), (path, _) in images.items() if path == disk.image} - {
                        f"{key[0]}@v{key[1]}"
                    }
                    if footing.dependents.get(disk.image, frozenset()) - own or disk.image in strange or users:
                        stood_on.add(key)
                    if touched & set(chain(disk.image)):
                        drifted.add(key)
                    if not disk.owned:
                        foreign.add(key)
        found = {of for (of, _), (path, _) in images.items() if path in needed}
        return Circumstances(
            self.expected, frozenset(found), frozenset(stood_on), frozenset(drifted), frozenset(foreign)
        )

    def _image(self, name: str, number: int) -> str:
        """Return the image of a version that is touched."""
        template = next(template for template in self._templates() if template.name == name)
        return template.at(number).disks[0].image

    def _ours(self) -> set[str]:
        files = {path for record in self.opened.catalogue.clones() for path in record.files}
        return files | {path for template in self._templates() for path in template.owned_files}

    def _check_leftovers(self) -> None:
        catalogue, hypervisor = self.opened.catalogue, self.opened.hypervisor
        records = catalogue.clones()
        ours, there = self._ours(), self.world.files() - self.strangers.files
        assert there <= ours, f"left over: {sorted(there - ours)}"
        images = {
            path for record in records for path, _ in disks_of(hypervisor.inactive_xml(record.identity.uuid)).values()
        }
        images |= {path for template in self._templates() for path in template.owned_files}
        assert images <= there, f"gone: {sorted(images - there)}"
        domains = {domain.uuid for domain in hypervisor.list_domains()}
        assert domains == {record.identity.uuid for record in records} | set(self.strangers.machines)
        for table in ("unfinished_file", "intent"):
            assert not self._rows(table), f"never finished: {self._rows(table)}"

    def _rows(self, table: str) -> list[object]:
        connection = sqlite3.connect(self.world.root / "data" / "catalogue.db")
        try:
            return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - one of two words
        finally:
            connection.close()
