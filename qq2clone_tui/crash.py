"""Put the traceback of a bug into the log file, and tell the user where it is."""

import os
import tempfile
import time
import traceback
from pathlib import Path

from .log_file import append, log_path

__all__ = ["record"]


def record(error: BaseException, data_dir: str | None) -> str:
    """Append the traceback to the log and return one paragraph that names the file."""
    text = "".join(traceback.format_exception(error))
    cause = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    opening = f"an unexpected error, which is a fault of qq2clone: {cause}."
    for path in (log_path(data_dir), Path(tempfile.gettempdir()) / f"qq2clone-{os.getuid()}.log"):
        try:
            append(path, f"{time.strftime('%Y-%m-%d %H:%M:%S')} pid {os.getpid()}\n{text}\n")
        except OSError:
            continue
        return f"{opening} The details are in {path}; please report them."
    return f"{opening} Its details could not be written to {log_path(data_dir)}."
