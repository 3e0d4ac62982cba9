"""Lay out qq2clone(1)."""

import inspect
import re
from collections.abc import Iterable

import click

from qq2clone_tui import __version__
from qq2clone_tui.cli.app import VERBS, Verb, build
from qq2clone_tui.cli.exit_codes import EXIT_CODES
from qq2clone_tui.cli.options import shared_options
from qq2clone_tui.domain.option_state import OptionState

from .examples import EXAMPLES
from .prose import ABOUT, FILES, SETS, SETS_ABOUT, VARIABLES
from .roff import Roff

__all__ = ["manual_page"]


def manual_page(settings: tuple[OptionState, ...]) -> str:
    """Return the page as roff.

    Args:
        settings: every option of the configuration file; only what is the same for everybody is shown.
    """
    page = Roff("qq2clone", 1, f"qq2clone {__version__}", "Fleets of cloned machines", _placeholders())
    page.section("Name")
    page.titled("qq2clone", "make and run fleets of copy-on-write QEMU/KVM machines")
    page.section("Synopsis")
    page.paragraph("qq2clone [OPTION]... VERB [ARGUMENT]...")
    page.section("Description")
    for paragraph in ABOUT:
        page.paragraph(paragraph)
    _verbs(page)
    _options(page)
    _sets(page)
    _settings(page, settings)
    _listed(page, "Environment", VARIABLES)
    _listed(page, "Files", FILES)
    _listed(page, "Exit status", [(str(code), meaning) for code, meaning in EXIT_CODES.items()])
    page.section("Examples")
    for example in EXAMPLES:
        page.paragraph(example.does)
        page.example([example.line])
    page.section("See also")
    page.paragraph(
        "virsh(1), qemu-img(1), virt-viewer(1), shred(1). The full-screen app, qq2clone-tui, explains its keys under ?."
    )
    return page.text()


def _placeholders() -> set[str]:
    """Return the words in capitals that stand for arguments and for values of options."""
    commands = [each for each, _ in _commands()]
    named = [parameter.make_metavar(click.Context(command)) for command in commands for parameter in command.params]
    return {word for name in named for word in re.findall(r"\b[A-Z]+\b", name)} | {"OPTION", "VERB", "ARGUMENT"}


def _commands() -> list[tuple[Verb, click.Context]]:
    """Return every verb, with the context in which it is told of."""
    group = build()
    context = click.Context(group, info_name="qq2clone")
    found = []
    for name in VERBS:
        command = group.get_command(context, name)
        assert isinstance(command, Verb)  # noqa: S101 - all verbs are
        found.append((command, click.Context(command, info_name=name, parent=context, **command.context_settings)))
    return found


def _verbs(page: Roff) -> None:
    page.section("Verbs")
    for command, inner in _commands():
        words = [word for word in command.collect_usage_pieces(inner) if word != "[OPTIONS]"]
        page.subsection(" ".join([inner.info_name or "", *words]))
        _told(page, command.help or "")
        for option in command.own_options:
            _option(page, option, inner)


def _told(page: Roff, text: str) -> None:
    """Write the paragraphs of a verb's help; one that click is told to leave alone is an example."""
    for block in inspect.cleandoc(text).split("\n\n"):
        first, _, rest = block.partition("\n")
        if first.strip() == "\b":
            page.example(rest.splitlines())
        else:
            page.paragraph(block)


def _options(page: Roff) -> None:
    page.section("Options")
    page.paragraph("They stand before or after the verb, and the right-most wins.")
    context = click.Context(build(), info_name="qq2clone")
    for option in shared_options():
        _option(page, option, context)
    page.item("-h, --help", "Show the help of qq2clone, or of a verb.")


def _option(page: Roff, option: click.Parameter, context: click.Context) -> None:
    record = option.get_help_record(context) if isinstance(option, click.Option) else None
    if record is not None and isinstance(option, click.Option):
        page.item(record[0], option.help or "")


def _sets(page: Roff) -> None:
    page.section("Sets")
    page.paragraph(SETS_ABOUT)
    for term, meaning in SETS:
        page.item(term, meaning)


def _settings(page: Roff, settings: tuple[OptionState, ...]) -> None:
    page.section("Settings")
    page.paragraph("qq2clone config shows and changes them; they are kept in a file of TOML.")
    for option in settings:
        default = f" Default: {option.default}." if option.default else ""
        page.item(option.name, f"{option.help} Value: {option.kind}.{default}")


def _listed(page: Roff, title: str, rows: Iterable[tuple[str, str]]) -> None:
    page.section(title)
    for tag, meaning in rows:
        page.item(tag, meaning)
