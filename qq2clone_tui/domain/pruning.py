"""Decide which versions of a template can go, and which images must be merged so that they can.

A version can go when nobody but images of the template's own later versions stands on its images. Those
are then put on what is below the ones that go. Nothing here looks at a file: all is decided on what
is known of the images, and an image about which something speaks against it keeps its version.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from .prune_plan import Fold, FoldMerge, Kept, TemplatePruning
from .template import Template, Version

__all__ = ["Standing", "Standings", "decide", "flatten"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of one image of a template.

    Args:
        path: its resolved absolute path.
        format: its format; empty when it is not known.
        owned: it was made for the template, and may be deleted with it.
        below: resolved path of the image it stands on; empty when it stands alone.
        above: resolved paths of the images that stand on it directly.
        needed: why it cannot be deleted, beside who stands on it, as clauses ("the machine web uses it").
        fixed: why no image that reads the same may take its place, as clauses.
        allocated: bytes it takes on disk.
    """

    path: str
    format: str = "qcow2"
    owned: bool = True
    below: str = ""
    above: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    allocated: int = 0


Standings = Mapping[str, Standing]
"""The images of a template by the path that its versions have."""


def decide(
    template: Template,
    standings: Standings,
    obstacles: Mapping[int, Sequence[str]],
    wanted: Collection[int] | None = None,
) -> TemplatePruning:
    """Return what becomes of each version of a template.

    Args:
        template: with all its versions.
        standings: what is known of its images, by path as the versions have it, and by resolved path.
        obstacles: why versions must stay whatever their images are, by number ("it has 3 clones").
        wanted: the versions that may go; None for all.
    """
    history, view = template.history, _View(template.history, standings)
    kept = {number: list(reasons) for number, reasons in obstacles.items() if reasons}
    newest = template.newest.number
    numbers = [version.number for version in history if version.number != newest]
    going = {number for number in numbers if number not in kept and (wanted is None or number in wanted)}
    while True:
        found = {number: reasons for number in going if (reasons := view.against(number, going))}
        if not found:
            break
        kept |= found
        going -= found.keys()
    folds = tuple(view.folds(going))
    staying = tuple(Kept(number, tuple(dict.fromkeys(kept[number]))) for number in numbers if number in kept)
    deleted = {path for fold in folds for path in fold.deletes}
    depth = _depth(template.newest, standings, ())
    return TemplatePruning(template.name, folds, staying, depth, _depth(template.newest, standings, deleted))


def flatten(
    template: Template, standings: Standings, obstacles: Mapping[int, Sequence[str]], depth: int
) -> TemplatePruning:
    """Return which versions go so that the newest one's chains have at most so many files.

    As few as needed go, older ones first; but an image at the very bottom, mostly by far the largest,
    is copied only when nothing else helps.
    """
    most = decide(template, standings, obstacles)
    bottoms = {version.number for version in template.history if _at_the_bottom(version, standings)}
    candidates = sorted((n for fold in most.folds for n in fold.versions), key=lambda n: (n in bottoms, n))
    chosen: set[int] = set()
    pruning = decide(template, standings, obstacles, chosen)
    for number in candidates:
        if pruning.depth_after <= depth:
            break
        tried = decide(template, standings, obstacles, {*chosen, number})
        if tried.depth_after < pruning.depth_after:
            chosen, pruning = {*chosen, number}, tried
    # Where they stay too deep, it is of interest why no more can go.
    return replace(pruning, kept=most.kept) if pruning.depth_after > depth else pruning


