"""The theme a user chose in the settings."""

import pytest

from qq2clone_tui.adapters.memory.sample import sample_session
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.ui.app import QqApp


def test_the_chosen_theme_is_worn_from_the_start() -> None:
    assert QqApp(sample_session(3), theme="light").theme == "light"


def test_a_theme_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(BadArgument, match="dark, light"):
        QqApp(sample_session(3), theme="pink")
