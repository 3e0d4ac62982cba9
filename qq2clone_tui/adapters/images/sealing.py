"""Close image files of this host for good."""

import os
import stat
from pathlib import Path

from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind

from . import qemu_img
from .chain import chain, real_path
from .os_errors import as_access_error
from .probe import stamp_of

__all__ = ["LocalSealing"]

SEALED_MODE = 0o444
OPEN_MODE = 0o600


class LocalSealing:
    """Implement ``engine.ports.sealing.Sealing`` with the modes of files, and qemu-img."""

    def seal(self, path: str) -> str:
        """Make a file read-only for everybody, and return its stamp."""
        status = _change_mode(path, SEALED_MODE)
        return stamp_of(status)

    def unseal(self, path: str) -> None:
        """Make a sealed file one that its owner alone reads and writes."""
        if Path(path).exists():
            _change_mode(path, OPEN_MODE)

    def commit(self, overlay: str, overlay_format: str, base: str) -> None:
        """Write what an overlay holds into the image directly below it."""
        below = tuple(chain(overlay))[1:2]
        if below != (real_path(base),):
            why = f"it stands on {below[0]!r}" if below else "it stands on nothing"
            raise BadArgument("cannot write the changes into the image", subject=base, why=f"of {overlay!r}, {why}")
        qemu_img.commit(overlay, overlay_format)


def _change_mode(path: str, mode: int) -> os.stat_result:
    # By descriptor, and not through a link: whoever put one there would choose whose mode is changed.
    with as_access_error("cannot change the mode of the image", path):
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise WrongFileKind("will not seal", subject=path, why="it is no regular file")
            if stat.S_IMODE(status.st_mode) != mode:
                os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        except FileNotFoundError as error:
            raise AccessError("cannot seal the image", subject=path, why="No such file or directory") from error
        finally:
            os.close(descriptor)
    return status
