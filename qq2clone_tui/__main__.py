"""Start the full-screen app."""

import gc
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from qq2clone_tui import __version__
from qq2clone_tui.crash import record
from qq2clone_tui.domain.console import ConsoleWish
from qq2clone_tui.domain.errors import BadArgument, HypervisorError, Qq2cloneError
from qq2clone_tui.domain.viewers import Viewer
from qq2clone_tui.log_file import log_kept

if TYPE_CHECKING:
    from qq2clone_tui.adapters.settings.options import UiSettings
    from qq2clone_tui.bootstrap import Options
    from qq2clone_tui.engine.session import Session
    from qq2clone_tui.ui.taste import Taste

__all__ = ["main"]

FIRST_PICTURE_SECONDS = 0.15

_OTHER = "Another connection to try, such as qemu:///session or qemu+ssh://root@host/system; nothing to leave it"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-c", "--connection", metavar="URI", help="Hypervisor to use, such as qemu:///system.")
@click.option("-t", "--template", metavar="NAME", help="Template to show first.")
@click.option("-s", "--storage", metavar="PLACE", help="Directory or pool for new images.")
@click.option("--config", metavar="FILE", help="Settings file.")
@click.option("--data-dir", metavar="DIR", help="Keep everything in DIR.")
@click.option("--read-only", is_flag=True, help="Look, but change nothing.")
@click.option("--demo", is_flag=True, help="Open a hypervisor of its own with a sample template.")
@click.version_option(__version__, prog_name="qq2clone-tui")
def _app(
    *,
    connection: str | None,
    template: str | None,
    storage: str | None,
    config: str | None,
    data_dir: str | None,
    read_only: bool,
    demo: bool,
) -> None:
    """Make and run fleets of copy-on-write QEMU/KVM machines, full-screen."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadArgument(
            "cannot draw the screen",
            why="standard input or output is no terminal",
            remedy="Run it in a terminal; for scripts there is qq2clone.",
        )
    if os.environ.get("TERM") == "dumb":
        raise BadArgument(
            "cannot draw the screen",
            subject="TERM=dumb",
            why="such a terminal cannot place text",
            remedy="Run it in another terminal, or set TERM to what this one is; for scripts there is qq2clone.",
        )
    # What is loaded now stays: looking through it for garbage again and again takes a tenth of the start.
    gc.disable()
    from qq2clone_tui.bootstrap import Options

    options = Options(connection, template, storage, config, data_dir, read_only=read_only)
    sys.stderr.write("qq2clone-tui: reaching the hypervisor...\n")
    with log_kept(data_dir):
        _show(options, demo=demo)


def _show(options: "Options", *, demo: bool) -> None:
    """Open the session that the options name, and the screen over it."""
    from qq2clone_tui import bootstrap

    settings = bootstrap.load_settings(options)
    session, options = (bootstrap.open_demo(options), options) if demo else _reached(options)
    try:
        # Mostly the machines are read within this time, and are there when the screen is first drawn.
        session.inventory.start(FIRST_PICTURE_SECONDS)
        from qq2clone_tui.ui.app import QqApp

        app = QqApp(
            session,
            read_only=options.read_only,
            make_sample=None if options.read_only else bootstrap.sample_maker(session),
            template=options.template,
            settings=bootstrap.settings_book(options),
            theme=settings.ui.theme or None,
            taste=_taste(options, settings.ui),
            console_wish=ConsoleWish(
                Viewer.SPICY if settings.spicy else Viewer.VIRT_VIEWER,
                settings.spice_timeout,
                unasked=bool(settings.use_spice),
            ),
        )
        gc.freeze()
        gc.enable()
        app.run()
    finally:
        session.close()
    if app.fault is not None:
        raise app.fault
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)


def _taste(options: "Options", wishes: "UiSettings") -> "Taste":
    """Return what the settings say of the app; of what it cannot take, also where that is set."""
    from qq2clone_tui import bootstrap
    from qq2clone_tui.ui.taste import Taste

    try:
        return Taste.of(wishes.keymap, wishes.confirm, wishes.columns)
    except BadArgument as error:
        origins = [one.origin for one in bootstrap.settings_book(options).options() if error.what.endswith(one.name)]
        remedy = f"{error.remedy} It is set by {origins[0]}." if origins else error.remedy
        raise BadArgument(error.what, subject=error.subject, why=error.why, remedy=remedy.strip()) from error


def _reached(options: "Options") -> "tuple[Session, Options]":
    """Open the session; where no hypervisor answers, say why and let the user name another."""
    from qq2clone_tui import bootstrap

    while True:
        try:
            return bootstrap.open_session(options), options
        except HypervisorError as error:
            _fail(error)
            uri = click.prompt(_OTHER, default="", show_default=False, err=True, prompt_suffix="\n> ").strip()
            if not uri:
                raise click.exceptions.Exit(error.exit_code) from error
            options = replace(options, connection=uri)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the app and return its exit code; whatever goes wrong is one paragraph on standard error."""
    threading.excepthook = _note_thread
    try:
        # Click returns the code of an Exit; the app itself returns nothing.
        code = _app.main(args=None if argv is None else list(argv), prog_name="qq2clone-tui", standalone_mode=False)
    except click.ClickException as error:
        return _fail(BadArgument(error.format_message().rstrip("."), remedy="See: qq2clone-tui --help"))
    except Qq2cloneError as error:
        return _fail(error)
    except (KeyboardInterrupt, click.Abort):
        return 130
    except BaseException as error:  # noqa: BLE001 - the last line of defence: nobody is shown a traceback
        sys.stderr.write(f"qq2clone-tui: {record(error, None)}\n")
        return Qq2cloneError.exit_code
    return int(code or 0)


def _note_thread(fault: threading.ExceptHookArgs) -> None:
    """Log what ended a thread; on the screen its traceback would be rubbish."""
    if fault.exc_value is not None:
        record(fault.exc_value, None)


def _fail(error: Qq2cloneError) -> int:
    sys.stderr.write(f"qq2clone-tui: {error.paragraph()}\n")
    return error.exit_code


if __name__ == "__main__":
    sys.exit(main())
