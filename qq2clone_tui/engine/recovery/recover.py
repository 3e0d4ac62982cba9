"""Finish or undo what killed processes left half done.

The code for each kind is loaded when there is something of it: mostly there is nothing.
"""

from qq2clone_tui.engine.tools import Tools

__all__ = ["recover"]


def recover(tools: Tools) -> tuple[str, ...]:
    """Undo clones and images that were being made and finish removals, for processes that are gone.

    Returns:
        One sentence for each machine or image, also for those that could not be dealt with yet.
    """
    catalogue = tools.catalogue
    told: list[str] = []
    if catalogue.saved.interrupted():
        from qq2clone_tui.engine.saving.saved_states import finish_restores

        told += finish_restores(tools)
    intents = catalogue.intents.take_over()
    if intents:
        from .intents import recover_intents

        told += recover_intents(tools, intents)
    if any(record.misnamed for record in catalogue.clones()):
        from qq2clone_tui.engine.templates.renaming import settle_names

        told += settle_names(tools)
    abandoned, files = catalogue.abandoned(), catalogue.journal.take_over()
    if abandoned or files:
        from .files import recover_files

        told += recover_files(tools, abandoned, files)
    return tuple(told)
