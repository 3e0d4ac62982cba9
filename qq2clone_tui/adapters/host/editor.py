"""Edit texts in the user's editor."""

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from qq2clone_tui.adapters.private_files import failure, make_directory
from qq2clone_tui.adapters.processes.interactive import run_interactively
from qq2clone_tui.domain.errors import AccessError, BadArgument, CommandFailed, MissingProgram
from qq2clone_tui.domain.names import legal_name

__all__ = ["HostEditor", "editor_words"]

_FALLBACKS = ("sensible-editor", "editor", "nano", "vi")
_MOST_BYTES = 16 << 20


class HostEditor:
    """The editor that the environment names; implements ``engine.editor.Editor``.

    Args:
        directory: private directory in which the edited files lie meanwhile.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def edit(self, text: str, name: str) -> str:
        """Let the user edit a text and return it as it was left.

        Raises:
            MissingProgram: there is no editor.
            CommandFailed: it failed; the text is as it was.
            AccessError: the file for it cannot be made or read.
        """
        words = editor_words(os.environ)
        make_directory(self._directory)
        stem = name if legal_name(name) else "machine"
        try:
            # Mode 0700, and gone with all that the editor leaves beside the file.
            with tempfile.TemporaryDirectory(prefix=".edit-", dir=self._directory) as private:
                path = Path(private) / f"{stem}.xml"
                path.touch(0o600)
                path.write_text(text, encoding="utf-8")
                _run(words, path)
                return _read(path)
        except OSError as error:
            raise failure("cannot edit the text", self._directory, error) from error


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


def _run(words: list[str], path: Path) -> None:
    status = run_interactively([*words, str(path)])
    if status:
        ended = f"a signal ended it ({-status})" if status < 0 else f"it ended with status {status}"
        raise CommandFailed("the editor failed", subject=words[0], why=ended, remedy="Nothing was changed.")


def _read(path: Path) -> str:
    if path.stat().st_size > _MOST_BYTES:
        raise BadArgument("cannot use the edited text", why=f"it is larger than {_MOST_BYTES >> 20} MiB")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise AccessError("cannot use the edited text", why="it is not UTF-8") from error
