"""Speak to qemu-img (man page qemu-img(1)).

Only absolute paths are handed over as they are: QEMU takes a name such as ``nbd:host`` or
``json:{...}`` for something other than a file, but never one that begins with a slash. Formats are always named:
left to guess, QEMU would believe whatever a guest wrote into its own raw disk.
"""

import json
import os

import msgspec

from qq2clone_tui.adapters.processes import Completed, failure, run, run_checked
from qq2clone_tui.domain.errors import AccessError, BadArgument, CommandFailed, WrongFileKind

from .os_errors import refused_by_system

__all__ = ["FORMATS", "ImageInfo", "check", "commit", "convert_to_qcow2", "create_qcow2", "drop_snapshot", "info",
           "keep_snapshot", "resize"]  # fmt: skip

FORMATS = frozenset(
    {"bochs", "cloop", "dmg", "luks", "parallels", "qcow", "qcow2", "qed", "raw", "vdi", "vhdx", "vmdk", "vpc"}
)
"""Formats of image files. QEMU's other drivers reach over the network or into other files."""

QUICK_SECONDS = 60.0
CHECK_SECONDS = 600.0
SLOWEST_COPY_BYTES_PER_SECOND = 2 * 1024 * 1024

LONGEST_BACKING_NAME = 1023
"""Bytes, by the qcow2 format."""

CORRUPT = 2
"""Exit status of ``qemu-img check`` for an image that is damaged (3: only wastes space)."""


class ImageInfo(msgspec.Struct, rename="kebab", frozen=True):
    """What ``qemu-img info --output=json`` says of one image, as far as it matters here."""

    format: str
    virtual_size: int
    encrypted: bool = False
    backing_filename: str | None = None
    full_backing_filename: str | None = None
    backing_filename_format: str | None = None


def info(path: str, format_: str = "") -> ImageInfo:
    """Return what the image says of itself, without opening its backing file.

    Args:
        path: absolute path; the image may be in use (``-U`` takes no lock).
        format_: the format to read it as; empty to let qemu-img look.

    Raises:
        WrongFileKind: it cannot be read as that format.
        AccessError: the system refused it.
        MissingProgram: qemu-img is not installed.
    """
    declared = ["-f", _known(format_, path)] if format_ else []
    done = _run(["info", "-U", "--output=json", *declared, path], QUICK_SECONDS, path)
    if done.returncode != 0:
        what = "cannot read the image"
        refused = refused_by_system(what, path, failure(what, "qemu-img", done))
        if not isinstance(refused, CommandFailed):
            raise refused
        raise WrongFileKind(what, subject=path, why=refused.why, remedy="It is damaged, or no disk image.")
    try:
        return msgspec.json.decode(done.stdout.encode(errors="replace"), type=ImageInfo)
    except msgspec.MsgspecError as error:
        raise CommandFailed("cannot understand qemu-img info", subject=path, why=str(error)) from error


def check(path: str) -> str:
    """Return why a qcow2 image is damaged, or nothing when it is sound or in use by a machine.

    While a machine writes to it, what is on disk may look damaged and be right.
    """
    # Without its backing file: a name in there is not to be opened before it has been judged.
    alone = {"driver": "qcow2", "backing": None, "file": {"driver": "file", "filename": path}}
    done = _run(["check", "-q", f"json:{json.dumps(alone)}"], CHECK_SECONDS, path)
    if done.returncode == CORRUPT:
        return "its own tables contradict it or point past its end"
    return ""


def create_qcow2(path: str, size: int, base: str = "", base_format: str = "") -> None:
    """Create an empty qcow2 image, or an overlay when ``base`` is given.

    The caller has looked at the base: ``-u`` keeps qemu-img from opening it once more.

    Args:
        path: absolute path; an existing file is overwritten.
        size: virtual size in bytes.
    """
    if len(os.fsencode(base)) > LONGEST_BACKING_NAME:
        why = f"an overlay has room for a path of {LONGEST_BACKING_NAME} bytes"
        raise AccessError("cannot use the base image", subject=base, why=why, remedy="Move it to a shorter path.")
    over = ["-u", "-b", base, "-F", _known(base_format, base)] if base else []
    _act("cannot create the image", ["create", "-q", "-f", "qcow2", *over, path, str(size)], QUICK_SECONDS, path)


def convert_to_qcow2(source: str, format_: str, path: str, size: int) -> None:
    """Copy an image with all it stands on into an independent qcow2 image.

    Args:
        source: absolute path; qemu-img locks it, so that no machine writes to it meanwhile.
        path: absolute path; the content of an existing file is replaced, its mode kept.
        size: bytes the source may hold, from which the time allowed follows.
    """
    seconds = QUICK_SECONDS + size / SLOWEST_COPY_BYTES_PER_SECOND
    argv = ["convert", "-q", "-f", _known(format_, source), "-O", "qcow2", source, path]
    _act("cannot copy the image", argv, seconds, path)


def commit(path: str, format_: str) -> None:
    """Write what an overlay holds into the image below it; the overlay is left as it is (``-d``).

    Both are locked meanwhile, so that no machine uses either.
    """
    argv = ["commit", "-q", "-d", "-f", _known(format_, path), path]
    size = os.stat(path).st_size  # noqa: PTH116 - its caller has just looked at it
    _act(
        "cannot write the changes into the image below",
        argv,
        QUICK_SECONDS + size / SLOWEST_COPY_BYTES_PER_SECOND,
        path,
    )


def resize(path: str, size: int) -> None:
    """Grow a qcow2 image to ``size`` bytes."""
    _act("cannot grow the image", ["resize", "-q", "-f", "qcow2", path, str(size)], QUICK_SECONDS, path)


def keep_snapshot(path: str, name: str) -> None:
    """Make an internal snapshot of a qcow2 image, also where there is one of that name.

    Args:
        path: absolute path; qemu-img locks it.
        name: the snapshot's name.
    """
    _act("cannot keep the state of the image", ["snapshot", "-q", "-c", name, path], QUICK_SECONDS, path)


def drop_snapshot(path: str, name: str) -> None:
    """Delete an internal snapshot of a qcow2 image; of several of that name, the oldest.

    Args:
        path: absolute path; qemu-img locks it.
        name: the snapshot's name; one that is also the number of another means the name.
    """
    _act("cannot take the state out of the image", ["snapshot", "-q", "-d", name, path], QUICK_SECONDS, path)


def _act(what: str, arguments: list[str], seconds: float, path: str) -> None:
    try:
        run_checked(["qemu-img", *_checked(arguments, path)], what, timeout_seconds=seconds)
    except CommandFailed as failed:
        raise refused_by_system(what, path, failed) from failed


def _run(arguments: list[str], seconds: float, path: str) -> Completed:
    return run(["qemu-img", *_checked(arguments, path)], timeout_seconds=seconds)


def _checked(arguments: list[str], path: str) -> list[str]:
    if not path.startswith("/"):
        raise BadArgument("cannot use the image", subject=path, why="its path is not absolute")
    return arguments


def _known(format_: str, path: str) -> str:
    if format_ not in FORMATS:
        raise WrongFileKind(
            "cannot use the image",
            subject=path,
            why=f"{format_!r} is not a format of image files",
            remedy="Convert it to qcow2.",
        )
    return format_
