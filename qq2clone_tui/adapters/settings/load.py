"""Read the settings: defaults, then the file, then the environment, then the command line."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from qq2clone_tui.adapters.private_files import failure
from qq2clone_tui.domain.errors import AccessError, BadArgument

from .options import OPTIONS, Settings, build, checked, from_text

__all__ = ["PREFIX", "Loaded", "load", "parse_toml", "read_text"]

PREFIX = "QQ2CLONE_"
_NOT_OPTIONS = frozenset({"QQ2CLONE_CONFIG", "QQ2CLONE_DATA_DIR"})


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and one sentence for everything in them that means nothing to this release."""

    settings: Settings
    warnings: tuple[str, ...] = ()


def load(
    path: Path,
    *,
    required: bool = False,
    environ: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Loaded:
    """Return the settings.

    Args:
        path: the file; a missing one holds nothing.
        required: a missing file is an error, because the user named it.
        environ: environment variables, by default the process's own.
        overrides: options from the command line, by name; None stands for one that was not given.

    Raises:
        AccessError: the file cannot be read.
        BadArgument: it is not TOML, or an option has a value that it cannot have.
    """
    environ = os.environ if environ is None else environ
    text = read_text(path)
    if text is None and required:
        raise AccessError("cannot read the configuration", subject=str(path), why="No such file or directory")
    values: dict[str, object] = {}
    warnings: list[str] = []
    for option, value in _flat(parse_toml(text or "", path), path):
        if option in OPTIONS:
            values[option] = checked(option, value, str(path))
        else:
            warnings.append(f"{path}: there is no option {option}{_suggestion(option)}")
    for variable, option in _variables(environ):
        if option in OPTIONS:
            values[option] = from_text(option, environ[variable], variable)
        else:
            warnings.append(f"{variable}: there is no option {option}{_suggestion(option)}")
    for option, value in (overrides or {}).items():
        if value is not None:
            values[option] = checked(option, value, "the command line")
    return Loaded(build(values), tuple(warnings))


def read_text(path: Path) -> str | None:
    """Return the text of a file, line ends as they are, or None when there is no file.

    Raises:
        AccessError: it cannot be read.
        BadArgument: it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError):
            raise failure("cannot read the configuration", path, error) from error
        raise BadArgument("cannot read the configuration", subject=str(path), why="it is not UTF-8 text") from error


def parse_toml(text: str, path: Path) -> dict[str, object]:
    """Return the content of a TOML document.

    Raises:
        BadArgument: it is no TOML; the reason gives line and column.
    """
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = "its values are nested too deeply" if isinstance(error, RecursionError) else str(error)
        remedy = "Correct it with an editor."
        raise BadArgument("cannot read the configuration", subject=str(path), why=why, remedy=remedy) from error


def _flat(document: Mapping[str, object], path: Path) -> Iterator[tuple[str, object]]:
    for key, value in document.items():
        if key != "ui":
            yield key, value
        elif isinstance(value, dict):
            yield from ((f"ui.{inner}", held) for inner, held in value.items())
        else:
            raise BadArgument("cannot use the setting ui", subject=str(path), why="expected a table", remedy="[ui]")


def _variables(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the variables that are set and not empty, with the option each stands for."""
    for variable in sorted(environ):
        if variable.startswith(PREFIX) and variable not in _NOT_OPTIONS and environ[variable]:
            option = variable.removeprefix(PREFIX).lower()
            yield variable, f"ui.{option.removeprefix('ui_')}" if option.startswith("ui_") else option


def _suggestion(option: str) -> str:
    close = get_close_matches(option, OPTIONS, n=1)
    return f"; did you mean {close[0]}?" if close else ""
