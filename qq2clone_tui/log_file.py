"""Keep the private log file that tracebacks and the engine's own notes go to."""

import contextlib
import logging
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

__all__ = ["append", "log_kept", "log_path"]


def log_path(data_dir: str | None) -> Path:
    """Return the log file: in the data directory when one was named, else in the XDG state directory."""
    named = data_dir or os.environ.get("QQ2CLONE_DATA_DIR")
    if named:
        return Path(named).absolute() / "qq2clone.log"
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if state.startswith("/") else Path(_home()) / ".local" / "state"
    return base / "qq2clone" / "qq2clone.log"


def append(path: Path, text: str) -> None:
    """Append to a log that only its owner can read, never through a symbolic link.

    Raises:
        OSError: it cannot be written, or belongs to somebody else.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o600)
    try:
        if os.fstat(descriptor).st_uid != os.getuid():
            raise PermissionError(path)
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, text.encode("utf-8", "backslashreplace"))
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def log_kept(data_dir: str | None) -> Iterator[None]:
    """Send the program's log records to the file; without this, Python prints warnings to stderr."""
    logger = logging.getLogger("qq2clone_tui")
    handler = _LogFile(log_path(data_dir))
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class _LogFile(logging.Handler):
    """Appends each warning or error as it comes: there are few, and several processes share the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(logging.WARNING)
        self._path = path
        self.setFormatter(logging.Formatter("%(asctime)s pid %(process)d %(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Append one record; a log that cannot be written must not stop the work."""
        with contextlib.suppress(OSError):
            append(self._path, self.format(record) + "\n")


def _home() -> str:
    home = os.environ.get("HOME", "")
    if home.startswith("/"):
        return home
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/nonexistent"
