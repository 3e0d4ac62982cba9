"""Put the traceback of a bug into a private log file, and tell the user where it is."""

import os
import pwd
import tempfile
import time
import traceback
from pathlib import Path

__all__ = ["log_path", "record"]


def record(error: BaseException, data_dir: str | None) -> str:
    """Append the traceback to the log and return one paragraph that names the file.

    The file is mode 0600 and is never written through a symbolic link.
    """
    text = "".join(traceback.format_exception(error))
    cause = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    opening = f"an unexpected error, which is a fault of qq2clone: {cause}."
    for path in (log_path(data_dir), Path(tempfile.gettempdir()) / f"qq2clone-{os.getuid()}.log"):
        try:
            _append(path, f"{time.strftime('%Y-%m-%d %H:%M:%S')} pid {os.getpid()}\n{text}\n")
        except OSError:
            continue
        return f"{opening} The details are in {path}; please report them."
    return f"{opening} Its details could not be written to {log_path(data_dir)}."


def log_path(data_dir: str | None) -> Path:
    """Return the log file: in the data directory when one was named, else in the XDG state directory."""
    named = data_dir or os.environ.get("QQ2CLONE_DATA_DIR")
    if named:
        return Path(named) / "qq2clone.log"
    state = os.environ.get("XDG_STATE_HOME", "")
    if state.startswith("/"):
        return Path(state) / "qq2clone" / "qq2clone.log"
    return Path(_home()) / ".local" / "state" / "qq2clone" / "qq2clone.log"


def _home() -> str:
    home = os.environ.get("HOME", "")
    if home.startswith("/"):
        return home
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/nonexistent"


def _append(path: Path, text: str) -> None:
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
