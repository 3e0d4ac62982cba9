"""Look at the settings and change them: ``config list|info|edit``."""

import sys
from difflib import get_close_matches

import click

from qq2clone_tui.cli.app import Verb
from qq2clone_tui.cli.completing import complete_option
from qq2clone_tui.cli.invocation import Invocation
from qq2clone_tui.cli.output import printable, table, write, write_json
from qq2clone_tui.cli.shared import Verbosity
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.option_state import OptionState
from qq2clone_tui.engine.ports.settings_book import SettingsBook

__all__ = ["commands"]


@click.command("config", cls=Verb)
@click.argument("what", metavar="list|info|edit", type=click.Choice(["list", "info", "edit"]))
@click.argument("option", required=False, shell_complete=complete_option)
@click.argument("value", required=False)
def config(invocation: Invocation, what: str, option: str | None, value: str | None) -> int:
    """List all settings, explain one, or set one.

    list shows each option with its value and who set it. info OPTION explains one. edit OPTION VALUE
    writes it into the configuration file, whose comments stay; without VALUE it is asked for on a
    terminal, and an empty VALUE takes the option out, so that its default counts.
    """
    if what != "edit":  # which may make the file
        invocation.narrator.detail(f"The configuration file is {invocation.settings.path}.")
    book = invocation.settings
    options = {each.name: each for each in book.options()}
    if what == "list":
        if option is not None:
            raise BadArgument("config list takes no option", subject=option, remedy="See: qq2clone config info OPTION")
        return _list(invocation, book, list(options.values()))
    if option is None:
        raise BadArgument(f"config {what} needs an option", remedy="See: qq2clone config list")
    if option not in options:
        close = get_close_matches(option, options, n=1)
        hint = f"Did you mean {close[0]}?" if close else "See: qq2clone config list"
        raise BadArgument("there is no such option", subject=option, remedy=hint)
    if what == "info":
        if value is not None:
            raise BadArgument("config info takes no value", subject=option, remedy="To set it: qq2clone config edit")
        return _info(invocation, book, options[option])
    return _edit(invocation, book, options[option], value)


def _list(invocation: Invocation, book: SettingsBook, options: list[OptionState]) -> int:
    if invocation.json:
        write_json(path=book.path, options=[_object(option) for option in options])
        return 0
    rows = [(option.name, option.value or "-", option.origin) for option in options]
    table(("OPTION", "VALUE", "SET BY"), rows)
    return 0


def _info(invocation: Invocation, book: SettingsBook, option: OptionState) -> int:
    if invocation.json:
        write_json(path=book.path, option=_object(option))
        return 0
    write(printable(f"{option.name}: {option.help}"))
    for label, text in (
        ("value", option.value or "-"),
        ("set by", option.origin),
        ("default", option.default or "-"),
        ("may be", option.kind),
        ("variable", option.variable),
        ("file", book.path),
    ):
        write(printable(f"  {label:<9}{text}"))
    return 0


def _edit(invocation: Invocation, book: SettingsBook, option: OptionState, value: str | None) -> int:
    if value is None:
        value = _asked(invocation, option)
    if invocation.shared.dry_run:
        write(printable(f"Plan: set {option.name} to {value or 'its default'} in {book.path}"))
        return 0
    book.change(option.name, value or None)
    now = next(each for each in book.options() if each.name == option.name)
    if invocation.json:
        write_json(path=book.path, option=_object(now))
    invocation.narrator.note(f"{option.name} is {now.value or 'not set'} now, by {now.origin}.")
    return 0


def _asked(invocation: Invocation, option: OptionState) -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()) or invocation.narrator.level < Verbosity.NORMAL:
        remedy = f"Give it: qq2clone config edit {option.name} VALUE"
        raise BadArgument("there is no value to set", subject=option.name, remedy=remedy)
    invocation.narrator.note(f"{option.help} It may be {option.kind}; nothing takes it out of the file.")
    answer: str = click.prompt(option.name, default=option.value, err=True)
    return answer.strip()


def _object(option: OptionState) -> dict[str, str | None]:
    return {
        "name": option.name,
        "value": option.value or None,
        "origin": option.origin,
        "default": option.default or None,
        "kind": option.kind,
        "help": option.help,
        "variable": option.variable,
    }


commands = {"config": config}
