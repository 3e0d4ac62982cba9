"""What a user may rely on of the figures of the host: load, memory, and the room where images go."""

from dataclasses import replace

import pytest

from qq2clone_tui.domain.host_figures import HostFigures, HostSample, host_figures
from qq2clone_tui.domain.room import Room

GIB = 1 << 30
NOTHING = HostFigures()


def sample(busy: int, idle: int, available: int = 40 * GIB) -> HostSample:
    return HostSample(busy, idle, 64 * GIB, available)


@pytest.mark.parametrize(
    ("free", "total", "scarce"),
    [
        (99 * GIB, 2000 * GIB, True),
        (100 * GIB, 2000 * GIB, False),
        (GIB, 10 * GIB, True),
        (2 * GIB, 10 * GIB, False),
        (0, 10 * GIB, True),
    ],
)
def test_a_place_is_nearly_full_below_one_part_in_twenty_and_below_two_gib(free: int, total: int, scarce: bool) -> None:
    assert Room(free, total).scarce is scarce


class TestLoad:
    def test_is_the_share_of_the_time_between_two_looks(self) -> None:
        assert host_figures(NOTHING, sample(100, 100), sample(130, 170), None).cpu_percent == 30.0

    @pytest.mark.parametrize("old", [HostSample(), sample(500, 500), sample(130, 170)])
    def test_is_not_known_from_one_look_or_after_a_restart_of_the_host(self, old: HostSample) -> None:
        assert host_figures(NOTHING, old, sample(130, 170), None).cpu_percent is None

    def test_that_hardly_differs_leaves_the_screen_alone(self) -> None:
        shown = host_figures(NOTHING, sample(0, 0), sample(10, 90), None)
        same = host_figures(shown, sample(0, 0), sample(12, 88, 40 * GIB - 1), None)
        assert same == shown
        assert host_figures(shown, sample(0, 0), sample(20, 80), None).cpu_percent == 20.0


class TestMemory:
    def test_that_is_not_available_is_taken(self) -> None:
        figures = host_figures(NOTHING, HostSample(), sample(1, 1), None)
        assert (figures.memory_used_bytes, figures.memory_bytes) == (24 * GIB, 64 * GIB)

    def test_that_the_host_does_not_tell_of_is_not_nought(self) -> None:
        unknown = replace(sample(1, 1), available_bytes=None)
        assert host_figures(NOTHING, HostSample(), unknown, None).memory_used_bytes is None


def test_room_is_told_as_it_is_to_the_byte() -> None:
    shown = HostFigures(room=Room(100 * GIB, 200 * GIB))
    fresh = Room(100 * GIB - 1, 200 * GIB)
    assert host_figures(shown, HostSample(), HostSample(), fresh).room is fresh
