"""A program that is given the terminal has its keys, and leaves the terminal as it was, also when it dies."""

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qq2clone_tui.adapters.processes.interactive import run_interactively
from qq2clone_tui.domain.errors import AccessError, MissingProgram

SECONDS = 30

RUN = """
import os, sys
from qq2clone_tui.adapters.processes.interactive import run_interactively
status = run_interactively(sys.argv[1:])
os.write(2, f"ended {status}, in front {os.tcgetpgrp(0) == os.getpgrp()}\\n".encode())
"""


class Terminal:
    """A process on a terminal of its own."""

    def __init__(self, *words: str, stdout: int | None = None) -> None:
        self.master, self.slave = pty.openpty()
        self.modes = termios.tcgetattr(self.slave)
        self.seen = ""
        setup = f"import fcntl, os, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); {RUN.strip()}".replace(
            "import os, sys", "import sys", 1
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", setup, *words],
            stdin=self.slave, stdout=self.slave if stdout is None else stdout, stderr=self.slave,
            start_new_session=True, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )  # fmt: skip

    def wait_for(self, text: str) -> None:
        deadline = time.monotonic() + SECONDS
        while text not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0, f"{text!r} did not come; there was {self.seen!r}"
            if select.select([self.master], [], [], left)[0]:
                self.seen += os.read(self.master, 4096).decode(errors="replace")

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)


@contextmanager
def terminal(*words: str, stdout: int | None = None) -> Iterator[Terminal]:
    made = Terminal(*words, stdout=stdout)
    try:
        yield made
        made.wait_for("ended ")
        assert made.process.wait(SECONDS) == 0
        assert termios.tcgetattr(made.slave) == made.modes
    finally:
        made.process.kill()
        made.process.wait()
        os.close(made.master)
        os.close(made.slave)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


def test_ctrl_c_and_ctrl_backslash_are_the_programs() -> None:
    code = (
        # A handler may come in the middle of another one, where print would not be taken twice.
        "import os, select, signal\n"
        "for number in (2, 3): signal.signal(number, lambda n, _: os.write(1, b'heard %d\\n' % n))\n"
        "print('ready', flush=True)\n"
        # A signal just before a read that blocks would be heard only after it.
        "while not select.select([0], [], [], 0.05)[0]: pass\n"
        "input()"
    )
    with terminal(*python(code)) as there:
        there.wait_for("ready")
        there.press(b"\x03")
        there.wait_for("heard 2")
        there.press(b"\x1c")
        there.wait_for("heard 3")
        there.press(b"\n")
        there.wait_for("ended 0, in front True")


def test_a_program_that_ctrl_c_ends_does_not_end_us() -> None:
    with terminal(
        *python("print('ready', flush=True); import signal; signal.signal(2, signal.SIG_DFL); input()")
    ) as there:
        there.wait_for("ready")
        there.press(b"\x03")
        there.wait_for("ended -2, in front True")


def test_a_program_that_dies_in_raw_mode_leaves_no_trace() -> None:
    code = "import os, tty; tty.setraw(0); print('\x1b[?1049h\x1b[?1003h', end='', flush=True); os.kill(os.getpid(), 9)"
    with terminal(*python(code)) as there:
        there.wait_for("ended -9, in front True")
        assert "\x1b[?1049l" in there.seen
        assert "\x1b[?1003l" in there.seen


def test_the_terminal_is_taken_back_from_a_program_that_took_it_away() -> None:
    code = (
        "import os, signal\n"
        "signal.signal(signal.SIGTTOU, signal.SIG_IGN)\n"
        "os.setpgid(0, 0); os.tcsetpgrp(0, os.getpgrp()); print('mine', flush=True)"
    )
    with terminal(*python(code)) as there:
        there.wait_for("ended 0, in front True")
        assert "mine" in there.seen


def test_what_the_program_shows_does_not_get_into_our_output() -> None:
    read, write = os.pipe()
    try:
        with terminal(*python("print('the screen of an editor')"), stdout=write) as there:
            there.wait_for("the screen of an editor")
        os.close(write)
        assert os.read(read, 100) == b""
    finally:
        os.close(read)


def test_without_a_terminal_programs_run_too(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_interactively(["sh", "-c", "echo shown; exit 3"]) == 3
    assert capfd.readouterr().out == ""


def test_programs_that_cannot_be_run_say_so(tmp_path: Path) -> None:
    with pytest.raises(MissingProgram):
        run_interactively(["no-such-editor"])
    broken = tmp_path / "editor"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o700)
    with pytest.raises(AccessError, match="cannot start the program"):
        run_interactively([str(broken)])
