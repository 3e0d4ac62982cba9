"""Make directories and files that only their owner can read, and replace files all at once."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from qq2clone_tui.domain.errors import AccessError

__all__ = ["failure", "make_directory", "replace_file"]

_DIRECTORY_MODE = 0o700


def failure(what: str, path: Path, error: OSError, remedy: str = "") -> AccessError:
    """Return the error of the domain that says what the system said of ``path``."""
    return AccessError(what, subject=str(path), why=error.strerror or str(error), remedy=remedy)


def make_directory(path: Path) -> None:
    """Make a directory and those above it that are missing, each with mode 0700.

    Directories that exist keep the mode their owner gave them.

    Raises:
        AccessError: one of them cannot be made, or is not a directory.
    """
    for directory in (*reversed(path.parents), path):
        try:
            directory.mkdir(_DIRECTORY_MODE)
        except FileExistsError:
            continue
        except OSError as error:
            # Others answer so for a directory that is there (a read-only or automounted file system).
            if not directory.is_dir():
                raise failure("cannot make the directory", directory, error) from error
    if not path.is_dir():
        raise AccessError("cannot use the directory", subject=str(path), why="it is not a directory")


def replace_file(path: Path, content: str) -> None:
    """Write a file with mode 0600 so that readers see the old content or the new, never a part; it lasts at once.

    Bytes that were no UTF-8 when they were read, escaped as surrogates, are written as they were.

    Raises:
        AccessError: it cannot be written; the old file is as it was.
    """
    try:
        # Made with mode 0600: https://docs.python.org/3/library/tempfile.html#tempfile.mkstemp
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:100]}.", dir=path.parent)
    except OSError as error:
        raise failure("cannot write the file", path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape", newline="") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_directory(path.parent)
    except OSError as error:
        raise failure("cannot write the file", path, error) from error
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
