"""The sample machine boots, speaks, counts, idles and switches itself off, on a real QEMU."""

import os
import re
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from qq2clone_tui.adapters.sample import write_sample
from qq2clone_tui.adapters.sample.assembler import assemble
from qq2clone_tui.adapters.sample.boot_sector import GREETING, boot_sector
from qq2clone_tui.domain.errors import AccessError

from .image_files import MIB, chain, digest, qemu_img
from .libvirt_worlds import eventually

QEMU = "qemu-system-x86_64"
TICKS = os.sysconf("SC_CLK_TCK")


class Machine:
    """A QEMU process without libvirt: its serial console is a file, its monitor a socket."""

    def __init__(self, image: Path, directory: Path, machine: str) -> None:
        self.serial = directory / "serial.txt"
        self.serial.write_text("")
        monitor = directory / "monitor"
        monitor.unlink(missing_ok=True)
        drive = f"file={image},if=virtio,format=qcow2"
        argv = [QEMU, "-accel", "tcg", "-machine", machine, "-m", "32", "-nodefaults", "-vga", "std"]
        argv += ["-display", "none", "-serial", f"file:{self.serial}", "-drive", drive]
        self.process = subprocess.Popen([*argv, "-monitor", f"unix:{monitor},server=on,wait=off"])
        self._monitor = monitor

    def says(self, text: str) -> bool:
        """Tell whether a text appears on the serial console before the deadline."""
        return eventually(lambda: text in self.serial.read_text())

    def monitor(self, *commands: str) -> None:
        """Give commands to QEMU's monitor."""
        with socket.socket(socket.AF_UNIX) as peer:
            peer.settimeout(20)
            assert eventually(self._monitor.exists)
            peer.connect(str(self._monitor))
            for command in commands:
                peer.sendall(f"{command}\n".encode())
            peer.sendall(b"info status\n")
            answer = b""
            while b"VM status" not in answer:
                answer += peer.recv(4096)

    def cpu_seconds(self) -> float:
        """Return the processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def end(self) -> None:
        """Pull the plug."""
        self.process.kill()
        self.process.wait(20)


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory with a path short enough for a socket."""
    if shutil.which(QEMU) is None:
        pytest.skip(f"{QEMU} is not installed")
    path = Path(tempfile.mkdtemp(prefix="qq"))
    yield path
    shutil.rmtree(path)


@pytest.fixture
def disk(directory: Path) -> Path:
    """An overlay over a fresh sample image."""
    image = write_sample(directory / "sample").image
    overlay = directory / "overlay.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", "-b", image, "-F", "qcow2", overlay)
    return overlay


@pytest.fixture(params=["pc", "q35"])
def machine(request: pytest.FixtureRequest, disk: Path, directory: Path) -> Iterator[Machine]:
    """A running sample machine."""
    running = Machine(disk, directory, request.param)
    yield running
    running.end()


def test_it_greets_on_the_serial_console(machine: Machine) -> None:
    assert machine.says(f"{GREETING}, start 1\n")


def test_it_switches_itself_off_when_the_power_button_is_pressed(machine: Machine) -> None:
    assert machine.says("start 1\n")
    machine.monitor("system_powerdown")
    assert machine.process.wait(20) == 0


def test_it_echoes_what_is_typed(machine: Machine) -> None:
    assert machine.says("start 1\n")
    machine.monitor("sendkey h", "sendkey i", "sendkey ret", "sendkey x")
    assert machine.says("hi\nx")


def test_it_uses_next_to_no_processor_time_when_idle(machine: Machine) -> None:
    assert machine.says("start 1\n")
    begun, used = time.monotonic(), machine.cpu_seconds()
    assert eventually(lambda: time.monotonic() - begun > 2)
    assert machine.cpu_seconds() - used < 0.1 * (time.monotonic() - begun)


def test_it_counts_its_starts_on_its_own_disk_and_leaves_the_template_alone(disk: Path, directory: Path) -> None:
    template = directory / "sample" / "sample.qcow2"
    before = digest(template)
    for count in (1, 2, 3):
        machine = Machine(disk, directory, "pc")
        try:
            assert machine.says(f"start {count}\n")
        finally:
            machine.end()
    assert digest(template) == before


