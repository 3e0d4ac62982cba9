"""Make directories that a QEMU of another user can pass through."""

from pathlib import Path

__all__ = ["make_directory"]

# Others may pass through but not list: a QEMU that libvirt runs as another user has to reach the
# images inside, whose own mode (0600, with libvirt changing the owner for a run) guards them.
PLACE_MODE = 0o711


def make_directory(place: Path) -> None:
    """Make a directory and all above it that is missing, such that a QEMU of another user can pass.

    Raises:
        OSError: the system refused it.
    """
    # mkdir(parents=True) would give the parents whatever the umask says, and QEMU no way through.
    for directory in (*reversed(place.parents), place):
        if directory.exists():
            continue
        try:
            directory.mkdir(PLACE_MODE)
        except FileExistsError:
            # Another process was quicker, or it is a link to nowhere, which the caller finds out.
            continue
        directory.chmod(PLACE_MODE)
