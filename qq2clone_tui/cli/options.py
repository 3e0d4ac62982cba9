"""Declare the options that every command takes."""

import click

from .completing import complete_template

__all__ = ["shared_options"]


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
            help="Absolute directory, or the name of a libvirt directory pool, for new images and saved memory.",
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
