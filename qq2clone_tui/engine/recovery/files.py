"""Undo clones and images that killed processes were making, and finish removals."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.image_graph import ImageGraph
from qq2clone_tui.engine.images.gate import need_beside, need_of
from qq2clone_tui.engine.jobs.execute import remove_machine
from qq2clone_tui.engine.tools import Tools

__all__ = ["recover_files"]


def recover_files(tools: Tools, abandoned: Sequence[CloneRecord], files: Sequence[str]) -> tuple[str, ...]:
    """Deal with clones that nobody makes or removes any more, and with files that nobody finishes.

    Args:
        tools: the adapters.
        abandoned: the clones.
        files: absolute paths that this process has taken over.

    Returns:
        One sentence for each, also for those that could not be dealt with yet.
    """
    try:
        graph = tools.index.graph()
    except Qq2cloneError as error:
        return (f"what killed processes left behind was not cleared up: {error.paragraph()}",)
    machines = [_sentence(tools, record, graph) for record in abandoned]
    going = {path: tools.images.resolved(path) for path in files}
    images = [_cleared(tools, path, need_beside(graph, real, going.values())) for path, real in going.items()]
    return tuple(filter(None, (*machines, *images)))


def _cleared(tools: Tools, path: str, need: str) -> str:
    """Delete an image of a killed import or of a template that is forgotten, unless anybody needs it."""
    try:
        there = bool(tools.images.allocated_bytes([path]))
        if not need:
            tools.delete_file(path)
        tools.catalogue.journal.drop([path])
    except Qq2cloneError as error:
        return f"{path} was left behind: {error.paragraph()}"
    if need:
        return f"{path}, left behind by a killed process, is kept: {need} needs it"
    return f"{path}: a killed process left it behind and it is deleted" if there else ""


def _sentence(tools: Tools, record: CloneRecord, graph: ImageGraph) -> str:
    making, name = record.status is CloneStatus.MAKING, record.identity.name
    try:
        clear = _task(tools, record, graph)
        if not _claimed(tools, record.identity.uuid):
            return ""
        clear()
    except Qq2cloneError as error:
        return f"{name} was left half {'made' if making else 'removed'}: {error.paragraph()}"
    done = "it was only half made and is undone" if making else "its interrupted removal is finished"
    return f"{name}: {done}"


def _task(tools: Tools, record: CloneRecord, graph: ImageGraph) -> Callable[[], None]:
    """Return what is to be done about one machine.

    A number that was only reserved is free for others: another user, with a catalogue of his own, may
    have made a machine of that name since. A clone's domain comes before its files and, when its
    making is undone, goes after them; so without a domain, no file is ours.
    """
    uuid = record.identity.uuid
    if record.status is CloneStatus.MAKING and tools.hypervisor.read_domain(uuid) is None:
        return lambda: tools.catalogue.forget([uuid])
    ours = tuple(path for path in record.files if not need_of(tools, graph, [path], [uuid]))
    return lambda: remove_machine(tools, replace(record, files=ours))


def _claimed(tools: Tools, uuid: str) -> bool:
    """Tell whether this is ours to do: two processes that start together find the same machines.

    The slower one would delete by name what a third process may have made anew by then.
    """
    try:
        tools.catalogue.mark_removing([uuid])
    except BadArgument:
        return False
    return tools.catalogue.clone(uuid) is not None
