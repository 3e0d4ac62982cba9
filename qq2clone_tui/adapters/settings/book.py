"""Show the settings with who set them, and change them in the file."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import msgspec

from qq2clone_tui.domain.option_state import OptionState

from .describe import HELP
from .edit import set_option
from .load import PREFIX, load, read_text
from .options import OPTIONS, Settings

__all__ = ["FileSettings", "kind_of"]

_BY_HAND = frozenset({"ui.keymap"})


class FileSettings:
    """The settings in one file; implements ``engine.ports.settings_book.SettingsBook``.

    Args:
        path: the file; a missing one holds nothing.
        overrides: options from the command line, by name.
    """

    def __init__(self, path: Path, overrides: Mapping[str, object]) -> None:
        self._path = path
        self._overrides = {name: value for name, value in overrides.items() if value is not None}

    @property
    def path(self) -> str:
        """Absolute path of the configuration file."""
        return str(self._path)

    def options(self) -> tuple[OptionState, ...]:
        """Return every option as it stands now, read anew.

        Raises:
            AccessError, BadArgument: the file cannot be read, or something in it cannot be used.
        """
        now, plain = load(self._path, overrides=self._overrides).settings, Settings()
        given = _given(self._path)
        return tuple(
            OptionState(
                name,
                as_text(_value(now, name)),
                self._origin(name, given),
                as_text(_value(plain, name)),
                kind_of(name),
                HELP[name],
                _variable(name),
                name not in _BY_HAND,
            )
            for name in OPTIONS
        )

    def change(self, option: str, text: str | None) -> None:
        """Set an option in the file, or take it out so that its default counts.

        Raises:
            AccessError: the file cannot be written.
            BadArgument: there is no such option, or it cannot have that value.
        """
        set_option(self._path, option, text)

    def _origin(self, name: str, given: frozenset[str]) -> str:
        if name in self._overrides:
            return "the command line"
        if os.environ.get(_variable(name)):
            return _variable(name)
        return str(self._path) if name in given else "default"


def kind_of(name: str) -> str:
    """Return in words what an option may be set to."""
    kind = OPTIONS[name]
    if get_origin(kind) is Literal:
        return f"one of {', '.join(get_args(kind))}"
    words = str(kind)
    if "bool" in words:
        return "yes or no"
    if "dict" in words:
        return "a table"
    if "tuple" in words:
        return "names with commas between them"
    return "a whole number" if "int" in words else "text"


def as_text(value: object) -> str:
    """Return a value as it would stand in the environment."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ",".join(str(part) for part in value)
    if isinstance(value, dict):
        return ",".join(f"{key}={held}" for key, held in value.items())
    return str(value)


def _value(settings: Settings, name: str) -> object:
    held: Any = msgspec.structs.asdict(settings)
    outer, _, inner = name.partition(".")
    return msgspec.structs.asdict(held["ui"])[inner] if inner else held[outer]


def _given(path: Path) -> frozenset[str]:
    """Return the options that the file sets."""
    document = tomllib.loads(read_text(path) or "")
    inner = document.pop("ui", {})
    return frozenset({*document, *(f"ui.{name}" for name in inner)})


def _variable(name: str) -> str:
    return f"{PREFIX}{name.replace('.', '_').upper()}"
