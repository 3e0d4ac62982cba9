"""Write what a step does as the shell lines that would do the same."""

import shlex
from collections.abc import Iterable, Iterator

from .disk import ImageKind, ImageSpec
from .erasure import Erasure, ErasureKind
from .plan import Action, SwapSpec
from .prune_plan import FoldMerge

__all__ = ["erasing_lines", "lines", "merge_lines", "snapshot_line", "swap_lines", "virsh_line"]

_POWER = {
    Action.START: "start",
    Action.SHUTDOWN: "shutdown",
    Action.DESTROY: "destroy",
    Action.SUSPEND: "suspend",
    Action.RESUME: "resume",
    Action.SAVE: "managedsave",
    Action.SAVE_REMOVE: "managedsave-remove",
}


def lines(
    action: Action,
    uri: str,
    name: str,
    images: Iterable[ImageSpec] = (),
    removes: Iterable[str] = (),
    *,
    start: bool = False,
    running: bool = False,
    state_file: str = "",
) -> tuple[str, ...]:
    """Return virsh and qemu-img lines for people to read, each safe to paste into a shell.

    Args:
        action: what is done to the machine.
        uri: the hypervisor.
        name: the machine.
        images: files that are made (CLONE).
        removes: absolute paths that are deleted (REMOVE).
        start: a new clone is started once it is whole.
        running: a machine to be removed is running, and forced off first.
        state_file: absolute path of a file that holds the machine's memory (SAVE, SAVE_REMOVE, START).
    """
    if action is Action.CLONE:
        return tuple(_clone(uri, name, images, start=start))
    if action is Action.REMOVE:
        return tuple(_remove(uri, name, removes, running=running))
    if state_file:
        return tuple(_with_state_file(action, uri, name, state_file))
    return (virsh_line(uri, _POWER[action], name),)


def erasing_lines(uri: str, removal: Iterable[str], removes: Iterable[str], erasure: Erasure) -> tuple[str, ...]:
    """Return the lines of a removal with those before the last that overwrite its files.

    Args:
        uri: the hypervisor.
        removal: the lines of the removal; where files go, that is the last.
        removes: absolute paths of the files.
        erasure: how they are overwritten.
    """
    paths, plain = tuple(removes), tuple(removal)
    if not paths:
        return plain
    if erasure.kind is ErasureKind.SHRED:
        over = [_line("shred", f"--iterations={erasure.passes}", "--zero", "--", *paths)]
    else:
        over = [virsh_line(uri, "vol-wipe", path, "--algorithm", erasure.algorithm) for path in paths]
    return (*plain[:-1], *over, plain[-1])


def swap_lines(uri: str, name: str, swap: SwapSpec, *, running: bool) -> tuple[str, ...]:
    """Return the lines that give a machine other disks.

    Args:
        uri: the hypervisor.
        name: the machine.
        swap: its other disks.
        running: it runs, and is started again afterwards.
    """
    made = [_image(spec) for _, spec in swap.images]
    off, on = ([virsh_line(uri, "destroy", name)], [virsh_line(uri, "start", name)]) if running else ([], [])
    named = [virsh_line(uri, "define", f"{name}.xml")]
    return (*made, *off, *named, _line("rm", "--", *swap.paths), *on)


def merge_lines(merges: Iterable[FoldMerge], deletes: Iterable[str]) -> tuple[str, ...]:
    """Return the lines that merge images and delete those that nobody needs then; nobody checks what these do."""
    found: list[str] = []
    for merge in merges:
        image, new = merge.image, f"{merge.image}.new"
        if merge.below:
            base = ("-b", merge.below, "-F", merge.below_format or "FORMAT")
            found += [_line("cp", "--reflink=auto", "--", image, new)]
            found += [_line("qemu-img", "rebase", "-f", "qcow2", *base, new)]
        else:
            found += [_line("qemu-img", "convert", "-f", "qcow2", "-O", "qcow2", image, new)]
        found += [_line("chmod", "0444", "--", new), _line("mv", "--", new, image)]
    paths = tuple(deletes)
    return (*found, _line("rm", "--", *paths)) if paths else tuple(found)


def _with_state_file(action: Action, uri: str, name: str, path: str) -> Iterator[str]:
    if action is Action.SAVE:
        yield virsh_line(uri, "save", name, path)
        return
    if action is Action.START:
        yield virsh_line(uri, "restore", path)
    yield _line("rm", "--", path)


def _clone(uri: str, name: str, images: Iterable[ImageSpec], *, start: bool) -> Iterator[str]:
    yield virsh_line(uri, "define", f"{name}.xml")
    for spec in images:
        yield _image(spec)
    if start:
        yield virsh_line(uri, "start", name)


def _remove(uri: str, name: str, removes: Iterable[str], *, running: bool) -> Iterator[str]:
    if running:
        yield virsh_line(uri, "destroy", name)
    yield virsh_line(
        uri, "undefine", "--managed-save", "--snapshots-metadata", "--checkpoints-metadata", "--keep-nvram", name
    )
    paths = tuple(removes)
    if paths:
        yield _line("rm", "--", *paths)


def _image(spec: ImageSpec) -> str:
    match spec.kind:
        case ImageKind.OVERLAY:
            size = (str(spec.size),) if spec.size else ()
            return _line("qemu-img", "create", "-f", "qcow2", "-F", spec.base_format, "-b", spec.base, spec.path, *size)
        case ImageKind.BLANK:
            return _line("qemu-img", "create", "-f", "qcow2", spec.path, str(spec.size))
        case ImageKind.COPY:
            return _line("qemu-img", "convert", "-f", spec.base_format, "-O", "qcow2", spec.base, spec.path)
        case ImageKind.FILE:
            return _line("cp", "--", spec.base, spec.path)


def virsh_line(uri: str, *words: str) -> str:
    """Return one call of virsh, safe to paste into a shell."""
    return _line("virsh", "-c", uri, *words)


def snapshot_line(name: str, path: str) -> str:
    """Return the call of qemu-img that keeps the state of an image inside it, safe to paste into a shell."""
    return _line("qemu-img", "snapshot", "-c", name, path)


def _line(*words: str) -> str:
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    if word.isprintable():
        return shlex.quote(word)
    # shlex would keep a raw newline or escape sequence, which breaks the one-line promise and the terminal.
    return "$'" + "".join(_ansi_c(character) for character in word) + "'"


def _ansi_c(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x80 else f"\\U{code:08x}"
