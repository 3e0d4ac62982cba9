"""The app opens on any terminal, or says why it does not; it is run in a terminal of its own."""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SECONDS = 40.0
NOWHERE = "qemu+unix:///system?socket=/nonexistent/socket"


class Seat:
    """Someone at a terminal in which the app runs."""

    def __init__(self, home: Path, *arguments: str, **variables: str) -> None:
        kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
        places = {"HOME": str(home), "QQ2CLONE_DATA_DIR": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
        self._ours, theirs = pty.openpty()
        self.app = subprocess.Popen(
            ["setsid", "--ctty", sys.executable, "-m", "qq2clone_tui", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs,
            env={**kept, **places, "TERM": "xterm", "LANG": "C.UTF-8", "LINES": "30", "COLUMNS": "100", **variables},
        )  # fmt: skip
        os.close(theirs)
        self.seen = ""

    def sees(self, words: str) -> None:
        """Wait until the words came, however the terminal broke them into lines."""
        until = time.monotonic() + SECONDS
        while words not in " ".join(self.seen.split()):
            assert self._read(until), f"no {words!r} in {self.seen[-2000:]!r}"

    def types(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def leaves_with(self) -> int:
        """Read on until the app ended, and return its exit code."""
        until = time.monotonic() + SECONDS
        while self._read(until):
            pass
        return self.app.wait(max(0.1, until - time.monotonic()))

    def hangs_up(self) -> None:
        """Close the terminal, as when the line breaks."""
        os.close(self._ours)
        self._ours = -1

    def close(self) -> None:
        if self._ours >= 0:
            self.hangs_up()
        self.app.kill()
        self.app.wait()

    def _read(self, until: float) -> bool:
        ready, _, _ = select.select([self._ours], [], [], max(0.0, until - time.monotonic()))
        try:
            came = os.read(self._ours, 65536) if ready else b""
        except OSError:  # the other end is closed
            return False
        self.seen += came.decode(errors="replace")
        return bool(came)


@pytest.fixture
def seats() -> Iterator[list[Seat]]:
    taken: list[Seat] = []
    yield taken
    for seat in taken:
        seat.close()


def sit(seats: list[Seat], home: Path, *arguments: str, **variables: str) -> Seat:
    seats.append(Seat(home, *arguments, **variables))
    return seats[-1]


def test_another_connection_can_be_named_when_one_cannot_be_reached(seats: list[Seat], tmp_path: Path) -> None:
    seat = sit(seats, tmp_path, "-c", NOWHERE)
    seat.sees("Another connection to try")
    seat.types("nonsense:///\n")
    seat.sees("nonsense:///")
    seat.sees(">")
    seat.types("test:///default\n")
    seat.sees("● live")
    seat.types("q")
    assert seat.leaves_with() == 0


def test_who_names_no_other_connection_leaves_with_the_exit_code_of_the_first(
    seats: list[Seat], tmp_path: Path
) -> None:
    seat = sit(seats, tmp_path, "-c", NOWHERE)
    seat.sees("Another connection to try")
    seat.types("\n")
    assert seat.leaves_with() == 16


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[ui.keymap]\n"machines.strat" = "x"\n', "Did you mean machines.start?"),
        ('[ui.keymap]\n"machines.start" = "x"\n', "x would stand for machines.start and for machines.destroy"),
        ('[ui]\ncolumns = ["nmae"]\n', "there is no such column"),
    ],
)
def test_a_setting_that_cannot_be_is_told_with_its_file(seats: list[Seat], tmp_path: Path, text: str, why: str) -> None:
    file = tmp_path / "my.toml"
    file.write_text(text)
    seat = sit(seats, tmp_path, "--config", str(file), "-c", "test:///default")
    assert seat.leaves_with() == 12
    said = " ".join(seat.seen.split())
    assert why in said
    assert str(file) in said
    assert "Traceback" not in said


def test_a_terminal_that_cannot_place_text_is_refused(seats: list[Seat], tmp_path: Path) -> None:
    seat = sit(seats, tmp_path, TERM="dumb")
    assert seat.leaves_with() == 12
    assert "TERM=dumb" in seat.seen


def test_who_ends_the_app_from_outside_gets_the_terminal_back_as_it_was(seats: list[Seat], tmp_path: Path) -> None:
    seat = sit(seats, tmp_path, "-c", "test:///default")
    seat.sees("● live")
    seat.app.send_signal(signal.SIGTERM)
    assert seat.leaves_with() == 128 + signal.SIGTERM
    assert "Traceback" not in seat.seen
    assert "\x1b[?1049l" in seat.seen


def test_the_app_ends_when_the_line_to_its_terminal_breaks(seats: list[Seat], tmp_path: Path) -> None:
    seat = sit(seats, tmp_path, "-c", "test:///default")
    seat.sees("● live")
    seat.hangs_up()
    seat.app.wait(SECONDS)


def test_without_a_terminal_the_reason_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "qq2clone_tui"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        timeout=SECONDS, env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 12
    assert "no terminal" in done.stderr
