"""Find out what a volume is, and whether what it stands on is there."""

import posixpath
from itertools import islice
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from qq2clone_tui.adapters.images.file_kinds import wrong_kind
from qq2clone_tui.adapters.images.new_file import open_source
from qq2clone_tui.adapters.images.qcow2_header import cut_short, has_data_file, is_qcow2
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError, WrongFileKind

from .binding import libvirt
from .volume_xml import volume_facts
from .volumes import download, find_volume, kind_of, pool_of

__all__ = ["is_remote", "plain", "read_content", "read_volume", "volume_chain"]

HEAD_BYTES = 4096
CANNOT_USE = "cannot use the image"
LONGEST_CHAIN = 200


def read_volume(connection: Any, path: str, declared: str) -> ImageFacts:
    """Return the facts of the volume at an absolute path, having looked at what it stands on.

    Args:
        declared: the format its owner says it has; empty when nobody said.

    Raises:
        AccessError: it, or a file it stands on, is missing, or no pool holds its directory.
        WrongFileKind: it is no disk image, not of the declared format, or cut short.
        libvirtError: a call failed.
    """
    top = facts = _one(connection, path, declared)
    seen = {path}
    while facts.backing is not None:
        if facts.backing in seen or len(seen) > LONGEST_CHAIN:
            raise WrongFileKind(CANNOT_USE, subject=path, why="its backing files refer to one another in a circle")
        seen.add(facts.backing)
        if _out_of_sight(connection, facts.backing):
            break
        facts = _below(connection, facts, path)
    return top


def plain(path: str) -> str:
    """Return a path without ``..`` and doubled slashes; which parts are links cannot be told from here."""
    return posixpath.normpath(f"/{path.lstrip('/')}") if path.startswith("/") else path


def volume_chain(connection: Any, path: str) -> tuple[str, ...]:
    """Return a volume's path and those of what it stands on, top first, as far as the pools know.

    Raises:
        libvirtError: a call failed.
    """
    found: list[str] = []
    following: str | None = path
    while following and plain(following) not in found and len(found) < LONGEST_CHAIN:
        found.append(plain(following))
        volume = find_volume(connection, found[-1])
        following = None if kind_of(volume) is None else volume_facts(volume.XMLDesc(0), found[-1]).backing
    return tuple(found)


def read_content(connection: Any, path: str) -> bytes:
    """Return the bytes of a small file: a volume, or a file of this host if the hypervisor's is the same.

    Raises:
        AccessError: it cannot be found or read.
        libvirtError: a call failed.
    """
    volume = find_volume(connection, path)
    if volume is not None:
        return b"".join(download(connection, volume))
    if is_remote(connection):
        raise _no_pool(path)
    with open_source(path) as descriptor, open(descriptor, "rb", closefd=False) as file:
        return file.read()


def _one(connection: Any, path: str, declared: str) -> ImageFacts:
    volume = find_volume(connection, path)
    kind = kind_of(volume)
    if kind is None:
        raise _missing(connection, path)
    if kind not in (libvirt.VIR_STORAGE_VOL_FILE, libvirt.VIR_STORAGE_VOL_BLOCK):
        raise WrongFileKind(CANNOT_USE, subject=path, why="it is a directory", remedy="Give a disk image.")
    length = volume.infoFlags(libvirt.VIR_STORAGE_VOL_GET_PHYSICAL)[2]
    head = b"".join(islice(download(connection, volume, min(length, HEAD_BYTES)), 1)) if length else b""
    if not head:
        raise WrongFileKind(CANNOT_USE, subject=path, why="it is empty", remedy="Give a disk image.")
    facts = volume_facts(volume.XMLDesc(0), path)
    _judge(facts, declared, head, length)
    return facts


def _judge(facts: ImageFacts, declared: str, head: bytes, length: int) -> None:
    why = ""
    if declared and facts.format != declared:
        why = f"it is of format {facts.format!r}, not {declared!r}"
    elif is_qcow2(head) and facts.format != "raw":
        if has_data_file(head):
            why = "it keeps its data in another file"
        elif cut_short(head, length):
            why = "it is damaged: the file was cut short"
    elif facts.format == "raw" and not declared:
        kind = wrong_kind(head)
        why = f"it is {kind}" if kind else ""
    if why:
        raise WrongFileKind(CANNOT_USE, subject=facts.path, why=why, remedy="Give a sound disk image.")
    if facts.backing is not None and not facts.backing.startswith("/"):
        why = f"its backing file {facts.backing!r} is not a file of that host"
        raise AccessError(CANNOT_USE, subject=facts.path, why=why, remedy="Flatten it with qemu-img convert.")


def _below(connection: Any, above: ImageFacts, top: str) -> ImageFacts:
    try:
        return _one(connection, above.backing or "", "")
    except (AccessError, WrongFileKind) as error:
        raise type(error)(
            f"cannot use the image {top!r}, because of its backing file",
            subject=above.backing or "",
            why=error.why,
            remedy=f"Restore that file, or point {above.path!r} to where it is now (qemu-img rebase -u).",
        ) from error


def _out_of_sight(connection: Any, path: str) -> bool:
    # QEMU may well find a backing file that no pool shows us.
    return find_volume(connection, path) is None and pool_of(connection, str(PurePosixPath(path).parent)) is None


def _missing(connection: Any, path: str) -> AccessError:
    if pool_of(connection, str(PurePosixPath(path).parent)) is None:
        return _no_pool(path)
    return AccessError("cannot read the image", subject=path, why="there is no such file", remedy="Check the path.")


def _no_pool(path: str) -> AccessError:
    directory = PurePosixPath(path).parent
    return AccessError(
        "cannot read the image",
        subject=path,
        why="no storage pool of the hypervisor holds its directory",
        remedy=f"Make one: virsh pool-create-as NAME dir --target {str(directory)!r}",
    )


def is_remote(connection: Any) -> bool:
    """Tell whether the hypervisor's files are on another host than this process."""
    return bool(urlsplit(connection.getURI()).hostname)
