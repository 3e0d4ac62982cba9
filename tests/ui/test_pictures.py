"""Pictures of screens come out as cells, whatever they are and whatever the terminal can show."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qq2clone_tui.adapters.memory.paint import paint_desktop, paint_text
from qq2clone_tui.domain.errors import WrongFileKind
from qq2clone_tui.domain.screenshot import Screenshot
from qq2clone_tui.ui.pictures.decode import MOST_DOTS, decode
from qq2clone_tui.ui.pictures.develop import develop
from qq2clone_tui.ui.pictures.lens import Depth, Lens, Print

DESKTOP = Screenshot("image/x-portable-pixmap", paint_desktop(3))
TEXT = Screenshot("image/x-portable-pixmap", paint_text(["first line", *[""] * 20, "last line"]))


def png(image: Image.Image, kind: str = "PNG") -> Screenshot:
    data = io.BytesIO()
    image.save(data, kind)
    return Screenshot("image/png", data.getvalue())


def plain(made: Print) -> list[str]:
    return ["".join(segment.text for segment in row) for row in made.rows]


def bomb(width: int, height: int) -> Screenshot:
    """Return a small file that claims to be a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return Screenshot("image/png", b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))))


def test_png_and_ppm_are_read() -> None:
    assert decode(png(Image.new("RGB", (8, 4), (1, 2, 3)))).getpixel((7, 3)) == (1, 2, 3)
    assert decode(Screenshot("", b"P6\n1 1\n255\n\x01\x02\x03")).getpixel((0, 0)) == (1, 2, 3)


def test_palettes_greys_and_transparency_become_colours() -> None:
    for mode in ("P", "L", "LA", "RGBA", "1", "I;16"):
        assert decode(png(Image.new(mode, (4, 4)))).mode == "RGB"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "JPEG", "ICO"])
def test_other_formats_are_refused(kind: str) -> None:
    with pytest.raises(WrongFileKind, match="no whole PNG or PPM"):
        decode(png(Image.new("RGB", (16, 16)), kind))


@pytest.mark.parametrize(("width", "height"), [(100_000, 100_000), (MOST_DOTS // 100 + 1, 100), (2**31 - 1, 1)])
def test_pictures_that_claim_to_be_huge_are_refused_before_they_take_memory(width: int, height: int) -> None:
    with pytest.raises(WrongFileKind):
        decode(bomb(width, height))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_damaged_files_are_a_problem_and_no_accident(data: st.DataObject) -> None:
    whole = bytearray(png(Image.effect_noise((24, 24), 60)).data)
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    made = develop(Screenshot("image/png", bytes(whole[:cut])), Lens(20, 8))
    assert made.problem or made.rows


LENSES = st.builds(
    Lens,
    width=st.integers(1, 90),
    height=st.integers(1, 40),
    depth=st.sampled_from(Depth),
    blocks=st.booleans(),
    zoom=st.integers(0, 6),
    middle=st.none() | st.tuples(st.floats(0, 1), st.floats(0, 1)),
)


@settings(max_examples=80, deadline=None)
@given(LENSES, st.sampled_from([DESKTOP, TEXT]))
def test_a_print_never_exceeds_its_room_and_its_rows_are_even(lens: Lens, shot: Screenshot) -> None:
    made = develop(shot, lens)
    assert 1 <= made.width <= lens.width
    assert 1 <= len(made.rows) <= lens.height
    assert {row.cell_length for row in made.rows} == {made.width}
    assert {len(row) for row in plain(made)} == {made.width}
    assert made.left + made.width <= made.whole[0]
    assert made.top + len(made.rows) <= made.whole[1]


def test_proportions_are_kept_in_cells_twice_as_high_as_wide() -> None:
    made = develop(DESKTOP, Lens(200, 30))
    assert made.width / (len(made.rows) * 2) == pytest.approx(640 / 480, rel=0.05)


def test_a_text_that_does_not_fit_shows_its_last_written_lines() -> None:
    assert plain(develop(TEXT, Lens(20, 3)))[-1].startswith("last line")
    assert plain(develop(TEXT, Lens(20, 25)))[0].startswith("first line")


def test_a_small_tile_leaves_empty_lines_out() -> None:
    rows = plain(develop(TEXT, Lens(12, 4, dense=True)))
    assert [row.rstrip() for row in rows] == ["first line", "last line"]


def test_without_colours_nothing_but_shapes_is_used() -> None:
    for shot in (DESKTOP, TEXT):
        made = develop(shot, Lens(60, 20, Depth.MONO))
        assert all(segment.style is None or segment.style.color is None for row in made.rows for segment in row)
        assert any(text.strip() for text in plain(made))


def test_with_sixteen_colours_no_others_are_used() -> None:
    for shot in (DESKTOP, TEXT):
        for row in develop(shot, Lens(60, 20, Depth.SIXTEEN)).rows:
            for segment in row:
                assert segment.style is not None
                for colour in (segment.style.color, segment.style.bgcolor):
                    assert colour is None or (colour.number is not None and colour.number < 16)


def test_the_console_of_linux_gets_half_blocks_only() -> None:
    shapes = {char for row in plain(develop(DESKTOP, Lens(60, 20, Depth.SIXTEEN, blocks=True))) for char in row}
    assert shapes <= set(" ▀▄█")


def test_what_is_out_of_date_is_grey() -> None:
    for shot in (DESKTOP, TEXT):
        for row in develop(shot, Lens(60, 20, faded=True)).rows:
            for segment in row:
                assert segment.style is not None
                for colour in (segment.style.color, segment.style.bgcolor):
                    triplet = colour.triplet if colour else None
                    assert triplet is None or triplet.red == triplet.green == triplet.blue


def test_thin_bright_strokes_stay_bright_when_they_shrink() -> None:
    picture = Image.new("RGB", (640, 480))
    for x in range(0, 640, 40):
        picture.paste((255, 255, 255), (x, 0, x + 1, 480))
    made = develop(png(picture), Lens(80, 22, text=False))
    brightest = max(
        max(segment.style.color.triplet)
        for row in made.rows
        for segment in row
        if segment.style and segment.style.color and segment.style.color.triplet
    )
    assert brightest > 150


def test_pillow_is_not_loaded_before_a_picture_is(tmp_path: Path) -> None:
    code = "import sys, qq2clone_tui.ui.app; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0
