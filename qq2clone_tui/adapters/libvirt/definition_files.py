"""Know where libvirt keeps the definitions of machines on this host, and bring their names to the disk.

libvirt syncs the file of a definition and puts it in its place with a rename, which need not be on the disk
yet when the call returns (``virFileRewrite`` in src/util/virfile.c of libvirt).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from qq2clone_tui.adapters.private_files import failure

from .embed import is_embed, root_of

__all__ = ["directory_of", "sync"]

_SYSTEM = Path("/etc/libvirt/qemu")


def directory_of(uri: str) -> Path | None:
    """Return the absolute directory of the definitions of a hypervisor on this host; None where that is not known.

    Source: https://libvirt.org/drvqemu.html#location-of-configuration-files
    """
    if is_embed(uri):
        return root_of(uri) / "etc" / "qemu"
    parts = urlsplit(uri)
    if parts.scheme != "qemu" or parts.netloc:
        return None
    if parts.path == "/system" or (parts.path == "/session" and os.geteuid() == 0):
        return _SYSTEM
    if parts.path != "/session":
        return None
    home = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(home).expanduser() / "libvirt" / "qemu"


def sync(directory: Path) -> None:
    """Wait until what was put into a directory, or taken out of it, is on the disk.

    Whoever may not open it, as an ordinary user that of the system's libvirt, has to do without.

    Raises:
        AccessError: the system could not bring it there.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        raise failure("cannot bring the definitions to the disk", directory, error) from error
    finally:
        os.close(descriptor)