class _View:
    """One template's images, and who stands on them."""

    def __init__(self, history: Sequence[Version], standings: Standings) -> None:
        self._history = history
        self._standings = standings
        self._images = {v.number: {standings[d.image].path for d in v.disks if d.image} for v in history}

    def gone(self, going: Collection[int]) -> set[str]:
        """Return the resolved paths of our images that only these versions have."""
        return {path for path in self._only_of(going) if self._standings[path].owned}

    def against(self, number: int, going: Collection[int]) -> list[str]:
        """Return why a version must stay after all, when all of these are to go."""
        reasons: list[str] = []
        gone = self.gone(going)
        for path in sorted(self._images[number] & self._only_of(going)):
            standing = self._standings[path]
            if path in gone:
                reasons += standing.needed
                reasons += filter(None, (self._cannot_replace(above) for above in standing.above if above not in gone))
            elif any(self._kept_above(path, gone)):
                reasons.append(f"{standing.path} was not made for the template, and later versions stand on it")
        return reasons

    def folds(self, going: Collection[int]) -> Iterator[Fold]:
        """Yield what is done, one fold for each run of versions that hang together."""
        gone = self.gone(going)
        merges = [self._merge(path, gone) for path in sorted(self._standings) if self._is_upper(path, gone)]
        # An image goes together with those that stand on it: alone it would have to be merged into them.
        standing = [(path, *self._standings[path].above) for path in self._only_of(going)]
        together = [*(merge.through for merge in merges), *standing]
        links = [self._numbers_of(paths) & set(going) for paths in together]
        for group in _groups(sorted(going), [*links, *self._sharing_firmware(going)]):
            mine = tuple(merge for merge in merges if self._numbers_of(merge.through) & group)
            yield self._fold(group, gone, mine, going)

    def _fold(
        self, group: Collection[int], gone: Collection[str], merges: tuple[FoldMerge, ...], going: Collection[int]
    ) -> Fold:
        paths = {path for number in group for path in self._images[number]}
        in_order = (path for number in sorted(group) for path in sorted(self._images[number]))
        deletes = [path for path in dict.fromkeys(in_order) if path in gone]
        keeps = sorted(path for path in paths & self._only_of(going) if path not in gone)
        staying = {path for v in self._history if v.number not in going for path in v.firmware.values()}
        firmware = {path for v in self._history if v.number in group for path in v.firmware.values()} - staying
        frees = sum(self._standings[path].allocated for path in deletes)
        return Fold(tuple(sorted(group)), merges, (*deletes, *sorted(firmware)), tuple(keeps), frees)

    def _merge(self, path: str, gone: Collection[str]) -> FoldMerge:
        standing, through = self._standings[path], []
        below = standing.below
        while below in gone:
            through.append(below)
            below = self._standings[below].below
        copied = standing.allocated + sum(self._standings[each].allocated for each in through)
        into = max(v.number for v in self._history if path in self._images[v.number])
        lower = self._standings.get(below)
        return FoldMerge(into, path, below, tuple(through), copied, lower.format if lower else "")

    def _is_upper(self, path: str, gone: Collection[str]) -> bool:
        standing = self._standings[path]
        return path == standing.path and path not in gone and standing.below in gone

    def _cannot_replace(self, path: str) -> str:
        standing = self._standings.get(path)
        if standing is None or not any(path in images for images in self._images.values()):
            return f"{path} stands on it, which is no image of a version"
        if not standing.owned:
            return f"{path} stands on it, which was not made for the template"
        if standing.format != "qcow2":
            return f"{path} stands on it, which is not qcow2"
        return next((f"{path} stands on it, and {why}" for why in standing.fixed), "")

    def _kept_above(self, path: str, gone: Collection[str]) -> Iterator[str]:
        """Yield who stands on an image directly, or on what is merged away above it."""
        waiting, seen = [path], {path}
        while waiting:
            standing = self._standings.get(waiting.pop())
            for above in standing.above if standing else ():
                if above not in gone:
                    yield above
                elif above not in seen:
                    seen.add(above)
                    waiting.append(above)

    def _only_of(self, going: Collection[int]) -> set[str]:
        staying = {path for v in self._history if v.number not in going for path in self._images[v.number]}
        return {path for number in going for path in self._images[number]} - staying

    def _sharing_firmware(self, going: Collection[int]) -> Iterator[set[int]]:
        mine = [version for version in self._history if version.number in going]
        for path in {path for version in mine for path in version.firmware.values()}:
            yield {version.number for version in mine if path in version.firmware.values()}

    def _numbers_of(self, paths: Sequence[str]) -> set[int]:
        return {number for number, images in self._images.items() if images & set(paths)}


def _groups(numbers: Sequence[int], links: Sequence[Collection[int]]) -> Iterator[set[int]]:
    """Yield the numbers in groups that share a link, in order of the lowest."""
    left = set(numbers)
    for number in numbers:
        if number not in left:
            continue
        group, grown = {number}, True
        while grown:
            joined = group.union(*(link for link in links if group & set(link)))
            grown, group = joined != group, joined
        left -= group
        yield group


def _depth(version: Version, standings: Standings, deleted: Collection[str]) -> int:
    """Return how many files the longest chain of a version's images has, once some are gone."""
    return max((_length(standings, standings[disk.image].path, deleted) for disk in version.disks), default=0)


def _length(standings: Standings, path: str, deleted: Collection[str]) -> int:
    seen: set[str] = set()
    while path and path not in seen:
        seen.add(path)
        standing = standings.get(path)
        path = standing.below if standing else ""
    return len(seen - set(deleted))


def _at_the_bottom(version: Version, standings: Standings) -> bool:
    return any(not standings[disk.image].below for disk in version.disks)
