"""Plan which versions nobody needs, and let them go."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError, TemplateError
from qq2clone_tui.domain.prune_plan import Fold, PrunePlan, TemplatePruning
from qq2clone_tui.domain.pruning import decide, flatten
from qq2clone_tui.domain.reference import Reference, parse_reference
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.tools import Tools

from .fold import carry_out
from .standings import obstacles_of, standings_of, with_inherited

__all__ = ["DEPTH", "FoldResult", "OnPruning", "Pruning", "PruningProgress"]

DEPTH = 8
"""Files that a chain of images may have when no setting says otherwise."""

_CLOSING_SECONDS = 4.0
_LOOK_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class PruningProgress:
    """How far pruning has got.

    Args:
        template: the template that is worked on.
        fold: what is being done to it.
        done, whole: how many folds are done, and how many there are.
        fraction: how much of this one is done, from 0 to 1.
    """

    template: str
    fold: Fold
    done: int
    whole: int
    fraction: float = 0.0


@dataclass(frozen=True, slots=True)
class FoldResult:
    """What became of one part of a plan.

    Args:
        template: its template.
        fold: what was to be done.
        error: why it was not done; None when it was.
        freed: bytes on disk that it gave back; below zero when merging took more than went.
        remarks: sentences about files that are kept after all.
    """

    template: str
    fold: Fold
    error: Qq2cloneError | None = None
    freed: int = 0
    remarks: tuple[str, ...] = ()


OnPruning = Callable[[PruningProgress], None]


class Pruning:
    """Removes versions that nobody needs, and shortens chains of images.

    Args:
        tools: the adapters.
        inventory: told when versions are gone.

    Attributes:
        limit: files that a chain may have before it counts as too deep.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory
        self._under_way: set[threading.Event] = set()
        self.limit = DEPTH

    @property
    def active(self) -> int:
        """Return how many plans are being carried out."""
        return len(self._under_way)

    def close(self) -> None:
        """Stop what is under way, and wait a little until it is undone."""
        deadline = time.monotonic() + _CLOSING_SECONDS
        while self.active and time.monotonic() < deadline:
            for stop in tuple(self._under_way):
                stop.set()
            time.sleep(_LOOK_SECONDS)

    def plan_prune(self, template: str | None = None) -> PrunePlan:
        """Return which versions of one template, or of all, can go.

        Args:
            template: its name, or one of its versions (``debian@v2``); None for all.

        Raises:
            TemplateError: there is no such template or version, or the one that was named cannot go.
            HypervisorError, AccessError: who needs what cannot be told.
        """
        catalogue = self._tools.catalogue
        reference = parse_reference(template) if template is not None else None
        templates = [catalogue.template(reference.name)] if reference else catalogue.templates()
        wanted = None if reference is None or reference.version is None else [reference.version]
        graph = self._tools.index.graph()
        found = []
        for each in (with_inherited(self._tools, template) for template in templates):
            standings, obstacles = standings_of(self._tools, graph, each), obstacles_of(self._tools, each)
            found.append(decide(each, standings, obstacles, wanted))
        if wanted:
            _refuse_kept(templates[0], wanted[0], found[0])
        return PrunePlan(tuple(found), tuple(self._warnings(found, 0)))

    def plan_flatten(self, template: str, depth: int | None = None) -> PrunePlan:
        """Return which versions go so that the chains of the newest one have at most so many files.

        Args:
            template: its name, or its newest version (``debian@v7``).
            depth: files a chain may have, at least 1; None for the setting.

        Raises:
            BadArgument: the depth is no possible one.
            TemplateError: there is no such template or version, or it is not the newest one.
        """
        limit = self.limit if depth is None else depth
        if limit < 1:
            why = "a chain has at least one image"
            raise BadArgument("cannot flatten to that depth", subject=str(limit), why=why, remedy="Give 1 or more.")
        named = parse_reference(template)
        whole = self._tools.catalogue.template(named.name)
        _refuse_older(whole.at(named.version))
        chosen = with_inherited(self._tools, whole)
        standings = standings_of(self._tools, self._tools.index.graph(), chosen)
        found = flatten(chosen, standings, obstacles_of(self._tools, chosen), limit)
        return PrunePlan((found,), tuple(self._warnings([found], limit)), limit)

    def depth(self, template: str) -> int:
        """Return how many files the longest chain of a template's newest version has; only those are looked at."""
        disks = self._tools.catalogue.template(template).newest.disks
        return max((len(self._tools.images.stands_on(disk.image)) for disk in disks), default=0)

    def too_deep(self, template: str) -> str:
        """Return a sentence about chains deeper than the setting allows; empty when they are not."""
        depth = self.depth(template)
        if depth <= self.limit:
            return ""
        deep = f"{depth} deep, and the setting depth is {self.limit}"
        return f"The images of {template} stand on one another {deep}: flatten makes them fewer."

    def prune(
        self, plan: PrunePlan, on_progress: OnPruning, stop: threading.Event | None = None
    ) -> tuple[FoldResult, ...]:
        """Carry out a plan; what fails for one template does not stop the others.

        Args:
            plan: as it was made; refused part by part where it is not right any more.
            on_progress: told how far it has got, on this thread.
            stop: set by somebody to stop: what is under way is undone, unless its versions are gone already.
        """
        stop = stop or threading.Event()
        work = list(plan.work)
        self._under_way.add(stop)
        try:
            at = [PruningProgress(template, fold, done, len(work)) for done, (template, fold) in enumerate(work)]
            return tuple(self._one(progress, on_progress, stop) for progress in at)
        finally:
            self._under_way.discard(stop)

    def _one(self, progress: PruningProgress, on_progress: OnPruning, stop: threading.Event) -> FoldResult:
        template, fold = progress.template, progress.fold
        on_progress(progress)
        try:
            if stop.is_set():
                raise BadArgument("the versions were left alone", subject=template, why="it was stopped before")
            carried = carry_out(
                self._tools, template, fold, lambda fraction: on_progress(replace(progress, fraction=fraction)), stop
            )
        except Qq2cloneError as error:
            return FoldResult(template, fold, error)
        finally:
            self._inventory.nudge()
        return FoldResult(template, fold, freed=carried.freed, remarks=carried.remarks)

    def _warnings(self, found: Sequence[TemplatePruning], limit: int) -> Iterator[str]:
        for template in found:
            if limit and template.depth_after > limit:
                yield (
                    f"The images of {template.template} will still stand on one another {template.depth_after} deep: "
                    "the versions between are needed."
                )
        most = max((sum(merge.copied for merge in fold.merges) for one in found for fold in one.folds), default=0)
        if most:
            room = self._tools.images.room()
            if room is not None and most > room.free:
                yield f"Merging may take up to {most >> 20} MiB for a while, and {room.free >> 20} MiB are free."


def _refuse_older(chosen: Template) -> None:
    """Raise unless a template is at its newest version: a chain below that is what makes starting slow."""
    newest = chosen.newest.number
    if chosen.version != newest:
        one = str(Reference(chosen.name, chosen.version))
        raise TemplateError(
            "cannot flatten below that version",
            subject=one,
            why=f"chains are made shorter below the newest version, which is v{newest}",
            remedy=f"Say: qq2clone flatten {chosen.name}. To remove that version alone, say: qq2clone prune {one}",
        )


def _refuse_kept(template: Template, number: int, found: TemplatePruning) -> None:
    """Raise when the one version that was named cannot go; else only those that were would be told."""
    chosen = template.at(number)
    reasons = [reason for kept in found.kept if kept.version == number for reason in kept.reasons]
    if number == template.newest.number:
        reasons = ["it is the newest"]
    if reasons:
        subject = str(Reference(chosen.name, number))
        raise TemplateError("cannot remove the version", subject=subject, why="; ".join(reasons))
