"""The text on a machine's screen is read from its dots."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qq2clone_tui.adapters.memory.paint import CYAN, GREY, paint_desktop, paint_text
from qq2clone_tui.domain.screen_text import ScreenText, read_text
from qq2clone_tui.domain.vga_font import CURSOR, HEIGHT, SHAPES, WIDTH, letter_of

BLACK, WHITE = bytes(3), bytes((168,) * 3)


def dots_of(ppm: bytes) -> tuple[int, int, bytes]:
    """Return width, height and dots of a picture as it is painted here."""
    _, size, _, dots = ppm.split(b"\n", 3)
    width, height = map(int, size.split())
    return width, height, dots


# A letter that is mostly ink is the same as another in turned colours.
LETTERS = sorted(letter for letter, shape in SHAPES.items() if int.from_bytes(shape).bit_count() <= WIDTH * HEIGHT // 2)


def read(*lines: str) -> ScreenText:
    text = read_text(*dots_of(paint_text(lines)))
    assert text is not None
    return text


@settings(max_examples=60, deadline=None)
@example(["▒" * 80] * 25)
@given(st.lists(st.text(st.sampled_from(LETTERS), min_size=1, max_size=80), min_size=1, max_size=25))
def test_every_text_of_code_page_437_is_read_as_it_was_drawn(lines: list[str]) -> None:
    alike = str.maketrans({"\xa0": " "})
    drawn = "\n".join(line.translate(alike).rstrip() for line in lines)
    text = read_text(*dots_of(paint_text(lines)))
    assert text is None if not drawn.strip() else text is not None
    if text is not None:
        assert text.plain.rstrip("\n") == drawn.rstrip("\n")


def test_colours_are_kept() -> None:
    (first, second) = read(f"ab{CYAN}cd{GREY}").lines[0][:2]
    assert (first.text, first.ink, first.ground) == ("ab", (168, 168, 168), (0, 0, 0))
    assert (second.text, second.ink, second.ground) == ("cd", (0, 0, 0), (0, 168, 168))


def test_frames_of_lines_are_read_across_the_ninth_column() -> None:
    assert read("╔══╗", "║ok║", "╚══╝").plain.rstrip() == "╔══╗\n║ok║\n╚══╝"


@pytest.mark.parametrize("rows", [(13, 14), (14, 15), (13, 14, 15)])
def test_a_cursor_on_a_letter_does_not_hide_it(rows: tuple[int, ...]) -> None:
    shape = bytearray(SHAPES["A"])
    for row in rows:
        shape[row] = 0xFF
    assert letter_of(int.from_bytes(shape)) == "A"


def test_a_cursor_alone_is_seen() -> None:
    assert letter_of(0xFFFF << 8) == CURSOR


def test_letters_that_differ_in_a_dot_or_two_are_read_still() -> None:
    assert letter_of(int.from_bytes(SHAPES["R"]) ^ (1 << 64)) == "R"


def test_shapes_that_are_no_letters_are_not_guessed() -> None:
    assert letter_of(0x55AA33CC55AA33CC55AA33CC55AA33CC) is None


def test_a_desktop_is_no_text() -> None:
    assert read_text(*dots_of(paint_desktop(7))) is None


def test_a_black_screen_is_no_text() -> None:
    assert read_text(720, 400, bytes(720 * 400 * 3)) is None


def test_a_text_in_a_foreign_font_is_left_a_picture() -> None:
    checks = b"".join((WHITE if (x // 3 + y // 2) % 3 else BLACK) for y in range(HEIGHT * 4) for x in range(WIDTH * 10))
    assert read_text(WIDTH * 10, HEIGHT * 4, checks) is None


@pytest.mark.parametrize(("width", "height"), [(0, 0), (1, 1), (7, 400), (720, 15)])
def test_a_screen_smaller_than_a_letter_is_no_text(width: int, height: int) -> None:
    assert read_text(width, height, bytes(width * height * 3)) is None


def test_a_console_in_eight_dots_a_letter_is_read_as_well() -> None:
    rows = [b"".join(_scan(SHAPES[letter][row]) for letter in "panic!  ") for row in range(HEIGHT)]
    text = read_text(WIDTH * 8, HEIGHT, b"".join(rows))
    assert text is not None
    assert text.plain == "panic!"


def _scan(bits: int) -> bytes:
    return b"".join(WHITE if bits >> (7 - column) & 1 else BLACK for column in range(WIDTH))
