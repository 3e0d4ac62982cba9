"""Keep texts while they are edited and until they can be used, and let one person at a time edit a thing."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from qq2clone_tui.adapters.private_files import failure, make_directory, replace_file
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.domain.names import legal_name
from qq2clone_tui.engine.ports.editor import KeptDraft

__all__ = ["FileDrafts"]

_ORIGINAL = ".original"
_MOST_BYTES = 16 << 20


class FileDrafts:
    """Drafts as files, each in a directory of its own; implements ``engine.ports.editor.Drafts``.

    What an editor leaves beside a file (backups, swap files) goes with the draft.

    Args:
        directory: private directory; made with mode 0700 when the first draft is kept.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, key: str) -> KeptDraft | None:
        """Return the draft kept of something, or None; what is not UTF-8 in it is escaped as surrogates.

        Raises:
            AccessError: it is there but cannot be read.
        """
        directory = self._directory / _stem(key)
        try:
            path = next((path for path in sorted(directory.glob("*.xml")) if path.is_file()), None)
            if path is None:
                return None
            if path.stat().st_size > _MOST_BYTES:
                why = f"it is larger than {_MOST_BYTES >> 20} MiB"
                raise AccessError("cannot use the draft", subject=str(path), why=why, remedy="Delete it.")
            original = (directory / _ORIGINAL).read_text(encoding="utf-8")
            return KeptDraft(str(path), original, path.read_text(encoding="utf-8", errors="surrogateescape"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise failure("cannot read the draft", directory, error, "Delete it to begin afresh.") from error

    def keep(self, key: str, name: str, original: str, text: str) -> str:
        """Keep a draft, in place of an older one, and return its absolute path.

        Raises:
            AccessError: it cannot be written.
        """
        self.drop(key)
        directory = self._directory / _stem(key)
        make_directory(directory)
        path = directory / f"{name if legal_name(name) and len(name) < 120 else 'machine'}.xml"
        replace_file(directory / _ORIGINAL, original)
        replace_file(path, text)
        return str(path)

    def drop(self, key: str) -> None:
        """Delete a draft; that there is none is no error."""
        directory = self._directory / _stem(key)
        try:
            shutil.rmtree(directory)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise failure("cannot delete the draft", directory, error) from error

    @contextlib.contextmanager
    def alone(self, key: str, what: str) -> Iterator[None]:
        """Let nobody else edit the same thing for the length of a block.

        Raises:
            BadArgument: another process is editing it.
            AccessError: the lock file cannot be made.
        """
        make_directory(self._directory)
        path = self._directory / f"{_stem(key)}.lock"
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise failure("cannot lock the draft", path, error) from error
        try:
            # Bound to the open file: the kernel lets go of it however this process ends.
            _lock(handle, what)
            yield
        finally:
            os.close(handle)


def _lock(handle: int, what: str) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        who = os.pread(handle, 20, 0).decode(errors="replace") or "unknown"
        why = f"process {who} is editing it"
        raise BadArgument(f"cannot edit the {what}", why=why, remedy="Wait until that editor is closed.") from error
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())


def _stem(key: str) -> str:
    return key if legal_name(key) and len(key) < 120 else sha256(key.encode()).hexdigest()
