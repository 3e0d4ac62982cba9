"""The line at the top: what it tells at which width, and that a place that is nearly full is never left out."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qq2clone_tui.domain.host_figures import HostFigures
from qq2clone_tui.domain.inventory import ConnectionState, HostFacts, Inventory
from qq2clone_tui.domain.room import Room
from qq2clone_tui.domain.stats import Rates
from qq2clone_tui.ui.presenters.header import header_line
from qq2clone_tui.ui.presenters.text import Line
from qq2clone_tui.ui.themes import THEMES

from .driving import driving

GIB = 1 << 30
HOST = HostFacts("kvm01", cpus=16, memory_bytes=64 * GIB, driver="QEMU")
PICTURE = Inventory(connection=ConnectionState.LIVE, host=HOST)
FIGURES = HostFigures(12.0, 24 * GIB, 64 * GIB, Room(812 * GIB, 2048 * GIB))
FULL = replace(FIGURES, room=Room(3 * GIB, 2048 * GIB))
SYSTEM = "qemu:///system"
FAR = "qemu+ssh://someone@a-host-with-a-long-name.example.com/system?no_verify=1"
NO_RATES: Mapping[str, Rates] = {}


def words(shown: Line) -> str:
    return "".join(cell.text for cell in shown.cells)


def header(width: int, host: HostFigures = FIGURES, uri: str = SYSTEM) -> str:
    return words(header_line(uri, PICTURE, NO_RATES, (), width, host=host))


def test_a_wide_screen_tells_all_of_the_host() -> None:
    assert header(160).split("   ", 1)[1].strip() == (
        "load 12% of 16 cpus   0 of 0 machines up   mem 24/64G   pool 812G free   no jobs"
    )


def test_eighty_columns_tell_of_memory_and_room() -> None:
    assert header(80) == " qq2clone  qemu:///system @ kvm01  ● live   mem 24/64G  pool 812G free  no jobs "


def test_the_least_screen_still_tells_the_connection() -> None:
    assert header(60).rstrip() == " qq2clone  qemu:///system @ kvm01  ● live           no jobs"


def test_settings_in_the_uri_give_way_to_figures() -> None:
    embedded = "qemu:///embed?root=/home/someone/storage-qq2clone/demo"
    assert "qemu:///embed?…" in header(80, uri=embedded)
    assert "pool 812G free" in header(80, uri=embedded)
    assert embedded in header(140, uri=embedded)


@pytest.mark.parametrize("uri", [SYSTEM, FAR])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_place_that_is_nearly_full_is_told_at_every_width(width: int, uri: str) -> None:
    shown = header(width, FULL, uri)
    assert "! pool 3.0G free" in shown
    assert "● live" in shown
    assert cell_len(shown) == width


@given(
    st.integers(min_value=0, max_value=250),
    st.builds(
        HostFigures,
        st.none() | st.floats(min_value=0, max_value=100),
        st.none() | st.integers(min_value=0, max_value=1 << 50),
        st.none() | st.integers(min_value=0, max_value=1 << 50),
        st.none()
        | st.builds(Room, st.integers(min_value=0, max_value=1 << 60), st.integers(min_value=0, max_value=1 << 60)),
    ),
    st.text(),
)
def test_the_line_is_never_wider_than_the_screen(width: int, host: HostFigures, uri: str) -> None:
    shown = header(width, host, uri)
    assert shown.isprintable()
    assert cell_len(shown) <= max(width, cell_len(" qq2clone   ● live") + len("  ! pool 1023T free "))


def test_what_a_driver_does_not_tell_is_left_out() -> None:
    assert header(120, HostFigures()).split("   ", 1)[1].strip() == (
        "16 cpus   0 of 0 machines up   mem 0/64G   no jobs"
    )


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_every_theme_warns_of_a_place_that_is_nearly_full_by_a_sign(theme: str) -> None:
    async with driving(theme=theme, size=(80, 24)) as user:
        assert "pool 812G free" in user.text("#header")
        assert "!" not in user.text("#header")
        user.fleet.images.file_system = FULL.room or Room(0, 0)
        user.app.session.sampler.sample_once()
        await user.sees("! pool 3.0G free")
