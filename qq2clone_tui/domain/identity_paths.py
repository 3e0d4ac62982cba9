"""Derive the paths, serial numbers and names that belong to one clone alone."""

import hashlib
import posixpath

from .clone import CloneIdentity
from .errors import BadArgument
from .identity_draft import Value
from .names import legal_name

__all__ = ["MAX_SOCKET_PATH", "check_identity", "check_place", "clone_path", "derived", "path_of", "socket_of"]

MAX_SOCKET_PATH = 107
"""Bytes in the path of a UNIX socket, unix(7): 108 with the closing NUL."""


def check_place(place: str) -> None:
    """Refuse a directory that is not absolute and plain.

    Raises:
        BadArgument: relative, unnormalised, or with characters that cannot stand in XML or on one line.
    """
    plain = place.isprintable() and posixpath.isabs(place) and posixpath.normpath(place) == place
    if not plain or place.startswith("//"):
        raise BadArgument(
            "cannot put clones there",
            subject=place,
            why="not an absolute path in its plain form",
            remedy="Give an absolute directory without '..', doubled slashes or control characters.",
        )


def check_identity(identity: CloneIdentity) -> None:
    """Refuse an identity whose name could leave a directory.

    Raises:
        BadArgument: the name holds something else than letters, digits and ``. _ + -``.
    """
    if not legal_name(identity.name):
        raise BadArgument(
            "cannot name a clone so",
            subject=identity.name,
            why="a machine's name is also the name of its files",
            remedy="Use letters, digits and . _ + - and begin with a letter or digit.",
        )


def clone_path(identity: CloneIdentity, place: str, suffix: str) -> str:
    """Return the absolute path of a clone's file: ``<place>/<name><suffix>``.

    Raises:
        BadArgument: the path would leave the place.
    """
    check_identity(identity)
    path = posixpath.join(place, f"{identity.name}{suffix}")
    if posixpath.dirname(posixpath.normpath(path)) != place.rstrip("/") and place != "/":
        raise BadArgument(
            "cannot make a file of a clone",
            subject=path,
            why=f"it would be outside {place}",
            remedy="Correct the device names in the template's XML.",
        )
    return path


def path_of(suffix: str) -> Value:
    """Return the rule for a clone's file with this suffix."""
    return lambda identity, place: clone_path(identity, place, suffix)


def socket_of(suffix: str) -> Value:
    """Return the rule for a clone's UNIX socket, shortened when the name makes it too long for the kernel."""

    def value(identity: CloneIdentity, place: str) -> str:
        path = clone_path(identity, place, suffix)
        if len(path.encode()) <= MAX_SOCKET_PATH:
            return path
        path = posixpath.join(place, f"{derived(identity, suffix, 12)}.sock")
        if len(path.encode()) > MAX_SOCKET_PATH:
            raise BadArgument(
                "cannot make a clone's socket",
                subject=path,
                why=f"a socket's path may have {MAX_SOCKET_PATH} bytes",
                remedy="Put the clones into a directory with a shorter path.",
            )
        return path

    return value


def derived(identity: CloneIdentity, purpose: str, digits: int) -> str:
    """Return hexadecimal digits that follow from the clone's UUID and a purpose, and nothing else."""
    text = f"{identity.uuid}\n{purpose}"
    return hashlib.sha256(text.encode()).hexdigest()[:digits].upper()
