"""Another theme recolours what is on the screen, down to the words inside the lines."""

import pytest

from qq2clone_tui.ui.themes import THEMES

from .driving import Driver, driving


def picture(user: Driver) -> str:
    return user.app.export_screenshot(simplify=True)


async def repainted(user: Driver) -> str:
    for sheet in user.app.screen.query("Sheet"):
        sheet.notify_style_update()
        sheet.refresh()
    await user.pilot.pause()
    return picture(user)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
async def test_nothing_is_left_in_the_colours_of_the_theme_before(theme: str) -> None:
    before = next(other.name for other in THEMES if other.name != theme)
    async with driving(theme=before) as user:
        await user.sees("running")
        old = picture(user)
        user.app.theme = theme
        await user.until(lambda: picture(user) != old, "the new colours")
        await user.pilot.pause()
        assert picture(user) == await repainted(user)
