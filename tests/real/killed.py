"""Type commands that are killed at any moment, and see what is there when the next one has mended it."""

import random
import sqlite3
import subprocess
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from qq2clone_tui.adapters.catalogue.catalogue import SqliteCatalogue
from tests.adapters.image_files import make_image, qemu_io
from tests.machine.deeds import Deed, Outcome
from tests.machine.expected import after, torn
from tests.machine.sight import Contents, Sight, disks_of, see_machine, see_versions

from .embed_roots import uri_of
from .typed_commands import SECONDS, command_line, run_command, surroundings

__all__ = ["KilledCommands"]

_XML = """<domain type='qemu'><name>tiny</name><memory unit='MiB'>16</memory>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{vda}'/><target dev='vda'/></disk>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{vdb}'/><target dev='vdb'/></disk>
<controller type='usb' model='none'/><memballoon model='none'/></devices></domain>"""
_SIZE = 4 << 20


class KilledCommands:
    """Types commands at a hypervisor of its own, with a template of two disks.

    Args:
        root: of an embedded hypervisor without machines.
        home: an empty directory.
        dice: chooses the moments.

    Attributes:
        expected: what there should be.
        killed: how many commands were ended before their time.
        begun: how many of those had begun to change something.
    """

    def __init__(self, root: Path, home: Path, dice: random.Random) -> None:
        self._root, self._home, self._dice = root, home, dice
        self._options = ("-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images"))
        self._contents = Contents()
        self._reach = 0.0
        self.killed = self.begun = 0
        disks = {target: make_image(home / f"{target}.qcow2", _SIZE) for target in ("vda", "vdb")}
        xml = home / "tiny.xml"
        xml.write_text(_XML.format(**disks))
        self.type("import-template", str(xml), "tiny", "--copy")
        self.expected = self.see()

    def type(self, *words: str) -> None:
        """Type a command that nobody interrupts."""
        began = time.monotonic()
        run_command(self._home, *self._options, *words)
        self._reach = time.monotonic() - began

    def do(self, deed: Deed, *words: str) -> None:
        """Type a command that nobody interrupts, and see that it does what it should."""
        self.type(*words)
        seen = self.see()
        fault = seen.difference(after(self.expected, seen, deed, Outcome()))
        assert not fault, (words, fault)
        self.expected = seen
        self.check()

    def kill(self, deed: Deed, *words: str) -> None:
        """Type a command, kill it at some moment, and see that the next one finds all whole and leaves nothing."""
        command = command_line(*self._options, *words)
        with subprocess.Popen(
            command,
            cwd=self._home,
            env=surroundings(self._home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            try:
                said, _ = process.communicate(timeout=self._dice.uniform(0.4, 1.05) * self._reach)
            except subprocess.TimeoutExpired:
                process.kill()
                said, _ = process.communicate(timeout=SECONDS)
        assert process.returncode in {0, -9}, (words, said)
        told = run_command(self._home, *self._options, "list", "all").stderr
        if "finish it with" in told:  # a commit in place may take long, so nobody finishes it unasked
            run_command(self._home, *self._options, *words)
        seen = self.see()
        if process.returncode:
            self.killed += 1
            self.begun += bool(told) or bool(seen.difference(self.expected))
            fault = torn(self.expected, seen, deed)
        else:
            fault = seen.difference(after(self.expected, seen, deed, Outcome()))
        assert not fault, (words, process.returncode, said, told, fault)
        self.expected = seen
        self.check()

    def write(self, uuid: str, byte: int) -> None:
        """Let a guest write to both its disks."""
        machine = self.expected.machines[uuid]
        at = self._dice.randrange(_SIZE // 4096) * 4096
        for path, _ in disks_of(self._xml(machine.name)).values():
            qemu_io(Path(path), f"write -P {byte} {at} 4096")
        self.expected = self.see()

    def see(self) -> Sight:
        """Return what there is, from the catalogue, libvirt's own files and the images; nothing is asked of us."""
        catalogue = self._catalogue()
        try:
            machines = {
                record.identity.uuid: see_machine(record, "off", self._xml(record.identity.name), self._contents)
                for record in catalogue.clones()
            }
            versions = {}
            for template in catalogue.templates():
                versions.update(see_versions(template, self._contents))
        finally:
            catalogue.close()
        return Sight(machines, versions)

    def check(self) -> None:
        """See that nothing is left over: neither files nor machines."""
        catalogue = self._catalogue()
        try:
            records, templates = catalogue.clones(), catalogue.templates()
        finally:
            catalogue.close()
        files = {path for record in records for path in record.files}
        files |= {path for template in templates for path in template.owned_files}
        assert set(map(str, (self._home / "images").iterdir())) == files
        defined = {path.stem for path in (self._root / "etc" / "qemu").glob("*.xml")}
        assert defined == {record.identity.name for record in records}
        with closing(sqlite3.connect(self._database)) as connection:
            assert not connection.execute("SELECT * FROM intent").fetchall()
            assert not connection.execute("SELECT * FROM unfinished_file").fetchall()

    def stage(self, byte: int) -> None:
        """Make the staging machine, unless there is one, and let its guest write."""
        if not self.expected.staging("tiny"):
            self.do(Deed("prepare", "tiny"), "modify-template", "tiny", "prepare-image")
        self.write(self.expected.staging("tiny"), byte)

    def new_name(self) -> str:
        """Return a name that no template has."""
        return f"new{len(self.expected.templates())}"

    def numbers(self, uuids: Iterable[str]) -> str:
        """Return clones as a set is written."""
        return ",".join(str(self.expected.machines[uuid].number) for uuid in uuids)

    def _xml(self, name: str) -> str:
        return (self._root / "etc" / "qemu" / f"{name}.xml").read_text(encoding="utf-8")

    def _catalogue(self) -> SqliteCatalogue:
        return SqliteCatalogue(self._database, self._home / "nowhere")

    @property
    def _database(self) -> Path:
        (path,) = (self._home / "data").rglob("*.sqlite")
        return path
