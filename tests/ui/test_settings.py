"""The settings from the app: seen, explained, and changed in the file."""

from pathlib import Path

from qq2clone_tui.adapters.settings.book import FileSettings

from .driving import driving


async def test_a_setting_is_explained_and_changed_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("# mine\nquiet = true\n")
    async with driving(settings=FileSettings(file, {})) as user:
        await user.press("comma")
        await user.sees("spice_timeout")
        assert str(file) in user.text("#option-list")
        for _ in range(20):
            await user.press("j")
            if "Machines worked on at a time" in user.text("#option-help"):
                break
        await user.press("enter")
        await user.sees("a whole number; default: 16")
        await user.press("ctrl+u")
        await user.type("many")
        await user.press("enter")
        await user.sees("cannot use the setting")
        await user.press("escape", "enter")
        await user.press("ctrl+u")
        await user.type("5")
        await user.press("enter")
        await user.until(lambda: "jobs = 5" in file.read_text())
        assert file.read_text().startswith("# mine\n")


async def test_in_read_only_mode_settings_can_only_be_seen(tmp_path: Path) -> None:
    async with driving(settings=FileSettings(tmp_path / "c.toml", {}), read_only=True) as user:
        await user.press("comma")
        await user.sees("spice_timeout")
        await user.press("enter")
        await user.sees("this is read-only mode")


async def test_what_the_app_could_not_start_with_is_not_stored(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.touch()
    async with driving(settings=FileSettings(file, {})) as user:
        await user.press("comma")
        await user.sees("spice_timeout")
        await user.press("G", "enter")
        await user.type("nmae,state")
        await user.press("enter")
        await user.sees("there is no such column")
        assert file.read_text() == ""
