"""Declare how a face looks at the settings and changes them."""

from typing import Protocol

from qq2clone_tui.domain.option_state import OptionState

__all__ = ["SettingsBook"]


class SettingsBook(Protocol):
    """The settings of this user."""

    @property
    def path(self) -> str:
        """Absolute path of the configuration file."""

    def options(self) -> tuple[OptionState, ...]:
        """Return every option as it stands now, read anew.

        Raises:
            AccessError, BadArgument: the file cannot be read, or something in it cannot be used.
        """

    def change(self, option: str, text: str | None) -> None:
        """Set an option in the file, or take it out so that its default counts.

        Raises:
            AccessError: the file cannot be written.
            BadArgument: there is no such option, or it cannot have that value.
        """
