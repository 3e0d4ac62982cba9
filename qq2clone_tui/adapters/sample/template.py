"""Write the sample template's two files: its disk image and its domain XML."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from qq2clone_tui.adapters.directories import make_directory
from qq2clone_tui.adapters.processes import run_checked
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError

from .boot_sector import boot_sector

__all__ = ["SAMPLE_NAME", "SamplePaths", "mock_sample_xml", "write_sample"]

SAMPLE_NAME = "sample"
DISK_BYTES = 64 * 1024 * 1024
CONVERT_TIMEOUT_SECONDS = 60.0

# Emulation (type 'qemu') rather than KVM, which may be absent, forbidden, or slow at real mode
# when nested. The parts a BIOS program has no use for are left out: twenty of these must be light.
XML = """\
<domain type='qemu'>
  <name>{name}</name>
  <description>A small machine to try things on: it greets, counts its starts and idles.</description>
  <memory unit='MiB'>32</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
  </features>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='{image}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <controller type='usb' model='none'/>
    <interface type='user'>
      <model type='virtio'/>
    </interface>
    <serial type='pty'/>
    <console type='pty'/>
    <graphics type='vnc' autoport='yes' listen='127.0.0.1'/>
    <video>
      <model type='vga' vram='2048'/>
    </video>
    <memballoon model='none'/>
  </devices>
</domain>
"""


@dataclass(frozen=True, slots=True)
class SamplePaths:
    """Where the sample template was written: absolute paths of its image and its domain XML."""

    image: Path
    xml: Path


def write_sample(directory: Path) -> SamplePaths:
    """Write ``sample.qcow2`` and ``sample.xml`` into a directory, unless they are there already.

    Args:
        directory: made when missing; an existing image or XML in it is never overwritten.

    Raises:
        AccessError: the directory cannot be made or written.
        MissingProgram: qemu-img is not installed.
        CommandFailed: qemu-img failed.
    """
    directory = directory.absolute()
    paths = SamplePaths(directory / f"{SAMPLE_NAME}.qcow2", directory / f"{SAMPLE_NAME}.xml")
    try:
        make_directory(directory)
        if not paths.image.exists():
            _write_image(paths.image)
        if not paths.xml.exists():
            text = XML.format(name=SAMPLE_NAME, image=escape(str(paths.image), {"'": "&apos;", "\n": "&#10;"}))
            _write_new(paths.xml, text.encode())
    except OSError as error:
        raise AccessError(
            "cannot write the sample template",
            subject=str(error.filename or directory),
            why=error.strerror or str(error),
            remedy="Choose a directory that can be written.",
        ) from error
    return paths


def mock_sample_xml(image: str) -> tuple[str, ImageFacts]:
    """Return the sample's XML for libvirt's test driver, and facts of an image that need not exist.

    Args:
        image: the absolute path to name.
    """
    xml = XML.format(name=SAMPLE_NAME, image=image).replace("<domain type='qemu'>", "<domain type='test'>", 1)
    return xml, ImageFacts(image, "qcow2", DISK_BYTES, 200 * 1024)


def _write_image(image: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="qq2clone-sample-") as scratch:
        raw, qcow2 = Path(scratch, "sample.raw"), Path(scratch, "sample.qcow2")
        with raw.open("wb") as file:
            file.write(boot_sector())
            file.truncate(DISK_BYTES)
        run_checked(
            ["qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", str(raw), str(qcow2)],
            "cannot make the sample image",
            timeout_seconds=CONVERT_TIMEOUT_SECONDS,
        )
        _write_new(image, qcow2.read_bytes())


def _write_new(path: Path, content: bytes) -> None:
    # Written beside its place and then linked into it: no reader ever sees half a file, and a
    # file somebody else put there in the meantime wins.
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f"{path.name}.") as file:
        file.write(content)
        file.flush()
        # Nothing in it is secret, and a QEMU that runs as another user has to read it.
        Path(file.name).chmod(0o644)
        try:
            path.hardlink_to(file.name)
        except FileExistsError:
            return
