"""Copy standard input to the file that is standard output, and keep only the end of very much.

Run as a process of its own by ``detached``; it imports nothing of the package, to be small and quick.
"""

import contextlib
import os

__all__ = ["keep"]

KEPT_BYTES = 64 * 1024
"""Least that is kept of the end; the file never grows to more than twice that."""


def keep(source: int, target: int) -> None:
    """Copy until the end of the source; the target is a file opened for appending.

    What cannot be written, on a full disk, is lost: were the source not read on, who writes there would be
    killed by its next word.
    """
    written = 0
    tail = b""
    while chunk := os.read(source, KEPT_BYTES):
        tail = (tail + chunk)[-KEPT_BYTES:]
        with contextlib.suppress(OSError):
            if written + len(chunk) > 2 * KEPT_BYTES:
                os.ftruncate(target, 0)
                written, chunk = 0, tail
            written += os.write(target, chunk)


if __name__ == "__main__":
    keep(0, 1)
