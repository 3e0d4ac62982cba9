"""Name the verbs, and load the code of one only when it is used."""

import importlib
from typing import Any

import click

from .exit_codes import EXIT_CODES
from .options import shared_options
from .shared import check_text, shared_of

__all__ = ["VERBS", "Verb", "build"]

VERBS: dict[str, tuple[str, str]] = {
    "import-template": ("import_template", "Make a template from a libvirt domain or a domain XML file."),
    "list-templates": ("list_templates", "List the templates."),
    "copy-template": ("copy_template", "Make a second template of the same images."),
    "modify-template": ("modify_template", "Change a template: its image, its XML, its name."),
    "delete-template": ("delete_template", "Delete a template that has no clones."),
    "prune": ("prune", "Remove versions of templates that nobody needs."),
    "flatten": ("prune", "Shorten the chains of images that a template stands on."),
    "uses": ("uses", "Show who stands on an image or a template."),
    "clone": ("clone", "Make clones of a template."),
    "list": ("list", "List clones and their states."),
    "start": ("power", "Start machines."),
    "shutdown": ("power", "Ask machines to shut down."),
    "destroy": ("power", "Force machines off."),
    "suspend": ("power", "Suspend machines."),
    "resume": ("power", "Resume suspended machines."),
    "save": ("power", "Save the memory of machines and turn them off."),
    "save-rm": ("power", "Delete saved memory; the machines then start afresh."),
    "connect": ("connect", "Open graphical consoles, starting what is off."),
    "exec": ("exec", "Run a command for each machine."),
    "tag": ("tag", "Give machines a tag, by which sets name them."),
    "untag": ("tag", "Take a tag away from machines."),
    "checkpoint": ("checkpoint", "Keep states of machines, and go back to them."),
    "edit": ("edit", "Edit the XML of one clone."),
    "reset": ("renewal", "Give machines fresh disks over their version."),
    "upgrade": ("renewal", "Give machines fresh disks over a newer version."),
    "detach": ("renewal", "Give machines full images that stand on no version."),
    "promote": ("promote", "Make a template of a clone."),
    "rm": ("rm", "Force machines off, undefine them and delete their images."),
    "rm-wipe": ("rm", "Remove machines after libvirt has overwritten their images."),
    "rm-shred": ("rm", "Remove machines after shredding their images."),
    "check": ("check", "Find what is wrong with clones and images, and mend it."),
    "config": ("config", "List, explain and change settings."),
    "completion": ("completion", "Print the completion script of a shell."),
}
"""Each verb's module in ``cli.commands`` and its line in the help, which must not import the module."""

_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

_HELP = """Make and run fleets of copy-on-write QEMU/KVM machines.

A SET is a comma-separated list without spaces: numbers (3), ranges (2-5), states (running, off,
paused, saved, crashed, all), names with * and tags (@web); ^ in front of any of them excludes it:
all,^running or 1-10,^3-7.
"""

_EPILOG = """Options stand before or after the command; the right-most wins.
Results go to stdout, all else to stderr. rm and delete-template ask before they delete, but only on
a terminal; --yes does not ask, and -q, which forbids questions, needs --yes there.

Exit codes: {codes}. A batch exits with the code of its first failure.
"""


class Verb(click.Command):
    """One verb: its own parameters, and the common ones, which it hands on merged.

    The callback gets an ``Invocation`` first and the verb's own parameters by name.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("context_settings", _CONTEXT)
        super().__init__(*args, **kwargs)
        self._own = {parameter.name for parameter in self.params}
        self.params = [*self.params, *shared_options()]

    @property
    def own_options(self) -> list[click.Option]:
        """Return the options that only this verb has."""
        return [each for each in self.params if isinstance(each, click.Option) and each.name in self._own]

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb with the options merged from everywhere on the line."""
        from .invocation import Invocation

        own = {name: value for name, value in ctx.params.items() if name in self._own}
        for name in own.keys() - {"command"}:  # which is bash's, and may hold any bytes
            check_text(own[name])
        assert self.callback is not None  # noqa: S101 - a verb without a callback is a bug of this package
        return ctx.invoke(self.callback, Invocation(shared_of(ctx), ctx.find_root().obj), **own)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the verb's own options, and one line for the common ones."""
        records = [
            record
            for parameter in self.get_params(ctx)
            if isinstance(parameter, click.Option)
            and (parameter.name in self._own or parameter is self.get_help_option(ctx))
            and (record := parameter.get_help_record(ctx))
        ]
        with formatter.section("Options"):
            formatter.write_dl(records)
        formatter.write_paragraph()
        formatter.write_text("The options of 'qq2clone --help' may stand here too.")


class LazyGroup(click.Group):
    """A group that knows its verbs by name and imports a verb's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the verbs in the order of the table."""
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return the command of a verb, importing its module; None when there is no such verb."""
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"{__package__}.commands.{VERBS[cmd_name][0]}")
        command: click.Command = module.commands[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the verbs with their lines, importing none of them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in VERBS.items()])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what the commands have in common."""
        codes = ", ".join(
            f"{code} {meaning.partition(':')[0].partition(';')[0]}" for code, meaning in EXIT_CODES.items()
        )
        for paragraph in _EPILOG.format(codes=codes).strip().split("\n\n"):
            formatter.write_paragraph()
            formatter.write_text(" ".join(paragraph.split()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb, or say which one may have been meant."""
        if args and args[0] not in VERBS and not ctx.resilient_parsing:
            from difflib import get_close_matches

            close = get_close_matches(args[0], VERBS, n=1)
            hint = f" Did you mean {close[0]}?" if close else " 'qq2clone --help' lists the commands."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx=ctx)
        return super().resolve_command(ctx, args)


def build() -> click.Group:
    """Return the whole command line."""
    return LazyGroup(
        "qq2clone",
        params=shared_options(),
        help=_HELP,
        context_settings=_CONTEXT,
        no_args_is_help=False,
        invoke_without_command=False,
    )
