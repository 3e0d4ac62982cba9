"""Finish or undo what killed processes left half done."""

from collections.abc import Callable
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError

from .dependents import Needs, needs_of_strangers
from .execute import remove_machine
from .tools import Tools

__all__ = ["recover"]


def recover(tools: Tools) -> tuple[str, ...]:
    """Undo clones that were being made and finish removals, for processes that are gone.

    Returns:
        One sentence for each machine, also for those that could not be dealt with yet.
    """
    abandoned = tools.catalogue.abandoned()
    if not abandoned:
        return ()
    try:
        needs = needs_of_strangers(tools)
    except Qq2cloneError as error:
        return (f"what killed processes left behind was not cleared up: {error.paragraph()}",)
    sentences = (_sentence(tools, record, needs) for record in abandoned)
    return tuple(sentence for sentence in sentences if sentence)


def _sentence(tools: Tools, record: CloneRecord, needs: Needs) -> str:
    making, name = record.status is CloneStatus.MAKING, record.identity.name
    try:
        clear = _task(tools, record, needs)
        if not _claimed(tools, record.identity.uuid):
            return ""
        clear()
    except Qq2cloneError as error:
        return f"{name} was left half {'made' if making else 'removed'}: {error.paragraph()}"
    done = "it was only half made and is undone" if making else "its interrupted removal is finished"
    return f"{name}: {done}"


def _task(tools: Tools, record: CloneRecord, needs: Needs) -> Callable[[], None]:
    """Return what is to be done about one machine.

    A number that was only reserved is free for others: another user, with a catalogue of his own, may
    have made a machine of that name since. A clone's domain comes before its files and, when its
    making is undone, goes after them; so without a domain, no file is ours.
    """
    uuid = record.identity.uuid
    if record.status is CloneStatus.MAKING and tools.hypervisor.read_domain(uuid) is None:
        return lambda: tools.catalogue.forget([uuid])
    ours = tuple(path for path in record.files if tools.images.resolved(path) not in needs)
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
