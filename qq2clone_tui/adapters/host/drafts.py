"""Keep edited texts that could not be used yet, and let one person at a time edit a thing."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from qq2clone_tui.adapters.private_files import failure, make_directory, replace_file
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.names import legal_name
from qq2clone_tui.engine.editor import KeptDraft

__all__ = ["FileDrafts"]


class FileDrafts:
    """Drafts as files; implements ``engine.editor.Drafts``.

    Args:
        directory: private directory; made with mode 0700 when the first draft is kept.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, key: str) -> KeptDraft | None:
        """Return the draft kept of something, or None.

        Raises:
            AccessError: it is there but cannot be read.
        """
        path, original = self._paths(key)
        try:
            return KeptDraft(str(path), original.read_text(encoding="utf-8"), path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            fault = error if isinstance(error, OSError) else OSError("it is not UTF-8")
            raise failure("cannot read the draft", path, fault, "Delete it to begin afresh.") from error

    def keep(self, key: str, original: str, text: str) -> str:
        """Keep a draft, in place of an older one, and return its absolute path.

        Raises:
            AccessError: it cannot be written.
        """
        make_directory(self._directory)
        path, beside = self._paths(key)
        replace_file(beside, original)
        replace_file(path, text)
        return str(path)

    def drop(self, key: str) -> None:
        """Delete a draft; that there is none is no error."""
        for path in self._paths(key):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise failure("cannot delete the draft", path, error) from error

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
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
            yield
        except BlockingIOError as error:
            who = os.pread(handle, 20, 0).decode(errors="replace") or "unknown"
            why = f"process {who} is editing it"
            raise BadArgument(f"cannot edit the {what}", why=why, remedy="Wait until that editor is closed.") from error
        finally:
            os.close(handle)

    def _paths(self, key: str) -> tuple[Path, Path]:
        stem = _stem(key)
        return self._directory / f"{stem}.xml", self._directory / f"{stem}.original.xml"


def _stem(key: str) -> str:
    return key if legal_name(key) and len(key) < 120 else sha256(key.encode()).hexdigest()
