"""Turn the operating system's refusals into errors that say what to do about them."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from qq2clone_tui.domain.errors import AccessError, CommandFailed

__all__ = ["access_error", "as_access_error", "refused_by_system"]

REMEDIES = {
    errno.EACCES: "Change its permissions, or run as a user who may use it.",
    errno.EDQUOT: "Free some of your quota, or choose another storage place.",
    errno.EEXIST: "Another program made it meanwhile; remove or rename it.",
    errno.EFBIG: "The limit on file sizes is too low (see ulimit -f).",
    errno.ENAMETOOLONG: "Choose a shorter name or storage place.",
    errno.ENOENT: "Check the path.",
    errno.ENOSPC: "Free some space there, or choose another storage place.",
    errno.EPERM: "Change its permissions, or run as a user who may use it.",
    errno.EROFS: "Its file system is read-only; choose another storage place.",
}

# What qemu-img prints of an errno, in the C locale.
COMPLAINTS = {
    "No space left on device": errno.ENOSPC,
    "Disk quota exceeded": errno.EDQUOT,
    "File too large": errno.EFBIG,
    "Permission denied": errno.EACCES,
    "Operation not permitted": errno.EPERM,
    "Read-only file system": errno.EROFS,
    "No such file or directory": errno.ENOENT,
}


def access_error(what: str, path: str, error: OSError) -> AccessError:
    """Return the domain's error for a refusal of the system about one path."""
    remedy = REMEDIES.get(error.errno or 0, "")
    return AccessError(what, subject=path, why=error.strerror or str(error), remedy=remedy)


@contextmanager
def as_access_error(what: str, path: str) -> Iterator[None]:
    """Raise whatever the system refuses inside the block as an AccessError about ``path``.

    ValueError is what Python gives for a path with a NUL byte in it.
    """
    try:
        yield
    except OSError as error:
        raise access_error(what, path, error) from error
    except ValueError as error:
        raise AccessError(what, subject=path, why=str(error), remedy="Check the path.") from error


def refused_by_system(what: str, path: str, failed: CommandFailed) -> AccessError | CommandFailed:
    """Return an AccessError when a program failed only because the system refused it something.

    Either way the error is about the path, not the program.
    """
    for complaint, number in COMPLAINTS.items():
        if complaint in failed.why:
            return AccessError(what, subject=path, why=failed.why, remedy=REMEDIES[number])
    return CommandFailed(what, subject=path, why=failed.why, remedy=failed.remedy)
