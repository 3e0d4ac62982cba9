"""Finish or undo what processes that are gone left half done, and say what became of each."""

from collections.abc import Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.findings import Fate, Finding, FindingKind
from qq2clone_tui.engine.ports.salvage import Leftover
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.tools import Tools

from .scene import SetOut

__all__ = ["unfinished_work"]


def unfinished_work(tools: Tools, out: SetOut) -> Sequence[Finding]:
    """Return what was left half done, having dealt with all of it unless only a look was wished."""
    left = tools.catalogue.salvage.leftovers()
    if not left:
        return []
    sentences = recover(tools) if out.wish.mend else ()
    return [
        _became(tools, one, sentences, mending=out.wish.mend)
        for one in left
        if not one.template or out.covers(one.template)
    ]


def _became(tools: Tools, left: Leftover, sentences: Sequence[str], *, mending: bool) -> Finding:
    why = f"a process that is gone left it behind: {left.why}"
    finding = Finding(FindingKind.UNFINISHED, left.subject, why, template=left.template)
    if not mending:
        return replace(finding, fate=Fate.MENDABLE, deed="it is finished or undone")
    name = left.subject.removeprefix("template ")
    said = next((sentence for sentence in sentences if sentence.startswith(name)), "")
    if _still(tools, left):
        remedy = f"{said.rstrip('.')}." if said else "It is tried again at every start."
        return replace(finding, remedy=remedy)
    deed = said.removeprefix(name).lstrip(":, ").rstrip(".") or "it is finished or undone"
    return replace(finding, fate=Fate.MENDED, deed=deed)


def _still(tools: Tools, left: Leftover) -> bool:
    """Tell whether it is half done still: by us now, or by nobody, when somebody else was quicker."""
    catalogue = tools.catalogue
    record = catalogue.clone(left.ident)
    if record is not None and record.status is not CloneStatus.READY:
        return True
    if left.ident in catalogue.journal.ours() or catalogue.intents.of(left.ident) is not None:
        return True
    return any(one.ident == left.ident for one in catalogue.salvage.leftovers())
