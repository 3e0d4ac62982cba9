"""Merge the options that every command takes, wherever they stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any

import click

from qq2clone_tui.domain.errors import BadArgument

__all__ = ["Shared", "Verbosity", "check_text", "scan_verbosity", "shared_of"]


_LONG = {"--verbose": "v", "--quiet": "q", "--quieter": "Q"}


class Verbosity(IntEnum):
    """How much is said on stderr."""

    QUIETER = 0
    """Nothing but the results that were asked for."""
    QUIET = 1
    """Errors only, and no questions."""
    NORMAL = 2
    VERBOSE = 3


@dataclass(frozen=True, slots=True)
class Shared:
    """What the options common to all commands say; None where an option was not given."""

    connection: str | None = None
    template: str | None = None
    storage: str | None = None
    config: str | None = None
    data_dir: str | None = None
    run: bool | None = None
    graphics: bool | None = None
    viewer: str | None = None
    verbosity: str | None = None
    json: bool | None = None
    dry_run: bool | None = None
    yes: bool | None = None

    def merged(self, given: Mapping[str, Any]) -> "Shared":
        """Return these options overridden by those that ``given`` really holds."""
        names = {field.name for field in fields(self)}
        return replace(self, **{key: value for key, value in given.items() if key in names and value is not None})

    @property
    def overrides(self) -> dict[str, object]:
        """Return the settings that the options beat, by the names of the configuration file."""
        pairs = {
            "run": self.run,
            "use_spice": self.graphics,
            "spicy": None if self.viewer is None else self.viewer == "spicy",
        }
        return {key: value for key, value in pairs.items() if value is not None}


def shared_of(context: click.Context) -> Shared:
    """Return the merged options of a command: what stands further right wins."""
    chain: list[click.Context] = []
    link: click.Context | None = context
    while link is not None:
        chain.insert(0, link)
        link = link.parent
    shared = Shared()
    for link in chain:
        shared = shared.merged(link.params)
    return shared


def check_text(argument: object) -> None:
    """Refuse bytes that are no UTF-8: they arrive as surrogates, which neither libvirt nor the catalogue can take.

    Raises:
        BadArgument: there are some in the argument; what is no string has none.
    """
    if isinstance(argument, str) and any("\ud800" <= char <= "\udfff" for char in argument):
        raise BadArgument("cannot use the argument", subject=argument, why="it is not UTF-8 text")


def scan_verbosity(arguments: Sequence[str]) -> Verbosity:
    """Return how much to say when the arguments could not be parsed: the right-most of -v, -q and -Q."""
    given = []
    for word in arguments:
        if re.fullmatch("-[rngfVSvqQh]+", word):
            given += [letter for letter in word if letter in "vqQ"]
        elif word in _LONG:
            given.append(_LONG[word])
    return verbosity_of(given[-1] if given else None)


def verbosity_of(letter: str | None, *, quiet: bool = False) -> Verbosity:
    """Return the level that an option letter (or, without one, the setting ``quiet``) asks for."""
    levels = {"v": Verbosity.VERBOSE, "q": Verbosity.QUIET, "Q": Verbosity.QUIETER}
    return levels[letter] if letter else Verbosity.QUIET if quiet else Verbosity.NORMAL
