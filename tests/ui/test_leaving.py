"""The keys that leave do so wherever one is."""

import pytest

from .driving import driving

OPENING = {"help": "?", "dialog": "c", "command": "!", "jobs": "J", "wall": "V", "picture": "v"}


@pytest.mark.parametrize("opened", OPENING.values(), ids=OPENING)
async def test_the_program_is_left_from_every_screen(opened: str) -> None:
    async with driving() as driver:
        await driver.press(opened)
        await driver.until(lambda: driver.app.screen is not driver.main)
        await driver.press("ctrl+q")
        await driver.until(lambda: not driver.app.is_running)


@pytest.mark.parametrize("opened", ["?", "c", "!"])
async def test_a_dialog_is_given_up_with_ctrl_c_and_the_program_goes_on(opened: str) -> None:
    async with driving() as driver:
        await driver.press(opened)
        await driver.until(lambda: driver.app.screen is not driver.main)
        await driver.press("ctrl+c")
        await driver.until(lambda: driver.app.screen is driver.main)
        await driver.press("j")
        assert driver.app.is_running


async def test_jobs_at_work_are_asked_about_also_from_another_screen() -> None:
    async with driving() as driver:
        driver.fleet.hypervisor.held = {"alpine-2"}
        await driver.press("j", "s", "J")
        await driver.until(lambda: driver.app.session.jobs.active)
        await driver.press("ctrl+q")
        await driver.sees("Leave?")
        await driver.press("ctrl+c")
        await driver.until(lambda: driver.app.screen is driver.main)


@pytest.mark.parametrize("opened", ["", "?", "J", "V"])
async def test_the_program_is_put_to_the_background_from_every_screen(
    monkeypatch: pytest.MonkeyPatch, opened: str
) -> None:
    async with driving() as driver:
        asked: list[bool] = []
        monkeypatch.setattr(driver.app, "action_suspend_process", lambda: asked.append(True))
        await driver.press(*opened)
        await driver.press("ctrl+z")
        await driver.until(lambda: bool(asked))
