"""Real images and a real catalogue under a hypervisor in memory, for checks to find fault with."""

import subprocess
from collections.abc import Sequence
from pathlib import Path

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.memory.hypervisor import MemoryHypervisor
from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.findings import CheckReport, CheckWish, Finding
from qq2clone_tui.domain.job import EntryState
from qq2clone_tui.domain.template import Template, TemplateDisk, Version
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.templates.choices import Choices

__all__ = ["Lab", "qemu_img"]

_XML = """<domain type='qemu'>
  <name>{name}</name><uuid>11111111-2222-4333-8444-555555555555</uuid><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type>{boot}</os>
  <devices>
    {disks}
    {more}
    <interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>
  </devices>
</domain>"""
_DISK = (
    "<disk type='file' device='disk'><driver name='qemu' type='{format}'/><source file='{path}'/>"
    "<target dev='{target}' bus='virtio'/></disk>"
)


def qemu_img(*arguments: str | Path) -> str:
    """Run qemu-img and return what it prints."""
    done = subprocess.run(["qemu-img", *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


class Lab:
    """A place with a template *web* over base images of its own directory.

    Args:
        home: an empty directory.
        formats: of its disks, vda first.

    Attributes:
        boot, more: what its machine has beside that, as XML inside ``<os>`` and ``<devices>``.
    """

    def __init__(self, home: Path, formats: Sequence[str] = ("qcow2",)) -> None:
        self.home = home
        self.place, self.bases = home / "place", home / "bases"
        self.bases.mkdir()
        self.targets = ["vda", "vdb", "vdc"][: len(formats)]
        self.hypervisor = MemoryHypervisor()
        self.images = LocalImages(self.place)
        self.formats = dict(zip(self.targets, formats, strict=True))
        for target, image_format in self.formats.items():
            qemu_img("create", "-q", "-f", image_format, self.base(target), "8M")
        self.more = self.boot = ""
        self.open()

    def open(self) -> None:
        """Open a session, on a catalogue that may be gone."""
        self.catalogue = SqliteCatalogue(self.home / "one.sqlite", self.home / "templates")
        self.session = Session(self.hypervisor, self.images, self.catalogue, lambda _: self.xml("web"), threads=2)

    def lose_catalogue(self, *, and_xml: bool = False) -> None:
        """Begin with an empty catalogue, as after its file was lost; its templates' XML may be lost with it."""
        self.catalogue.close()
        for path in self.home.glob("one.sqlite*"):
            path.unlink()
        if and_xml:
            for path in (self.home / "templates").iterdir():
                path.unlink()
        self.open()

    def close(self) -> None:
        """Let go of everything."""
        self.session.close()

    def base(self, target: str = "vda") -> Path:
        """Return the path of a base image."""
        return self.bases / f"{target}.{self.formats[target]}"

    def xml(self, name: str) -> str:
        """Return the XML of the machine that the template is made of."""
        disks = [
            _DISK.format(format=image_format, path=self.base(target), target=target)
            for target, image_format in self.formats.items()
        ]
        return _XML.format(name=name, disks="\n    ".join(disks), more=self.more, boot=self.boot)

    def template(self, *, copy: bool = False) -> Template:
        """Import the template."""
        self.session.import_template("/web.xml", "web", copy=copy, choices=Choices())
        for path in self.catalogue.template("web").owned_files:
            self.images.sealing.seal(path)
        return self.catalogue.template("web")

    def clone(self, count: int) -> list[CloneRecord]:
        """Make clones, and return all there are."""
        ledger = self.session.jobs.run(self.session.plan_clone("web", count))
        assert ledger.count(EntryState.DONE) == count, [entry.reason for entry in ledger.entries]
        return self.catalogue.clones("web")

    def next_version(self) -> Template:
        """Give the template another version over its newest: sealed images of its own at the place."""
        before = self.catalogue.template("web")
        number, disks = before.version + 1, []
        for disk in before.disks:
            path = f"{self.place}/web.v{number}.{disk.target}.qcow2"
            qemu_img("create", "-q", "-f", "qcow2", "-F", disk.format, "-b", disk.image, path)
            stamp = self.images.sealing.seal(path)
            disks.append(TemplateDisk(disk.target, path, "qcow2", disk.virtual_size, owned=True, stamp=stamp))
        self.catalogue.versions.add("web", Version(number, tuple(disks)), "")
        return self.catalogue.template("web")

    def file(self, number: int, target: str = "vda") -> Path:
        """Return the path of a clone's disk."""
        return self.place / f"web-{number}.{target}.qcow2"

    def undefine(self, number: int) -> None:
        """Let another program take a clone's machine away."""
        self.hypervisor.undefine(self.uuid(number))

    def uuid(self, number: int) -> str:
        """Return the UUID of the machine that is called as a clone is."""
        return next(one.uuid for one in self.hypervisor.list_domains() if one.name == f"web-{number}")

    def check(
        self, template: str = "", *, mend: bool = True, consent: bool = False, digests: bool = False
    ) -> CheckReport:
        """Check, and return what was found."""
        return self.session.check.run(CheckWish(template, mend, consent, digests, record=mend))

    def only(self, report: CheckReport) -> Finding:
        """Return the one finding of a report."""
        assert len(report.findings) == 1, report.findings
        return report.findings[0]
