"""Where the locale promises no UTF-8, the screen is drawn with ASCII."""

import pytest
from rich.cells import cell_len

from qq2clone_tui.ui.pictures.terminal import GraphicsDriver
from qq2clone_tui.ui.plain_letters import in_ascii, only_ascii

from .driving import driving


@pytest.mark.parametrize(
    ("environ", "plain"),
    [
        ({}, False),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LANG": "C"}, True),
        ({"LC_ALL": "POSIX", "LANG": "C.UTF-8"}, True),
        ({"LC_ALL": "", "LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
    ],
)
def test_the_locale_says_which_letters_there_are(environ: dict[str, str], plain: bool) -> None:
    assert only_ascii(environ) is plain


@pytest.mark.parametrize("text", ["╭─ all ─╮", "● running", "▁▂▃▄▅▆▇█ 12%", "計算機-1", "…", "e\u0301"])
def test_plain_letters_take_the_same_room(text: str) -> None:
    assert in_ascii(text).isascii()
    assert cell_len(in_ascii(text)) == cell_len(text)


def test_frames_and_states_can_still_be_made_out() -> None:
    assert in_ascii("╭─ all ─╮│● running ✗ crashed") == "+- all -+|* running x crashed"


class Line:
    """The way to the terminal; keeps what goes down it."""

    def __init__(self) -> None:
        self.sent = ""

    def write(self, data: str) -> None:
        self.sent += data


@pytest.mark.parametrize(("locale", "sent"), [("POSIX", "+-+"), ("C.UTF-8", "╭─╮")])
async def test_the_terminal_is_sent_what_its_locale_can_show(
    monkeypatch: pytest.MonkeyPatch, locale: str, sent: str
) -> None:
    monkeypatch.setenv("LC_ALL", locale)
    async with driving() as driver:
        screen, line = GraphicsDriver(driver.app), Line()
        monkeypatch.setattr(screen, "_writer_thread", line)
        screen.write("╭─╮")
        assert line.sent == sent


def test_control_sequences_are_left_alone() -> None:
    sequence = "\x1b[1;32mok\x1b[0m\r\n"
    assert in_ascii(sequence) == sequence
