"""Where the terminal draws graphics of its own, pictures are drawn with them."""

import base64
import fcntl
import io
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from textual import events
from textual.app import App

from qq2clone_tui.adapters.memory.paint import paint_desktop, paint_text
from qq2clone_tui.domain.screenshot import Screenshot
from qq2clone_tui.ui.pictures.develop import develop
from qq2clone_tui.ui.pictures.gaze import Gaze
from qq2clone_tui.ui.pictures.lens import Depth, Lens, Protocol
from qq2clone_tui.ui.pictures.terminal import GraphicsDriver, Terminal

DESKTOP = Screenshot("image/x-portable-pixmap", paint_desktop(3))
TEXT = Screenshot("image/x-portable-pixmap", paint_text(["login: "]))
CELL = (8, 16)


class Deaf(GraphicsDriver):
    """A driver without a terminal: what it sends and what it passes on is kept."""

    def __init__(self) -> None:
        self._app = App()
        self._down_buttons = []
        self.cursor_origin = None
        self.sent = ""
        self.passed: list[str] = []

    def write(self, data: str) -> None:
        self.sent += data

    def flush(self) -> None:
        return

    def send_message(self, message: object) -> None:
        assert isinstance(message, events.Key)
        self.passed.append(message.character or "")

    def types(self, text: str) -> None:
        for character in text:
            self.process_message(events.Key(character, character))


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Deaf:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("TMUX", raising=False)
    return Deaf()


def test_a_terminal_with_sixel_graphics_is_recognised_by_its_answer(driver: Deaf) -> None:
    heard: list[Protocol] = []
    driver.ask(heard.append)
    assert driver.sent == "\x1b[c"
    driver.types("[?62;4;22c")
    assert heard == [Protocol.SIXEL]
    assert driver.passed == []


def test_a_terminal_without_says_so_and_nothing_is_taken_for_keys(driver: Deaf) -> None:
    heard: list[Protocol] = []
    driver.ask(heard.append)
    driver.types("[?64;1;14;40c")
    assert heard == []
    assert driver.passed == []


def test_what_is_typed_before_and_after_the_answer_arrives(driver: Deaf) -> None:
    driver.ask(lambda _: None)
    driver.types("jn[?62;4ck[?4c")
    assert "".join(driver.passed) == "jnk[?4c"


