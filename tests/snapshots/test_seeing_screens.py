"""What seeing machines' screens looks like, in every depth of colour."""

from collections.abc import Callable

import pytest

from qq2clone_tui.domain.states import DomainState

from .fleet import StagedFleet
from .screenshots import SCENES, Scene, all_seen
from .test_looks import SIZES, looks_the_same

__all__ = ["looks_the_same"]

Compare = Callable[..., bool]


def _desktop() -> StagedFleet:
    fleet = StagedFleet()
    fleet.fill("win11", 4096, [DomainState.RUNNING])
    return fleet


@SIZES
class TestSeeingScreens:
    def test_wall(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["wall"])

    def test_wall_of_dots(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*SCENES["wall"].keys, "t"), until=all_seen))

    def test_text_screen(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["picture"])

    def test_desktop(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("v",), _desktop, all_seen))


@pytest.mark.parametrize("size", [(80, 24)], ids=["80x24"])
@pytest.mark.parametrize("theme", ["mono", "ansi", "light"])
class TestSeeingInThemes:
    def test_wall(self, looks_the_same: Compare, theme: str) -> None:
        assert looks_the_same(SCENES["wall"], theme=theme)

    def test_desktop(self, looks_the_same: Compare, theme: str) -> None:
        assert looks_the_same(Scene(("v",), _desktop, all_seen), theme=theme)
