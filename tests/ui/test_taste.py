"""The app is as the settings say: other keys, more or fewer questions, other columns."""

from pathlib import Path

import pytest
from textual.screen import ModalScreen

from qq2clone_tui.adapters.settings.book import FileSettings
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.looks import COLUMN_NAMES, THEME_NAMES
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.keymap import Keymap
from qq2clone_tui.ui.presenters.machines import COLUMNS
from qq2clone_tui.ui.taste import Taste
from qq2clone_tui.ui.themes import THEMES

from .driving import Driver, driving


def liking(*, confirm: str = "interrupts", columns: tuple[str, ...] = (), **keymap: str) -> Taste:
    return Taste.of({ident.replace("__", "."): keys for ident, keys in keymap.items()}, confirm, columns)


def asked(driver: Driver) -> bool:
    return isinstance(driver.app.screen, ModalScreen)


async def test_a_command_is_under_its_new_key_and_no_longer_under_its_old_one() -> None:
    async with driving(taste=liking(view__filter="f5 ^s", machines__start="f6")) as driver:
        await driver.press("slash")
        assert not driver.main.prompt.has_class("-open")
        for key in ("f5", "ctrl+s"):
            await driver.press(key)
            assert driver.main.prompt.has_class("-open")
            await driver.press("escape")
        driver.main.table.move_to(driver.names().index("alpine-2"))
        await driver.until(lambda: "f6 start" in " ".join(driver.text("#footer").split()))


async def test_help_and_palette_name_the_new_keys() -> None:
    async with driving(taste=liking(machines__clone="f8", program__help="f12")) as driver:
        await driver.press("f12")
        await driver.sees("f8")
        await driver.press("escape", "ctrl+p", *"clone")
        await driver.sees("f8")


async def test_two_commands_may_swap_their_keys() -> None:
    async with driving(taste=liking(machines__destroy="D", machines__remove="x")) as driver:
        await driver.press("x")
        await driver.until(lambda: asked(driver))
        await driver.sees("Deletes")


async def test_the_keys_of_other_screens_change_too(tmp_path: Path) -> None:
    settings = FileSettings(tmp_path / "config.toml", {})
    async with driving(taste=liking(settings__back="f3"), settings=settings) as driver:
        await driver.press("comma", "f3")
        assert driver.app.screen is driver.main


@pytest.mark.parametrize(
    ("keymap", "why"),
    [
        ({"machines.strat": "x"}, "Did you mean machines.start"),
        ({"machines.start": "x"}, "x would stand for machines.start and for machines.destroy"),
        ({"machines.start": "j"}, "j would stand for"),
        ({"findings.mend": "d"}, "d would stand for findings.mend and for findings.digests"),
        ({"checkpoints.turn": "k"}, "k would stand for"),
        ({"machines.start": "7"}, "7 is a digit"),
        ({"machines.start": "hyper+x"}, "no key hyper"),
        ({"machines.start": "entr"}, "no key entr"),
        ({"machines.start": " "}, "no key is named"),
    ],
)
def test_a_keymap_that_cannot_be_is_refused_with_the_reason(keymap: dict[str, str], why: str) -> None:
    with pytest.raises(BadArgument) as refused:
        Keymap(keymap)
    assert "ui.keymap" in refused.value.paragraph()
    assert why in refused.value.paragraph()


async def start_and_see(driver: Driver) -> bool:
    """Press start on a machine that is off, and return whether the app asked."""
    await driver.press("slash", *"off", "enter")
    name = driver.cursor
    await driver.press("s")
    await driver.until(lambda: asked(driver) or driver.machine(name).state is DomainState.RUNNING)
    return asked(driver)


async def test_one_who_wants_to_be_asked_about_everything_is() -> None:
    async with driving(taste=liking(confirm="always")) as driver:
        assert await start_and_see(driver)
        await driver.press("y")
        await driver.until(lambda: not asked(driver))


async def test_one_who_is_asked_only_about_losses_cuts_power_at_once_but_deletes_only_after_a_yes() -> None:
    async with driving(taste=liking(confirm="loses")) as driver:
        assert not await start_and_see(driver)
        await driver.press("escape", "escape", "slash", *"running", "enter")
        name = driver.cursor
        await driver.press("x")
        await driver.until(lambda: not driver.machine(name).state.active)
        await driver.press("escape", "D")
        await driver.until(lambda: asked(driver))


async def test_the_table_has_the_columns_that_are_wanted_in_their_order() -> None:
    async with driving(taste=liking(columns=("state", "name", "age"))) as driver:
        heading = driver.text("#table").splitlines()[0].split()
        assert [word.strip("↑↓") for word in heading] == ["state", "name", "age"]
        await driver.press(">")
        assert driver.app.desk.sort in {"state", "name", "age"}


def test_a_column_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadArgument, match="number, name, state"):
        liking(columns=("nmae",))


def test_what_may_be_set_is_what_there_is() -> None:
    assert tuple(column.id for column in COLUMNS) == COLUMN_NAMES
    assert tuple(theme.name for theme in THEMES) == THEME_NAMES
