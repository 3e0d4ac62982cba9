"""Carry out the going of versions: all of it happens or nothing, whenever the process is killed.

The undertaking is recorded before the first file is made. Until the versions are forgotten in the
catalogue, it says which new files to delete; in the transaction that forgets them it becomes one that
says which files to put in place and which to delete, and that can be finished at any time: an image
that is put in place reads like the one it replaces, so it matters to nobody when that happens.
"""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.merge import Merge, Sealed
from qq2clone_tui.domain.prune_plan import INHERITED, Fold, FoldMerge
from qq2clone_tui.domain.pruning import decide
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.images.gate import need_beside
from qq2clone_tui.engine.ports.merging import Merging, OnFraction
from qq2clone_tui.engine.tools import Tools

from .standings import obstacles_of, standings_of, with_inherited

__all__ = ["Carried", "carry_out", "settle"]

_WHAT = "cannot remove the versions"

_MADE, _PUT, _DELETES = "made", "put", "deletes"
"""Keys of the undertaking: first it has the new files that are being made, then what is left to do."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What came of it.

    Args:
        freed: bytes on disk that it gave back; below zero when merging took more than went.
        remarks: one sentence for each file that somebody came to need meanwhile, and that is kept.
    """

    freed: int = 0
    remarks: tuple[str, ...] = ()


def carry_out(tools: Tools, name: str, fold: Fold, on_fraction: OnFraction, stop: threading.Event) -> Carried:
    """Merge what has to be merged, forget the versions and delete their files.

    Args:
        tools: the adapters.
        name: the template.
        fold: what to do; refused unless the same is still right.
        on_fraction: told how much is done, from 0 to 1.
        stop: set by somebody to stop it, which is heeded until the versions are forgotten.

    Raises:
        Qq2cloneError: nothing was changed, or what was begun is finished at the next start.
    """
    subject = template_subject(name)
    with tools.at_work.on(subject, name):
        _settle_what_was_left(tools, name)
        _refuse_overtaken(tools, name, fold)
        made = [(merge.image, _free_name(tools, merge.image)) for merge in fold.merges]
        tools.catalogue.intents.begin(Intent(IntentKind.MERGE, subject, {_MADE: made}))
        try:
            sealed = dict(_made(tools, fold.merges, made, on_fraction, stop))
            _refuse_overtaken(tools, name, fold)
            rest = _forget(tools, tools.catalogue.template(name), fold, sealed, made)
        except BaseException:  # also when Ctrl-C ends a long copy
            now = tools.catalogue.intents.of(subject)
            if now is not None and _MADE in now.payload:  # else the versions are forgotten already
                _undo(tools, subject, made)
            raise
        before = sum(tools.images.allocated_bytes([*dict(made), *fold.deletes]).values())
        freed = before - sum(facts.allocated for facts in sealed.values())
        try:
            return Carried(freed, _finish(tools, rest))
        except Qq2cloneError as error:
            error.remedy = f"{error.remedy} The versions are gone; the rest goes with them at the next start.".strip()
            raise


def settle(tools: Tools, intent: Intent) -> str:
    """Finish or undo what a killed process had begun, and return a sentence about it.

    Raises:
        Qq2cloneError: it could not be done; it stays recorded.
    """
    name = intent.subject.removeprefix(template_subject(""))
    if _MADE in intent.payload:
        _undo(tools, intent.subject, intent.pairs(_MADE))
        return f"{name}: removing versions of it was interrupted, and they are as they were"
    kept = " ".join(_finish(tools, intent))
    return f"{name}: the interrupted removal of its versions is finished. {kept}".rstrip()


def _made(
    tools: Tools,
    merges: Sequence[FoldMerge],
    made: Sequence[tuple[str, str]],
    on_fraction: OnFraction,
    stop: threading.Event,
) -> Iterator[tuple[str, Sealed]]:
    """Make the new images and yield what is true of each once it is in place, by path."""
    whole = sum(merge.copied for merge in merges) or 1
    done = 0
    for merge, (image, new) in zip(merges, made, strict=True):
        share, before = merge.copied / whole, done / whole
        told = _scaled(on_fraction, before, share)
        yield image, _merging(tools, image).make(Merge(image, new, merge.below), told, stop)
        done += merge.copied


