"""Finish or undo what killed processes left half done."""

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError

from .execute import remove_machine
from .tools import Tools

__all__ = ["recover"]


def recover(tools: Tools) -> tuple[str, ...]:
    """Undo clones that were being made and finish removals, for processes that are gone.

    Returns:
        One sentence for each machine, also for those that could not be dealt with yet.
    """
    sentences = []
    for record in tools.catalogue.abandoned():
        making = record.status is CloneStatus.MAKING
        name = record.identity.name
        try:
            if not _claimed(tools, record.identity.uuid):
                continue
            remove_machine(tools, record)
        except Qq2cloneError as error:
            sentences.append(f"{name} was left half {'made' if making else 'removed'}: {error.paragraph()}")
        else:
            done = "it was only half made and is undone" if making else "its interrupted removal is finished"
            sentences.append(f"{name}: {done}")
    return tuple(sentences)


def _claimed(tools: Tools, uuid: str) -> bool:
    """Tell whether this is ours to do: two processes that start together find the same machines.

    The slower one would delete by name what a third process may have made anew by then.
    """
    try:
        tools.catalogue.mark_removing([uuid])
    except BadArgument:
        return False
    return tools.catalogue.clone(uuid) is not None
