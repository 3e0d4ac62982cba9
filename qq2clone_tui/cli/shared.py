"""Declare the options that every command takes, and merge them wherever they stand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import Any

import click

from qq2clone_tui.domain.errors import BadArgument

from .completing import complete_template

__all__ = ["Shared", "Verbosity", "check_text", "scan_verbosity", "shared_of", "shared_options"]


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


def shared_options() -> list[click.Parameter]:
    """Return fresh instances of the common options, for the group or for one verb."""
    return [*_where_options(), *_console_options(), *_manner_options()]


def _where_options() -> list[click.Parameter]:
    text = click.Path(path_type=str)
    return [
        click.Option(["-c", "--connection"], metavar="URI", help="Hypervisor to use."),
        click.Option(
            ["-t", "--template"],
            metavar="NAME",
            shell_complete=complete_template,
            help="Template a clone verb works in. Default: the setting, or the only one there is.",
        ),
        click.Option(
            ["-s", "--storage"],
            type=text,
            metavar="PLACE",
            help="Absolute directory, or the name of a libvirt directory pool, for new images.",
        ),
        click.Option(["--config"], type=text, metavar="FILE", help="Configuration file."),
        click.Option(["--data-dir"], type=text, metavar="DIR", help="Directory of everything that is kept."),
    ]


def _console_options() -> list[click.Parameter]:
    return [
        click.Option(["-r/-n", "--run/--no-run"], default=None, help="Start new clones, or not."),
        click.Option(
            ["graphics", "-g/-f", "--use-spice/--no-spice"],
            default=None,
            help="Open a console on machines that are started, or not.",
        ),
        click.Option(
            ["viewer", "-V", "--virt-viewer"],
            flag_value="virt-viewer",
            default=None,
            help="Open consoles with virt-viewer.",
        ),
        click.Option(["viewer", "-S", "--spicy"], flag_value="spicy", default=None, help="Open consoles with spicy."),
    ]


def _manner_options() -> list[click.Parameter]:
    return [
        click.Option(["verbosity", "-v", "--verbose"], flag_value="v", default=None, help="Say everything."),
        click.Option(
            ["verbosity", "-q", "--quiet"], flag_value="q", default=None, help="Errors only, and no questions."
        ),
        click.Option(["verbosity", "-Q", "--quieter"], flag_value="Q", default=None, help="Only results asked for."),
        click.Option(["--json"], is_flag=True, default=None, help="Give the result as JSON."),
        click.Option(["--dry-run"], is_flag=True, default=None, help="Show the plan, do nothing."),
        click.Option(["--yes"], is_flag=True, default=None, help="Ask for no confirmation."),
        click.Option(
            ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version."
        ),
    ]


def _version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not context.resilient_parsing:
        from qq2clone_tui import __version__

        click.echo(f"qq2clone {__version__}")
        context.exit()
