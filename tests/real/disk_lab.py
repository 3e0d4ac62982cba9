"""A place to try what becomes of disks: machines of any make, patterns on their images, and typed commands."""

import json
import re
import shlex
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.cli.main import main
from qq2clone_tui.domain.describe_xml import DiskDevice, describe
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.states import PowerVerb

__all__ = ["KIB", "MIB", "Disk", "DiskLab", "Typed", "booted", "image", "read_back", "starts", "write_pattern"]

KIB = 1024
MIB = 1024 * KIB
SIZE = 16 * MIB

_XML = """\
<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>32</memory>
  <os{choice}><type arch='x86_64' machine='{machine}'>hvm</type>{firmware}<boot dev='hd'/></os>
  <features><acpi/></features>
  <devices>
    {disks}
    <controller type='usb' model='none'/>
    <interface type='user'><model type='virtio'/></interface>
    <serial type='pty'/>
    {more}
    <memballoon model='none'/>
  </devices>
</domain>
"""


@dataclass(frozen=True)
class Disk:
    """One disk of a machine: where it is, what it is, and by which name the guest has it."""

    path: Path
    target: str = "vda"
    format: str = "qcow2"
    block: bool = False

    @property
    def xml(self) -> str:
        """Its element in the machine's XML."""
        kind, attribute = ("block", "dev") if self.block else ("file", "file")
        return (
            f"<disk type='{kind}' device='disk'><driver name='qemu' type='{self.format}'/>"
            f"<source {attribute}='{self.path}'/><target dev='{self.target}' bus='virtio'/></disk>"
        )


@dataclass(frozen=True)
class Typed:
    """What came of one typed line."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read as JSON."""
        return json.loads(self.out)


def image(path: Path, pattern: int, image_format: str = "qcow2", size: int = SIZE, base: Path | None = None) -> Path:
    """Make an image that holds a pattern in its first 64 KiB."""
    path.parent.mkdir(parents=True, exist_ok=True)
    backing = ["-F", "qcow2", "-b", str(base)] if base else []
    _program("qemu-img", "create", "-q", "-f", image_format, *backing, str(path), *([] if base else [str(size)]))
    write_pattern(path, pattern, image_format=image_format)
    return path


def write_pattern(path: Path, pattern: int, at: int = 0, length: int = 64 * KIB, image_format: str = "qcow2") -> None:
    """Write one byte over and over into an image, as a guest would."""
    _program("qemu-io", "-f", image_format, "-c", f"write -P {pattern} {at} {length}", str(path))


def read_back(path: Path, at: int = 0, image_format: str = "qcow2") -> int:
    """Return the byte that an image has at an offset, whatever it stands on; all of its 4 KiB must agree."""
    dumped = _program("qemu-io", "-r", "-U", "-f", image_format, "-c", f"read -v {at} 4k", str(path))
    rows = re.findall(r"^[0-9a-f]{8}:  ((?:[0-9a-f]{2} )+)", dumped, re.MULTILINE)
    found = {byte for row in rows for byte in row.split()}
    assert len(found) == 1, (path, at, sorted(found)[:4])
    return int(found.pop(), 16)


def starts(path: Path) -> int:
    """Return how often the sample machine was started on an image, as it counts on the disk's second sector."""
    dumped = _program("qemu-io", "-r", "-U", "-f", "qcow2", "-c", "read -v 512 16", str(path))
    return int(dumped.split()[1], 16)


def booted(path: Path) -> bool:
    """Tell whether a guest has come so far as to write to an overlay that was empty before."""
    return path.stat().st_blocks * 512 >= 64 * KIB


