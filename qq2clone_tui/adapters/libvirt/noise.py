"""Keep everything libvirt has to say off the terminal.

libvirt talks to standard error in two ways: its C library logs there, and its Python binding
prints every error it raises. On a full screen either is corruption. The C library reads its
log settings once, while it initialises, which is when the binding is imported: so the log is
directed first, and ``libvirt`` is imported in this package only through ``binding``.

Source: https://libvirt.org/logging.html
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qq2clone_tui.domain.errors import AccessError

__all__ = ["direct_log", "libvirt_initialising"]

_LOG_OUTPUTS = "LIBVIRT_LOG_OUTPUTS"
_LEVEL = 3  # warnings and errors

_log = logging.getLogger(__name__)
_chosen: list[Path] = []
_initialised: list[bool] = []


def direct_log(path: Path | None) -> None:
    """Choose the file that libvirt's own log goes to; None discards it.

    Only the first choice of a process counts, and only before libvirt is initialised.

    Args:
        path: a file to append to; it is made with mode 0600 when missing.

    Raises:
        AccessError: the file cannot be written.
    """
    if path is None or path in _chosen:
        return
    if _initialised or _chosen:
        _log.info("libvirt logs to %s already; %s is not used for it", _chosen[0] if _chosen else "nothing", path)
        return
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as fault:
        raise AccessError(
            "cannot write the log file",
            subject=str(path),
            why=fault.strerror or str(fault),
            remedy="Choose a directory that you may write to.",
        ) from fault
    _chosen.append(path)


@contextmanager
def libvirt_initialising() -> Iterator[None]:
    """Direct the log for as long as libvirt initialises, and leave the environment as it was.

    Programs started later (viewers, virsh) must not inherit the setting.
    """
    before = os.environ.get(_LOG_OUTPUTS)
    if before is not None and "stderr" not in before:
        _initialised.append(True)
        yield
        return
    target = os.open(_chosen[0] if _chosen else os.devnull, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    # The setting is a list separated by blanks, so a path with a blank in it cannot be written
    # there: the path of our own descriptor can, and libvirt opens the same file through it.
    os.environ[_LOG_OUTPUTS] = f"{_LEVEL}:file:/proc/self/fd/{target}"
    try:
        yield
    finally:
        _initialised.append(True)
        os.close(target)
        if before is None:
            del os.environ[_LOG_OUTPUTS]
        else:
            os.environ[_LOG_OUTPUTS] = before