def test_its_clock_stands_in_the_corner_of_the_screen(machine: Machine, directory: Path) -> None:
    assert machine.says("start 1\n")
    # Text mode keeps a character and a colour for each cell; the clock is in the last nine of line 0.
    dump = directory / "screen"
    clock = re.compile(rb"\d\d \d\d \d\d ")

    def shown() -> bool:
        machine.monitor(f'pmemsave 0xb8000 160 "{dump}"')
        return clock.fullmatch(dump.read_bytes()[142:160:2]) is not None

    assert eventually(shown)


class TestTheFiles:
    def test_are_a_bootable_image_and_a_light_emulated_machine(self, tmp_path: Path) -> None:
        paths = write_sample(tmp_path / "new" / "sample")
        (image,) = chain(paths.image)
        assert (image["format"], image["virtual-size"]) == ("qcow2", 64 * MIB)
        domain = etree.parse(paths.xml).getroot()
        assert domain.get("type") == "qemu"
        assert domain.findtext("memory") == "32"
        source = domain.find("devices/disk/source")
        assert source is not None
        assert source.get("file") == str(paths.image)

    def test_are_readable_by_a_qemu_that_runs_as_another_user(self, tmp_path: Path) -> None:
        paths = write_sample(tmp_path)
        assert stat.S_IMODE(paths.image.stat().st_mode) == 0o644

    def test_are_never_overwritten(self, tmp_path: Path) -> None:
        first = write_sample(tmp_path)
        first.image.write_text("mine now")
        first.xml.write_text("<mine/>")
        assert write_sample(tmp_path) == first
        assert (first.image.read_text(), first.xml.read_text()) == ("mine now", "<mine/>")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["sample.qcow2", "sample.xml"]

    def test_may_lie_in_a_directory_of_any_name(self, tmp_path: Path) -> None:
        paths = write_sample(tmp_path / 'it\'s <b> & "[red]"\n{0}')
        source = etree.parse(paths.xml).getroot().find("devices/disk/source")
        assert source is not None
        assert source.get("file") == str(paths.image)

    def test_that_cannot_be_written_are_named(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.touch()
        with pytest.raises(AccessError, match="file"):
            write_sample(file / "below")


class TestTheBootSector:
    def test_is_one_sector_that_a_bios_accepts(self) -> None:
        sector = boot_sector()
        assert len(sector) == 512
        assert sector[510:] == b"\x55\xaa"
        assert GREETING.encode() in sector

    def test_can_be_read_by_a_disassembler(self, tmp_path: Path) -> None:
        if shutil.which("objdump") is None:
            pytest.skip("objdump is not installed")
        path = tmp_path / "sector"
        path.write_bytes(boot_sector())
        argv = ["objdump", "-D", "-b", "binary", "-m", "i8086", "-M", "intel", "--adjust-vma=0x7c00", str(path)]
        listing = " ".join(subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split())
        for instruction in ("mov dx,0x602", "out dx,ax", "test ah,0x1", "cmp dh,BYTE PTR", "div bx", "shr al,0x4"):
            assert instruction in listing
        assert "(bad)" not in listing


class TestTheAssembler:
    def test_resolves_labels_before_and_behind(self) -> None:
        assert assemble("back: jmp on\n on: jmp back ; a comment\n db 1, 0x10", 0x7C00) == b"\xeb\x00\xeb\xfc\x01\x10"
        assert assemble("mov ax, [there]\nthere: db 0", 0x100) == b"\x8b\x06\x04\x01\x00"

    @pytest.mark.parametrize("text", ["mov ax, nowhere", "frob ax", "frob", "frob ax, bx", "mov al, 300"])
    def test_refuses_what_it_does_not_know(self, text: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            assemble(text, 0)

    def test_refuses_a_jump_too_far(self) -> None:
        with pytest.raises(ValueError, match="out of reach"):
            assemble("jmp far\n" + "hlt\n" * 128 + "far: hlt", 0)