def _scaled(on_fraction: OnFraction, before: float, share: float) -> OnFraction:
    return lambda fraction: on_fraction(before + share * fraction)


def _settle_what_was_left(tools: Tools, name: str) -> None:
    left = tools.catalogue.intents.claim(template_subject(name))
    if left is None:
        return
    if left.kind is not IntentKind.MERGE:
        why = f"something else that was begun with it ({left.kind.value}) is not finished"
        raise BadArgument(_WHAT, subject=name, why=why, remedy="It is dealt with when qq2clone starts next.")
    settle(tools, left)


def _refuse_overtaken(tools: Tools, name: str, fold: Fold) -> None:
    """Raise unless the same would be done now: somebody may have come to need an image since."""
    template = with_inherited(tools, tools.catalogue.template(name))
    standings = standings_of(tools, tools.index.graph(), template)
    now = decide(template, standings, obstacles_of(tools, template), fold.versions)
    if [_essence(each) for each in now.folds] != [_essence(fold)]:
        reasons = [reason for kept in now.kept if kept.version in fold.versions for reason in kept.reasons]
        why = "; ".join(reasons) or "its versions have changed meanwhile"
        raise BadArgument(_WHAT, subject=name, why=why, remedy="Plan it again.")


def _essence(fold: Fold) -> object:
    merges = [(merge.image, merge.below, merge.through) for merge in fold.merges]
    return sorted(fold.versions), sorted(merges), sorted(fold.deletes)


def _forget(
    tools: Tools, template: Template, fold: Fold, sealed: dict[str, Sealed], made: Sequence[tuple[str, str]]
) -> Intent:
    """Forget the versions in the catalogue and return what is left to do, which is recorded at once."""
    names = {disk.image for each in tools.catalogue.templates() for v in each.history for disk in v.disks}
    recorded = {path: tools.images.resolved(path) for path in names.union(template.owned_files)}
    facts = {path: sealed[resolved] for path, resolved in recorded.items() if resolved in sealed}
    gone = set(fold.deletes)
    deletes = [path for path in template.owned_files if recorded[path] in gone or path in gone]
    payload = {_PUT: made, _DELETES: [(path, "") for path in deletes]}
    rest = Intent(IntentKind.MERGE, template_subject(template.name), payload)
    numbers = [number for number in fold.versions if number != INHERITED]
    tools.catalogue.versions.fold(template.name, numbers, facts, deletes, rest)
    return rest


def _finish(tools: Tools, intent: Intent) -> tuple[str, ...]:
    for image, new in intent.pairs(_PUT):
        _merging(tools, image).put(new, image)
    deletes = [path for path, _ in intent.pairs(_DELETES)]
    kept, graph = [], tools.index.graph()
    going = {tools.images.resolved(path) for path in deletes}
    for path in deletes:
        need = need_beside(graph, tools.images.resolved(path), going)
        if need:
            kept.append(f"{path} is kept: {need} came to need it.")
        else:
            tools.delete_file(path)
    tools.catalogue.journal.drop(deletes)
    tools.catalogue.intents.end(intent.subject)
    return tuple(kept)


def _merging(tools: Tools, image: str) -> Merging:
    merging = tools.store_of(image).merging
    if merging is None:
        raise BadArgument(_WHAT, subject=image, why="images cannot be merged where their files are out of reach")
    return merging


def _undo(tools: Tools, subject: str, made: Sequence[tuple[str, str]]) -> None:
    for _, new in made:
        tools.delete_file(new)
    tools.catalogue.intents.end(subject)


def _free_name(tools: Tools, image: str) -> str:
    stem, dot, suffix = image.rpartition(".")
    if not dot or "/" in suffix:
        stem, suffix = image, "qcow2"
    names = (f"{stem}.merged{number or ''}.{suffix}" for number in range(1000))
    return next(name for name in names if not tools.images.allocated_bytes([name]))
