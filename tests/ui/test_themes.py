"""Themes: every colour is a word, every theme knows all words, and what is written can be read."""

import re
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.stylesheets import stylesheets
from qq2clone_tui.ui.themes import THEMES, WORDS

from .driving import driving

_READABLE = 4.5
_INKS = ("ink", "faint", "heading", "key", "accent-ink", "good", "warn", "bad", "mark")
_BY_NAME = {theme.name: theme for theme in THEMES}
_PAINTED = [theme for theme in THEMES if not theme.ansi]


def luminance(name: str) -> float:
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in Color.parse(name).normalized
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1, from 1 to 21."""
    dim, bright = sorted((luminance(one), luminance(other)))
    return round((bright + 0.05) / (dim + 0.05), 1)


def words_used() -> set[str]:
    text = "".join(Path(sheet).read_text() for sheet in stylesheets())
    return set(re.findall(r"\$([a-z-]+)", text))


def test_stylesheets_hold_no_colour_literals() -> None:
    for sheet in stylesheets():
        text = re.sub(r"/\*.*?\*/", "", Path(sheet).read_text(), flags=re.S)
        values = re.findall(r"(?:color|background|border[a-z-]*|tint)\s*:\s*([^;]+);", text)
        for value in values:
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb|hsl|\b(red|green|blue|white|black|yellow)\b", value), value


def test_stylesheets_use_only_words_of_the_theme() -> None:
    assert words_used() <= set(WORDS)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_theme_knows_every_word(theme: Theme) -> None:
    assert set(WORDS) <= set(theme.variables)


@pytest.mark.parametrize("theme", _PAINTED, ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["ground", "bar-ground", "dialog-ground"])
def test_everything_written_stands_out_from_its_ground(theme: Theme, ground: str) -> None:
    inks = (*_INKS, *(word for word in WORDS if word.startswith("state-")))
    behind = theme.variables[ground]
    poor = {ink: contrast(behind, theme.variables[ink]) for ink in inks}
    assert {ink: ratio for ink, ratio in poor.items() if ratio < _READABLE} == {}


@pytest.mark.parametrize("theme", _PAINTED, ids=lambda theme: theme.name)
def test_the_cursor_row_can_be_read_in_every_state(theme: Theme) -> None:
    behind = theme.variables["cursor-ground"]
    inks = ("cursor-ink", *(word for word in WORDS if word.startswith("state-")))
    poor = {ink: contrast(behind, theme.variables[ink]) for ink in inks}
    assert {ink: ratio for ink, ratio in poor.items() if ratio < 3} == {}


def test_mono_has_no_colour_at_all() -> None:
    colours = {value for word, value in _BY_NAME["mono"].variables.items() if word in WORDS}
    assert {colour for colour in colours if colour.startswith(("#", "ansi_"))} == {"ansi_default"}


def test_sixteen_colours_are_the_terminal_s_own() -> None:
    assert not [value for value in _BY_NAME["ansi"].variables.values() if value.startswith("#")]


async def test_no_color_in_the_environment_means_mono(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving() as user:
        assert user.app.theme == "mono"


async def test_every_theme_is_one_key_after_the_other() -> None:
    async with driving() as user:
        seen = {user.app.theme}
        for _ in THEMES:
            await user.press("T")
            await user.sees(f"theme: {user.app.theme}")
            seen.add(user.app.theme)
        assert seen == set(_BY_NAME)
        assert user.app.theme == "dark"


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_the_state_of_a_machine_is_a_word_in_every_theme(theme: Theme) -> None:
    async with driving(theme=theme.name) as user:
        assert user.machine("alpine-1").state is DomainState.RUNNING
        assert "● running" in user.row("alpine-1")
