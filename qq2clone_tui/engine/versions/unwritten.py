"""Warn of a staging machine whose guest was not shut down before what it wrote is made a version."""

from qq2clone_tui.domain.clone import CloneRecord
from qq2clone_tui.domain.states import CutShort
from qq2clone_tui.engine.tools import Tools

__all__ = ["unwritten"]

_WORDS = {
    CutShort.FORCED: "was forced off",
    CutShort.CRASHED: "crashed or was killed",
    CutShort.FORGOTTEN: "was saved and its memory thrown away",
}


def unwritten(tools: Tools, record: CloneRecord) -> tuple[str, ...]:
    """Return what to read before a staging machine is committed that went off without its guest's doing.

    The images are whole all the same, so it is no obstacle; but whoever installed something a moment before
    takes it to be in there.
    """
    domain = tools.hypervisor.read_domain(record.identity.uuid)
    if domain is None or not domain.cut_short:
        return ()
    return (
        f"the staging machine {_WORDS[domain.cut_short]}, not shut down: what its guest had not written by then "
        "is missing, and its file systems may need mending; to be sure, start it and shut it down inside first",
    )