def _program(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@dataclass
class DiskLab:
    """Types command lines in this process, at the hypervisor that the process holds.

    Args:
        host: the same hypervisor, to look behind the program's back.
        uri: how the program reaches it.
        home: an empty directory for settings, catalogue, bases and clones.
        capture: gives what was printed since it was last asked.
    """

    host: LibvirtHypervisor
    uri: str
    home: Path
    capture: Callable[[], "tuple[str, str]"]
    storage: str = ""
    options: Sequence[str] = field(default=())

    @property
    def images(self) -> Path:
        """The directory in which new images are made."""
        return Path(self.storage) if self.storage else self.home / "images"

    @property
    def bases(self) -> Path:
        """The directory of images that are not the program's."""
        return self.home / "bases"

    def type(self, line: str, code: int | None = 0) -> Typed:
        """Type one line after ``qq2clone``, and check its exit code unless any will do; no traceback is ever shown."""
        self.capture()
        where = ("-c", self.uri, "--data-dir", str(self.home / "data"), "-s", str(self.images))
        got = main([*where, *self.options, *shlex.split(line)])
        out, err = self.capture()
        assert "Traceback" not in out + err, err
        assert code in (got, None), (line, got, out, err)
        return Typed(got, out, err)

    def machine(self, name: str, *disks: Disk, firmware: str = "", choice: str = "", more: str = "") -> Path:
        """Write a machine's XML into a file, and return its path."""
        machine = "q35" if firmware or choice else "pc"
        text = _XML.format(
            name=name, machine=machine, disks="".join(disk.xml for disk in disks), firmware=firmware, choice=choice,
            more=more,
        )  # fmt: skip
        path = self.home / f"{name}.xml"
        path.write_text(text)
        return path

    def template(self, name: str, *disks: Disk, options: str = "", **made: str) -> None:
        """Import a machine with these disks as a template."""
        self.type(f"import-template {self.machine(name, *disks, **made)} {name} {options}")

    def simple(self, name: str = "web", pattern: int = 0x11, options: str = "") -> Path:
        """Import a template with one qcow2 disk, and return the image."""
        base = image(self.bases / f"{name}.qcow2", pattern)
        self.template(name, Disk(base), options=options)
        return base

    def domain(self, name: str) -> DomainSummary:
        """Return the machine of a name."""
        (found,) = (each for each in self.host.list_domains() if each.name == name)
        return found

    def names(self) -> set[str]:
        """Return the names of all machines of the hypervisor."""
        return {each.name for each in self.host.list_domains()}

    def disk(self, name: str, target: str = "vda") -> Path:
        """Return the image behind a disk of a machine, as its definition says."""
        return Path(self._device(name, target).source)

    def format(self, name: str, target: str = "vda") -> str:
        """Return what a machine's definition says the format of a disk is."""
        return self._device(name, target).format

    def _device(self, name: str, target: str) -> DiskDevice:
        disks = describe(self.host.inactive_xml(self.domain(name).uuid)).disks
        (found,) = (disk for disk in disks if disk.target == target)
        return found

    def power(self, verb: PowerVerb, name: str) -> None:
        """Do to a machine what virsh would, behind the program's back."""
        self.host.power(verb, self.domain(name).uuid)

    def listed(self, template: str) -> dict[str, Any]:
        """Return what the program tells of a template."""
        told = self.type("list-templates -v --json").json["templates"]
        (found,) = (each for each in told if each["name"] == template)
        return dict(found)

    def commit(self, template: str, pattern: int, at: int = 0, target: str = "vda", note: str = "") -> None:
        """Make the next version of a template, with a pattern written to one of its disks."""
        staging = self.prepare(template)
        write_pattern(self.disk(staging, target), pattern, at)
        told = f" --note {shlex.quote(note)}" if note else ""
        self.type(f"modify-template {template} commit-image{told}")

    def prepare(self, template: str) -> str:
        """Make the staging machine of a template without leaving it running, and return its name."""
        before = self.names()
        self.type(f"modify-template {template} prepare-image --no-run")
        (made,) = self.names() - before
        return made

    def leftovers(self) -> set[str]:
        """Return the names of all files in the place of new images."""
        return {path.name for path in self.images.rglob("*")} if self.images.exists() else set()
