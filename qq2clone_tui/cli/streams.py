"""Keep the streams of the process usable: closed ones, full ones, and ones whose reader has left."""

import contextlib
import io
import os
import sys
from typing import TextIO

__all__ = ["prepare_streams", "silence"]


def prepare_streams() -> None:
    """See that every stream exists, and that no name can make writing to it fail."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123, SIM115 - lives to the end
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def silence(*streams: TextIO) -> None:
    """Send what is left in the buffers of streams nowhere, so that leaving Python does not complain.

    Args:
        streams: those that cannot be written any more.
    """
    for stream in streams:
        with contextlib.suppress(OSError, ValueError):
            descriptor = os.open(os.devnull, os.O_WRONLY)
            os.dup2(descriptor, stream.fileno())
            os.close(descriptor)
