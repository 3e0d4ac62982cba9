"""Reach the daemon of this host from a process that holds an embedded driver.

Once an embedded driver is loaded, libvirt asks it for every local ``qemu`` URI, and refuses
``qemu:///system`` for want of a root. Only a URI that names the daemon's socket gets past it.

Source: https://libvirt.org/uri.html#unix-transport
"""

import os
from pathlib import Path
from urllib.parse import quote, urlsplit

__all__ = ["by_socket"]

_SYSTEM_RUN = Path("/run/libvirt")
_SOCKETS = ("libvirt-sock", "virtqemud-sock")


def by_socket(uri: str) -> str:
    """Return a local ``qemu:///`` URI with its socket named; any other as it is."""
    parts = urlsplit(uri)
    if parts.scheme != "qemu" or parts.netloc or parts.path not in ("/system", "/session"):
        return uri
    query = f"{parts.query}&" if parts.query else ""
    return f"qemu+unix://{parts.path}?{query}socket={quote(str(_socket(parts.path)))}"


def _socket(path: str) -> Path:
    """Return the socket of the daemon, the older single one before that of QEMU alone."""
    run = _SYSTEM_RUN if path == "/system" or os.geteuid() == 0 else _user_run()
    candidates = [run / name for name in _SOCKETS]
    return next((socket for socket in candidates if socket.exists()), candidates[0])


def _user_run() -> Path:
    return Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.geteuid()}") / "libvirt"
