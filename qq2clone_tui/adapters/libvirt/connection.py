"""Open one connection: no prompt on the terminal, keep-alive where there is a daemon."""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from qq2clone_tui.domain.errors import AccessError, BadArgument, ConnectionFailed

from . import embed, shelf
from .binding import libvirt
from .errors import About, translate
from .event_loop import ensure_running
from .local_daemon import by_socket
from .settling import settle
from .steady_cpu import on_one_cpu

__all__ = ["close_quietly", "dial", "in_process", "is_alive", "quiet_uri"]

KEEPALIVE_SECONDS = 5
KEEPALIVE_MISSES = 3

_log = logging.getLogger(__name__)
_WHAT = "cannot connect to the hypervisor"
_embedded: list[bool] = []
_CREDENTIALS = [
    libvirt.VIR_CRED_USERNAME,
    libvirt.VIR_CRED_AUTHNAME,
    libvirt.VIR_CRED_PASSPHRASE,
    libvirt.VIR_CRED_ECHOPROMPT,
    libvirt.VIR_CRED_NOECHOPROMPT,
]


def in_process(uri: str) -> bool:
    """Tell whether the driver lives in this process: then one connection is all there is to have.

    Two connections to ``test:///FILE`` would be two different worlds.

    Raises:
        BadArgument: the URI is malformed.
    """
    return _parts(uri).scheme == "test" or embed.is_embed(uri)


def quiet_uri(uri: str) -> str:
    """Return ``uri`` such that ssh never asks on the terminal.

    Source: ``no_tty`` at https://libvirt.org/uri.html#ssh-transport
    """
    parts = urlsplit(uri)
    if not parts.scheme.endswith("+ssh") or "no_tty=" in parts.query:
        return uri
    return f"{uri}{'&' if parts.query else '?'}no_tty=1"


def dial(uri: str) -> Any:
    """Open a connection and return its ``virConnect``.

    Raises:
        BadArgument: the URI is malformed.
        AccessError: the directory or file it names cannot be used.
        ConnectionFailed: the hypervisor cannot be reached.
    """
    _check(uri)
    ensure_running()
    try:
        connection = _embed(uri) if embed.is_embed(uri) else _open(quiet_uri(by_socket(uri) if _embedded else uri))
    except libvirt.libvirtError as fault:
        raise _explained(fault, uri) from fault
    if not in_process(uri):
        _keep_alive(connection)
    return connection


def is_alive(connection: Any) -> bool:
    """Tell whether a connection still has its socket; asks nobody."""
    try:
        return bool(connection.isAlive() == 1)
    except libvirt.libvirtError:
        return False


def close_quietly(connection: Any) -> None:
    """Close a connection that may be dead; may block for as long as its daemon does."""
    if shelf.put_away(connection):
        return
    try:
        connection.close()
    except libvirt.libvirtError as fault:
        _log.debug("closing a connection: %s", fault)


def _open(uri: str) -> Any:
    return libvirt.openAuth(uri, [_CREDENTIALS, _refuse_to_ask, None], 0)


def _embed(uri: str) -> Any:
    if (kept := shelf.take(uri)) is not None:
        return kept
    with on_one_cpu():
        connection = _open(uri)
    _embedded.append(True)
    shelf.lend(uri, connection)
    settle(connection)
    return connection


def _parts(uri: str) -> SplitResult:
    try:
        parts = urlsplit(uri)
        why = "" if parts.scheme and "\0" not in uri else "it is no libvirt URI"
    except ValueError as fault:
        why = str(fault)
    if why:
        raise BadArgument(
            "cannot use the connection",
            subject=uri,
            why=why,
            remedy="Use qemu:///system, qemu:///session, qemu+ssh://HOST/system or qemu:///embed?root=DIR.",
        )
    return parts


def _check(uri: str) -> None:
    parts = _parts(uri)
    if embed.is_embed(uri):
        embed.prepare(embed.root_of(uri))
    elif parts.scheme == "test" and parts.path not in ("", "/", "/default"):
        # libxml2 would complain of a missing file on standard error, past every handler.
        _check_readable(Path(unquote(parts.path)))


def _check_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as fault:
        raise AccessError(
            "cannot read the hypervisor's file", subject=str(path), why=fault.strerror or str(fault)
        ) from fault


def _refuse_to_ask(_credentials: object, _data: object) -> int:
    """Answer -1, "no credentials": a prompt would fall into the middle of a full screen."""
    return -1


def _explained(fault: Any, uri: str) -> Exception:
    error = translate(fault, About(_WHAT, uri, ConnectionFailed))
    if "pid file" in error.why and embed.is_embed(uri):
        root = embed.root_of(uri)
        who = embed.holder(root) or "another process"
        error.why = f"the root directory {root} is in use by {who}"
    return error


def _keep_alive(connection: Any) -> None:
    try:
        connection.setKeepAlive(KEEPALIVE_SECONDS, KEEPALIVE_MISSES)
    except libvirt.libvirtError as fault:
        _log.info("the connection has no keep-alive: %s", fault)
