"""Serial consoles on a real terminal: typed into, left, cut off, and the terminal as it was before."""

import errno
import os
import pty
import select
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.engine.ports.terminal import SerialLine

from .typed_commands import command_line, run_command, surroundings

SECONDS = 60
MACHINE = """
<domain type='qemu'>
  <name>tiny</name><memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{image}'/>
      <target dev='vda' bus='virtio'/></disk>
    {console}
  </devices>
</domain>
"""
CONSOLE = "<serial type='pty'/><console type='pty'/>"


class Talk:
    """What is read from a descriptor until something is seen in it."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.seen = b""

    def until(self, text: bytes, but_first: Callable[[], object] = lambda: None) -> None:
        """Read until a text has come; ``but_first`` is done again and again meanwhile."""
        deadline = time.monotonic() + SECONDS
        while text not in self.seen:
            assert time.monotonic() < deadline, self.seen
            if select.select([self.descriptor], [], [], 0.5)[0]:
                self.seen += self.piece()
            else:
                but_first()

    def piece(self) -> bytes:
        """Read what there is; a terminal whose last user is gone counts as ended."""
        try:
            return os.read(self.descriptor, 4096)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            return b""


@pytest.fixture
def machine(embed_host: LibvirtHypervisor, tmp_path: Path) -> Callable[..., str]:
    """Make and start a machine that answers on its serial port."""

    def make(console: str = CONSOLE) -> str:
        uuid = embed_host.define(MACHINE.format(image=write_sample(tmp_path).image, console=console))
        embed_host.power(PowerVerb.START, uuid)
        return uuid

    return make


def spoken_to(line: SerialLine) -> Talk:
    talk = Talk(line.fileno())
    talk.until(b"!", but_first=lambda: os.write(line.fileno(), b"!"))
    return talk


class TestALine:
    def test_what_is_typed_comes_back_in_order(
        self, embed_host: LibvirtHypervisor, machine: Callable[..., str]
    ) -> None:
        line = embed_host.serial_ports.open(machine(), "", force=False)
        try:
            talk = spoken_to(line)
            for word in (b"abcdefgh", b"ijklmnop", b"qrstuvwx"):
                os.write(line.fileno(), word)
                talk.until(word)
        finally:
            line.close()

    def test_a_machine_that_goes_off_ends_it_with_the_reason(
        self, embed_host: LibvirtHypervisor, machine: Callable[..., str]
    ) -> None:
        uuid = machine()
        line = embed_host.serial_ports.open(uuid, "", force=False)
        try:
            talk = spoken_to(line)
            embed_host.power(PowerVerb.DESTROY, uuid)
            deadline = time.monotonic() + SECONDS
            while talk.piece():
                assert time.monotonic() < deadline
            assert line.ending() == "the machine went off"
        finally:
            line.close()

    def test_a_second_user_is_told_and_may_take_it_over(
        self, embed_host: LibvirtHypervisor, machine: Callable[..., str]
    ) -> None:
        uuid = machine()
        first = embed_host.serial_ports.open(uuid, "", force=False)
        spoken_to(first)
        with pytest.raises(HypervisorError, match="somebody has it open already"):
            embed_host.serial_ports.open(uuid, "", force=False)
        second = embed_host.serial_ports.open(uuid, "", force=True)
        try:
            spoken_to(second)
        finally:
            second.close()
            first.close()

    @pytest.mark.parametrize("device", ["", "serial7"])
    def test_a_console_that_is_not_there_is_named(
        self, embed_host: LibvirtHypervisor, machine: Callable[..., str], device: str
    ) -> None:
        uuid = machine("" if not device else CONSOLE)
        with pytest.raises(HypervisorError, match=f"it has no serial console {device}".rstrip()):
            embed_host.serial_ports.open(uuid, device, force=False)

    def test_a_closed_line_can_be_opened_again_at_once(
        self, embed_host: LibvirtHypervisor, machine: Callable[..., str]
    ) -> None:
        uuid = machine()
        for _ in range(5):
            line = embed_host.serial_ports.open(uuid, "", force=False)
            spoken_to(line)
            line.close()
            line.close()


@pytest.fixture
def fleet(fresh_root: Callable[[], Path], tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """Return the words that go before a command over two running clones."""
    from .embed_roots import uri_of

    where = ["-c", uri_of(fresh_root()), "--data-dir", str(tmp_path / "data"), "-s", str(tmp_path / "images")]
    run_command(tmp_path, *where, "import-template", str(write_sample(tmp_path / "sample").xml), "tiny")
    run_command(tmp_path, *where, "-t", "tiny", "clone", "2", "-r")
    yield lambda *words: command_line(*where, "-t", "tiny", *words)


class TestATerminal:
    """``connect --serial`` in a terminal of its own."""

    def start(self, words: list[str], home: Path) -> "tuple[subprocess.Popen[bytes], Talk, list[Any]]":
        keyboard, terminal = pty.openpty()
        before = termios.tcgetattr(terminal)
        process = subprocess.Popen(
            words, cwd=home, env={**surroundings(home), "TERM": "xterm"}, stdin=terminal, stdout=terminal,
            stderr=terminal, start_new_session=True,
        )  # fmt: skip
        self.terminal = terminal
        return process, Talk(keyboard), before

    def finish(self, process: "subprocess.Popen[bytes]", talk: Talk, before: list[Any]) -> int:
        code = process.wait(SECONDS)
        assert termios.tcgetattr(self.terminal) == before, "the terminal is as it was"
        os.close(self.terminal)
        os.close(talk.descriptor)
        return code

    def test_typing_comes_back_and_the_escape_key_leaves(self, fleet: Callable[..., list[str]], tmp_path: Path) -> None:
        process, talk, before = self.start(fleet("connect", "--serial", "1", "--device", "serial0"), tmp_path)
        talk.until(b"Ctrl-] ends it")
        talk.until(b"~~", but_first=lambda: os.write(talk.descriptor, b"~~"))
        os.write(talk.descriptor, b"\x1d")
        talk.until(b"You have left the console of tiny-1.")
        assert self.finish(process, talk, before) == 0

    def test_a_killed_program_has_the_terminal_back_in_order_first(
        self, fleet: Callable[..., list[str]], tmp_path: Path
    ) -> None:
        process, talk, before = self.start(fleet("connect", "--serial", "2", "--force"), tmp_path)
        talk.until(b"Ctrl-] ends it")
        talk.until(b"~~", but_first=lambda: os.write(talk.descriptor, b"~~"))
        process.send_signal(signal.SIGTERM)
        talk.until(b"\x1b[!p")
        assert self.finish(process, talk, before) == -signal.SIGTERM

    def test_a_device_that_is_not_there_is_named(self, fleet: Callable[..., list[str]], tmp_path: Path) -> None:
        process, talk, before = self.start(fleet("connect", "--serial", "1", "--device", "serial9"), tmp_path)
        talk.until(b"serial9")
        assert self.finish(process, talk, before) == 16

    def test_one_machine_at_a_time_and_only_on_a_terminal(
        self, fleet: Callable[..., list[str]], tmp_path: Path
    ) -> None:
        for words, code in (
            (("connect", "--serial", "all"), 12),
            (("connect", "--serial", "1"), 12),
            (("connect", "1", "--force"), 12),
        ):
            done = subprocess.run(
                fleet(*words), cwd=tmp_path, env=surroundings(tmp_path), stdin=subprocess.DEVNULL,
                capture_output=True, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
            assert done.returncode == code, done.stderr
