"""Plan removals that overwrite, and overwrite."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.equivalent import erasing_lines
from qq2clone_tui.domain.erasure import Erasure, ErasureKind
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.plan import Action, Plan
from qq2clone_tui.engine.ports.image_facets import Eraser
from qq2clone_tui.engine.tools import Tools

__all__ = ["check_files", "erase_files", "to_erase"]

_ACTIONS = {ErasureKind.WIPE: Action.WIPE, ErasureKind.SHRED: Action.SHRED}


def to_erase(tools: Tools, plan: Plan, erasure: Erasure) -> Plan:
    """Return a plan of removal in which every file is overwritten before it is deleted.

    Raises:
        BadArgument: files cannot be overwritten in this way here.
    """
    _refuse_impossible(tools, erasure)
    action, uri = _ACTIONS[erasure.kind], tools.hypervisor.uri
    steps = tuple(
        replace(
            step,
            action=action,
            erase=erasure.written(),
            equivalent=erasing_lines(uri, step.equivalent, step.removes, erasure),
        )
        for step in plan.steps
    )
    return replace(plan, action=action, steps=steps, warnings=(*plan.warnings, *_warnings(tools)))


def check_files(tools: Tools, paths: Iterable[str], erasure: Erasure) -> None:
    """Refuse, before anything is touched, files that must not or cannot be overwritten.

    Raises:
        WrongFileKind, AccessError: one of them; the sentence names it.
    """
    eraser = _eraser(tools, erasure)
    bases = [disk.image for template in tools.catalogue.templates() for disk in template.disks]
    for path in paths:
        if eraser is not None:
            eraser.check(path)
        else:
            tools.hypervisor.wiping.check(path, bases)


def erase_files(tools: Tools, paths: Sequence[str], erasure: Erasure) -> None:
    """Overwrite files recorded as ours; what is missing is passed over.

    Each is looked at again just before: when a removal is finished that was interrupted, it may be
    long since another file, or a link to a base.

    Raises:
        WrongFileKind: one of them is no file of its own any more.
        AccessError, CommandFailed, MissingProgram: one could not be overwritten.
    """
    eraser = _eraser(tools, erasure)
    for path in paths:
        check_files(tools, [path], erasure)
        if eraser is not None:
            eraser.overwrite(path, erasure.passes if erasure.kind is ErasureKind.SHRED else 0)
        else:
            tools.hypervisor.wiping.wipe(path, erasure.algorithm)


def _eraser(tools: Tools, erasure: Erasure) -> Eraser | None:
    """Return what overwrites on this host, None where libvirt is to do it: that has no storage everywhere."""
    if erasure.kind is ErasureKind.WIPE and tools.hypervisor.wiping.possible():
        return None
    return tools.images.eraser


def _refuse_impossible(tools: Tools, erasure: Erasure) -> None:
    if erasure.kind is ErasureKind.SHRED and tools.images.eraser is None:
        raise BadArgument(
            "cannot shred the images",
            subject=tools.images.place,
            why="this program has no access to the files itself",
            remedy="rm-wipe lets the hypervisor's host overwrite them.",
        )
    if erasure.kind is ErasureKind.WIPE and erasure.algorithm != "zero" and not tools.hypervisor.wiping.possible():
        raise BadArgument(
            f"cannot wipe with {erasure.algorithm}",
            subject=tools.hypervisor.uri,
            why="this hypervisor has no storage driver, and without one only zeros can be written",
            remedy="Use --algorithm zero, or rm-shred.",
        )


def _warnings(tools: Tools) -> tuple[str, ...]:
    return (
        "what a base image holds is not touched: only what each machine wrote itself is overwritten",
        *(tools.images.eraser.doubts() if tools.images.eraser else ()),
    )
