"""The benchmarks' terminal shows what a person would see."""

import sys
from pathlib import Path

import pytest

from .terminal import Terminal


def shown(program: str, *, until: str = "END") -> list[str]:
    with Terminal(
        [sys.executable, "-c", f"import sys, time\nw = sys.stdout.write\n{program}\nw('END\\n')"]
    ) as terminal:
        terminal.until(lambda text: until in text)
        return [line.replace("END", "") for line in terminal.text.split("\n")]


def test_text_goes_where_the_cursor_was_put_and_later_text_covers_earlier() -> None:
    lines = shown(r"w('\x1b[2J\x1b[3;5Habcdef\x1b[3;7H\x1b[1;38;2;9;9;9mXY\x1b[0m\x1b[1;1H')")
    assert lines[2].rstrip() == "    abXYef"


def test_colours_modes_and_titles_leave_no_trace() -> None:
    lines = shown(r"w('\x1b[?1049h\x1b]0;title\x07\x1b[?25l\x1b[31mred\x1b[m\x1bP+q544e\x1b\\ \x1b(Bplain\x1b[>1u')")
    assert lines[0].rstrip() == "red plain"


def test_wide_characters_take_two_cells() -> None:
    assert shown(r"w('\x1b[1;1H漢字\x1b[1;5H|\x1b[2;1H')")[0].replace(" ", "") == "漢字|"


def test_a_sequence_or_character_cut_in_two_is_put_together() -> None:
    pieces = r"""
for piece in (b'\x1b', b'[2;', b'3', b'H', b'\xe6\xbc', b'\xa2', b'\x1b]0;a', b'b\x07', b'!', b'\x1b[3;1H'):
    sys.stdout.buffer.write(piece)
    sys.stdout.flush()
    time.sleep(0.01)
"""
    assert shown(pieces)[1].replace(" ", "") == "漢!"


def test_what_never_comes_is_told_with_the_screen() -> None:
    with (
        pytest.raises(TimeoutError, match="something else"),
        Terminal([sys.executable, "-c", "print('something else')"]) as one,
    ):
        one.until(lambda text: "wanted" in text)


def test_the_program_ends_with_the_terminal() -> None:
    with Terminal(
        [sys.executable, "-c", "import os, time; print(os.getpid(), 'END', flush=True); time.sleep(600)"]
    ) as one:
        one.until(lambda text: "END" in text)
        process = Path("/proc", one.text.split()[0])
        assert process.exists()
    assert not process.exists()
