"""Overwrite files of this host, and tell where that cannot mean much."""

import os
from pathlib import Path

from qq2clone_tui.adapters.processes import run_checked
from qq2clone_tui.adapters.sole_file import sole_file
from qq2clone_tui.domain.errors import AccessError

from .os_errors import as_access_error

__all__ = ["LocalEraser"]

_SLOWEST_BYTES_A_SECOND = 4 << 20
_LEAST_SECONDS = 120.0
_COPY_ON_WRITE = frozenset({"bcachefs", "btrfs", "f2fs", "nilfs2", "overlay", "zfs"})
_OF_OTHERS = frozenset({"9p", "ceph", "cifs", "fuse", "glusterfs", "nfs", "nfs4", "smb3", "virtiofs"})


class LocalEraser:
    """Implement ``engine.ports.image_facets.Eraser`` with the program shred.

    Args:
        place: the directory whose doubts are told; files are named by absolute path wherever they are.
    """

    def __init__(self, place: str) -> None:
        self._place = place

    def check(self, path: str) -> bool:
        """Tell whether there is a file, and refuse one that must not or cannot be overwritten."""
        return _check_erasable(path)

    def overwrite(self, path: str, passes: int) -> None:
        """Overwrite a file so often with random bytes, then with zeros."""
        _overwrite(path, passes)

    def doubts(self) -> tuple[str, ...]:
        """Return why overwriting may leave what was in the files of the place, as clauses."""
        return _doubts_about(self._place)


def _check_erasable(path: str) -> bool:
    """Tell whether there is a file to overwrite, and refuse one that must not or cannot be.

    Raises:
        WrongFileKind: it is no regular file, or has other names: overwriting would destroy those too.
        AccessError: it may not be written to.
    """
    with as_access_error("cannot overwrite the image", path):
        if not sole_file(path):
            return False
    if not os.access(path, os.W_OK):
        raise AccessError("cannot overwrite the image", subject=path, why="Permission denied")
    return True


def _overwrite(path: str, passes: int) -> None:
    """Overwrite a file, its name and size stay: ``passes`` times with random bytes, then with zeros.

    Source: https://www.gnu.org/software/coreutils/manual/html_node/shred-invocation.html

    Raises:
        MissingProgram: shred is not installed.
        WrongFileKind, AccessError: as ``check_erasable``.
        CommandFailed: shred failed.
    """
    if not _check_erasable(path):
        return
    size = Path(path).stat().st_size
    seconds = _LEAST_SECONDS + (passes + 1) * size / _SLOWEST_BYTES_A_SECOND
    run_checked(
        ["shred", f"--iterations={passes}", "--zero", "--", path],
        "cannot overwrite the image",
        timeout_seconds=seconds,
    )


def _doubts_about(directory: str) -> tuple[str, ...]:
    """Return why overwriting files in a directory may leave what was in them, as clauses; empty when nothing says so.

    Source: "CAUTION" in shred(1); /proc/self/mountinfo in proc(5)
    """
    mount = _mount_of(os.path.realpath(directory))
    if mount is None:
        return ()
    device, kind = mount
    found = []
    if kind in _COPY_ON_WRITE:
        found.append(f"{kind} writes new bytes elsewhere than the old ones, which stay until it uses the space again")
    elif kind.partition(".")[0] in _OF_OTHERS:
        found.append(f"{kind} keeps the bytes on another machine, where nobody here knows what becomes of them")
    elif kind == "tmpfs":
        found.append("a tmpfs may have been swapped out")
    if _rotates(device) is False:
        found.append("a solid-state disk writes new bytes elsewhere than the old ones")
    return tuple(found)


def _mount_of(path: str) -> tuple[str, str] | None:
    """Return device number and file system of the mount that a path is on."""
    best, answer = -1, None
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        fields = line.split()
        where = fields[4].encode().decode("unicode_escape") if len(fields) > 6 else ""
        inside = where in {"/", path} or path.startswith(f"{where}/")
        if where and inside and len(where) >= best and "-" in fields:
            best, answer = len(where), (fields[2], fields[fields.index("-") + 1])
    return answer


def _rotates(device: str) -> bool | None:
    """Tell whether a block device is a turning disk; None when the system does not say."""
    for place in ("queue/rotational", "../queue/rotational"):
        try:
            return Path(f"/sys/dev/block/{device}/{place}").read_text(encoding="ascii").strip() == "1"
        except OSError:
            continue
    return None
