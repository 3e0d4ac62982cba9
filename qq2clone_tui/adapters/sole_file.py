"""Tell files that only one path leads to from those that others would lose."""

import os
import stat

from qq2clone_tui.domain.errors import WrongFileKind

__all__ = ["sole_file"]


def sole_file(path: str) -> bool:
    """Tell whether there is a file to overwrite, and refuse one that somebody else may know by another path.

    Raises:
        WrongFileKind: it is no regular file, or has other names: overwriting would destroy those too.
        OSError: it cannot be looked at.
    """
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        return False
    if not stat.S_ISREG(status.st_mode):
        raise WrongFileKind("will not overwrite", subject=path, why="it is no regular file")
    if status.st_nlink > 1:
        why = f"the file has {status.st_nlink} names, and whoever uses another would lose it"
        raise WrongFileKind("will not overwrite", subject=path, why=why, remedy="Remove the other hard links first.")
    return True
