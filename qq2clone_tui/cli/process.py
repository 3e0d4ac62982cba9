"""Run one command line as a process should: streams, errors, exit codes."""

import errno
import os
import sys
from collections.abc import Sequence

import click

from qq2clone_tui.domain.errors import AccessError, BadArgument, Qq2cloneError

from .app import build
from .completing import VARIABLE, answer
from .diagnostics import report_error
from .narration import Narrator
from .shared import scan_verbosity
from .streams import prepare_streams, silence
from .world import BootstrapWorld, World

__all__ = ["last_words", "run"]

_BROKEN_PIPE = 141
_WRITE_FAULTS = frozenset({errno.ENOSPC, errno.EIO, errno.EBADF, errno.EFBIG, errno.EDQUOT})


def run(arguments: list[str], world: World | None = None) -> int:
    """Run a command line, report what it raises on purpose, and return the exit code.

    Args:
        arguments: the words after the program's name.
        world: where settings and engine come from; the real ones by default.
    """
    prepare_streams()
    try:
        code = _invoke(arguments, world or BootstrapWorld())
        sys.stdout.flush()
    except click.UsageError as error:
        return _report(_usage_fault(error), arguments)
    except Qq2cloneError as error:
        return _report(error, arguments)
    return code


def last_words(error: BaseException, arguments: Sequence[str]) -> int:
    """Return the exit code for what was not foreseen: a pipe or disk under the output, or else a bug.

    The traceback of a bug goes to the log file.
    """
    if isinstance(error, BrokenPipeError):
        silence(sys.stdout, sys.stderr)
        return _BROKEN_PIPE
    narrator = Narrator(scan_verbosity(arguments))
    if isinstance(error, OSError) and error.filename is None and error.errno in _WRITE_FAULTS:
        silence(sys.stdout)
        narrator.error(AccessError("cannot write the results", why=error.strerror or "").paragraph())
        return AccessError.exit_code
    from qq2clone_tui.crash import record

    narrator.error(record(error, _data_dir(arguments)))
    return Qq2cloneError.exit_code


def _invoke(arguments: list[str], world: World) -> int:
    app = build()
    instruction = os.environ.get(VARIABLE)
    if instruction:
        return answer(app, world, instruction)
    try:
        with app.make_context("qq2clone", list(arguments), obj=world) as context:
            result = app.invoke(context)
            return result if isinstance(result, int) else 0
    except click.exceptions.Exit as done:
        return done.exit_code


def _report(error: Qq2cloneError, arguments: Sequence[str]) -> int:
    report_error(error, Narrator(scan_verbosity(arguments)), as_json="--json" in arguments)
    sys.stdout.flush()
    return error.exit_code


def _usage_fault(error: click.UsageError) -> BadArgument:
    path = error.ctx.command_path if error.ctx else "qq2clone"
    return BadArgument(" ".join(error.format_message().split()).rstrip("."), remedy=f"See: {path} --help")


def _data_dir(arguments: Sequence[str]) -> str | None:
    """Find ``--data-dir`` without the parser, which may be what failed."""
    found = None
    for word, following in zip(arguments, [*arguments[1:], ""], strict=True):
        if word == "--data-dir":
            found = following
        elif word.startswith("--data-dir="):
            found = word.partition("=")[2]
    return found or None
