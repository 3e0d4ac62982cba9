"""Judge the directory that new images go to."""

import os
import stat
from pathlib import Path, PurePath

from qq2clone_tui.adapters.directories import make_directory
from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind

from .os_errors import as_access_error

__all__ = ["CANNOT_USE", "check_place", "hidden_part", "hidden_place", "name_inside", "open_place"]

CANNOT_USE = "cannot use the storage place"


def check_place(place: Path) -> None:
    """Make the place when it is missing, and raise unless images can be made in it.

    A symbolic link to a directory is fine. A place on a path with a hidden part is refused, also
    behind a link: AppArmor and SELinux keep QEMU out of hidden directories.

    Raises:
        AccessError: it is relative, hidden, not writable, or cannot be made.
        WrongFileKind: it is something other than a directory.
    """
    text = str(place)
    if not place.is_absolute():
        raise AccessError(CANNOT_USE, subject=text, why="it is no absolute path", remedy="Give the whole path.")
    with as_access_error(CANNOT_USE, text):
        hidden = hidden_part(place) or hidden_part(Path(os.path.realpath(place)))
    if hidden:
        raise hidden_place(text, hidden)
    with as_access_error("cannot make the storage place", text):
        make_directory(place)
    with as_access_error(CANNOT_USE, text):
        is_directory = stat.S_ISDIR(place.stat().st_mode)
    if not is_directory:
        raise WrongFileKind(CANNOT_USE, subject=text, why="it is not a directory", remedy="Choose a directory.")
    if not os.access(place, os.W_OK | os.X_OK, effective_ids=os.access in os.supports_effective_ids):
        raise AccessError(
            CANNOT_USE,
            subject=text,
            why="it cannot be written",
            remedy="Change its permissions, or choose another storage place.",
        )


def name_inside(place: Path, path: str) -> str:
    """Return the file name of a path that lies directly in the place.

    Raises:
        BadArgument: it lies elsewhere, also by way of ``..`` or a symbolic link.
    """
    given = Path(path)
    with as_access_error("cannot use the path", path):
        parent, home = os.path.realpath(given.parent), os.path.realpath(place)
    if not given.is_absolute() or parent != home or given.name in ("", ".", ".."):
        raise BadArgument(
            "will not touch the file",
            subject=path,
            why=f"it is outside the storage place {str(place)!r}",
            remedy="Set the storage place that it was made in.",
        )
    return given.name


def open_place(place: Path) -> int:
    """Return a descriptor of the place, so that its files are reached even if it is renamed."""
    return os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def hidden_part(path: PurePath) -> str:
    """Return the first part of the path that begins with a dot, or nothing."""
    return next((part for part in path.parts if part.startswith(".") and part not in (".", "..")), "")


def hidden_place(place: str, part: str) -> AccessError:
    """Return the error for a place with a hidden part in its path."""
    return AccessError(
        CANNOT_USE,
        subject=place,
        why=f"{part!r} is a hidden directory, which security drivers keep QEMU out of",
        remedy="Choose a path in which no part begins with a dot.",
    )
