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
_LOG_PRIORITY = "LIBVIRT_DEBUG"
_LEVEL = 4
"""Errors only. Children that libvirt forks to label images forget where the log goes and write to standard error,
but keep the level: at 3, a doubtful time stamp on an image would be a warning in the middle of the screen."""

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
    before = {name: os.environ.get(name) for name in (_LOG_OUTPUTS, _LOG_PRIORITY)}
    if "stderr" not in (before[_LOG_OUTPUTS] or "stderr"):
        _initialised.append(True)
        yield
        return
    target = os.open(_chosen[0] if _chosen else os.devnull, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
    # The setting is a list separated by blanks, so a path with a blank in it cannot be written
    # there: the path of our own descriptor can, and libvirt opens the same file through it.
    os.environ[_LOG_OUTPUTS] = f"{_LEVEL}:file:/proc/self/fd/{target}"
    os.environ.setdefault(_LOG_PRIORITY, str(_LEVEL))
    try:
        yield
    finally:
        _initialised.append(True)
        os.close(target)
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
