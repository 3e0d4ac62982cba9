"""The screenshots in the README show the app as it is."""

import pytest

from .screenshots import FOLDER, SCENES, draw


@pytest.mark.parametrize("name", SCENES)
async def test_the_screenshot_is_fresh(name: str) -> None:
    drawn = await draw(SCENES[name])
    assert drawn == (FOLDER / f"{name}.svg").read_text(), "draw them anew: python -m tests.snapshots.screenshots"


def test_every_screenshot_has_a_scene() -> None:
    assert {path.stem for path in FOLDER.glob("*.svg")} == set(SCENES)
