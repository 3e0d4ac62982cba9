"""Edit files in the user's editor."""

import os
import shlex
import shutil
import sys
from collections.abc import Mapping

from qq2clone_tui.adapters.processes.interactive import run_interactively
from qq2clone_tui.domain.errors import BadArgument, CommandFailed, MissingProgram

__all__ = ["HostEditor", "editor_words"]

_FALLBACKS = ("sensible-editor", "editor", "nano", "vi")


class HostEditor:
    """The editor that the environment names; implements ``engine.ports.editor.Editor``."""

    def edit(self, path: str) -> None:
        """Let the user edit a file.

        Raises:
            MissingProgram: there is no editor.
            CommandFailed: it failed.
        """
        words = editor_words(os.environ)
        status = run_interactively([*words, path])
        if status:
            ended = f"a signal ended it ({-status})" if status < 0 else f"it ended with status {status}"
            raise CommandFailed("the editor failed", subject=words[0], why=ended, remedy="Nothing was changed.")


def editor_words(environ: Mapping[str, str]) -> list[str]:
    """Return the editor's command: $VISUAL, else $EDITOR, else one that is installed, on a terminal only.

    Raises:
        BadArgument: the variable's quotes do not match.
        MissingProgram: there is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        if environ.get(variable, "").strip():
            try:
                return shlex.split(environ[variable])
            except ValueError as error:
                raise BadArgument(f"cannot use ${variable}", subject=environ[variable], why=str(error)) from error
    found = next((name for name in _FALLBACKS if shutil.which(name)), None)
    if found is None or not sys.stdin.isatty():
        why = "standard input is no terminal and neither $VISUAL nor $EDITOR is set" if found else "none is installed"
        raise MissingProgram("there is no editor to use", why=why, remedy="Set EDITOR to the one you like.")
    return [found]