def test_after_a_while_no_answer_is_waited_for(driver: Deaf, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.ask(lambda _: None)
    late = time.monotonic() + 60
    monkeypatch.setattr("qq2clone_tui.ui.pictures.terminal.time.monotonic", lambda: late)
    driver.types("[?62;4c")
    assert "".join(driver.passed) == "[?62;4c"


@pytest.mark.parametrize("term", ["xterm-kitty", "xterm-ghostty"])
def test_kitty_is_known_by_its_name_without_asking(driver: Deaf, monkeypatch: pytest.MonkeyPatch, term: str) -> None:
    monkeypatch.setenv("TERM", term)
    heard: list[Protocol] = []
    driver.ask(heard.append)
    assert heard == [Protocol.KITTY]
    assert driver.sent == ""


def test_behind_tmux_it_is_tmux_that_is_asked(driver: Deaf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-kitty")
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    driver.ask(lambda _: None)
    assert driver.sent == "\x1b[c"


def test_without_a_terminal_there_is_nothing_to_ask() -> None:
    nowhere = Terminal(App())
    nowhere.ask(lambda _: pytest.fail("nobody can answer"))
    nowhere.write("\x1b[c")
    assert nowhere.cell == (0, 0)


def test_sixels_have_the_size_of_their_cells_and_all_colours_come_first() -> None:
    made = develop(DESKTOP, Lens(60, 20, graphics=Protocol.SIXEL, cell=CELL))
    columns, rows = made.size
    assert made.overlay.startswith("\x1bP")
    assert made.overlay.endswith("\x1b\\")
    assert f'"1;1;{columns * 8};{rows * 16}' in made.overlay
    *_, last = re.finditer(r"#\d+;2;\d+;\d+;\d+", made.overlay)
    assert "-" not in made.overlay[: last.end()]
    assert "\x1b" not in made.overlay[2:-2]


def test_kitty_gets_the_picture_in_pieces_and_word_to_take_it_away() -> None:
    made = develop(DESKTOP, Lens(60, 20, graphics=Protocol.KITTY, cell=CELL))
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", made.overlay)
    assert all(len(data) <= 4096 for _, data in pieces)
    assert [keys.rpartition("m=")[2] for keys, _ in pieces] == ["1"] * (len(pieces) - 1) + ["0"]
    picture = Image.open(io.BytesIO(base64.b64decode("".join(data for _, data in pieces))))
    assert picture.size == (made.width * 8, len(made.rows) * 16)
    assert f"c={made.width},r={len(made.rows)}" in pieces[0][0]
    number = re.search(r"i=(\d+)", pieces[0][0])
    assert number
    assert f"i={number[1]}" in made.removal


def test_proportions_follow_the_terminals_own_cells() -> None:
    made = develop(DESKTOP, Lens(80, 60, graphics=Protocol.SIXEL, cell=(10, 20)))
    assert made.width * 10 / (len(made.rows) * 20) == pytest.approx(640 / 480, rel=0.05)


def test_text_is_still_written_in_letters() -> None:
    assert develop(TEXT, Lens(80, 25, graphics=Protocol.SIXEL, cell=CELL)).letters


@pytest.mark.parametrize("lens", [Lens(60, 20, graphics=Protocol.SIXEL), Lens(60, 20, Depth.MONO, cell=CELL)])
def test_without_knowing_its_cells_or_wanting_colours_characters_do(lens: Lens) -> None:
    made = develop(DESKTOP, lens)
    assert made.overlay == ""
    assert any(segment.text.strip() for row in made.rows for segment in row)


def test_the_ways_to_see_a_text_screen_go_round() -> None:
    gaze = Gaze(graphics=Protocol.SIXEL)
    seen = []
    for _ in range(4):
        gaze.text()
        seen.append((gaze.letters, gaze.plain))
    assert seen == [(False, False), (False, True), (True, False), (False, False)]


_APP = """
import sys
sys.path.insert(0, sys.argv[1])
from qq2clone_tui.domain.states import DomainState
from tests.snapshots.fleet import StagedFleet
fleet = StagedFleet()
fleet.fill("win11", 512, [DomainState.RUNNING])
fleet.app().run()
"""


def converse(master: int, answers: dict[bytes, bytes], seconds: float = 40.0) -> Iterator[bytes]:
    """Read what a program writes on its terminal, and answer each text once; yield all it has written so far."""
    written, deadline = b"", time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.05)[0]:
            written += os.read(master, 65536)
        for text in [text for text in answers if text in written]:
            os.write(master, answers.pop(text))
        yield written
    pytest.fail(f"not within {seconds:g} s: {written[-2000:]!r}")


@pytest.mark.timeout(60)
@pytest.mark.parametrize(("dots", "graphics"), [((800, 480), True), ((0, 0), False)], ids=["sized", "sizeless"])
def test_the_app_draws_sixels_on_a_terminal_that_has_them(
    tmp_path: Path, dots: tuple[int, int], graphics: bool
) -> None:
    program = tmp_path / "app.py"
    program.write_text(_APP)
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, *dots))
    env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    env.pop("TMUX", None)
    env.pop("NO_COLOR", None)
    words = [sys.executable, str(program), str(Path(__file__).parents[2])]
    with subprocess.Popen(words, stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True) as app:
        try:
            answers = {b"win11-1": b"v", b"\x1b[c": b"\x1b[?62;4;22c"}
            shown = b'q"1;1;' if graphics else "▄".encode()
            written = next(written for written in converse(master, answers) if shown in written)
            assert (b"\x1b[c" in written) is graphics
        finally:
            app.kill()
            os.close(slave)
            os.close(master)
