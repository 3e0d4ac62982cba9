"""Describe which versions go, before anything is done."""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["INHERITED", "Fold", "FoldMerge", "Kept", "PrunePlan", "TemplatePruning"]

INHERITED = 0
"""The number that stands for files of templates that are gone, on which a template's own images stand."""


@dataclass(frozen=True, slots=True)
class FoldMerge:
    """An image of a version that stays, put on what is below the ones that go.

    Args:
        version: the latest version that has the image.
        image: its absolute path, which stays.
        below: absolute path of what it stands on afterwards; empty when it will stand alone.
        through: the images between, top first, that nobody needs afterwards.
        copied: bytes that the new image has at most.
        below_format: the format of what it stands on afterwards; empty when that is not known.
    """

    version: int
    image: str
    below: str
    through: tuple[str, ...]
    copied: int = 0
    below_format: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """Versions that go together: all of it happens or nothing.

    Args:
        versions: their numbers, with ``INHERITED`` among them when what the template inherited goes as well.
        merges: what is merged so that they can go; empty when nothing stands on them.
        deletes: absolute paths of their files.
        keeps: absolute paths of their images that were not made for the template, and stay.
        frees: bytes that the deleted files take.
    """

    versions: tuple[int, ...]
    merges: tuple[FoldMerge, ...] = ()
    deletes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    frees: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that stays although it is not the newest, or ``INHERITED``, and why, as clauses."""

    version: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TemplatePruning:
    """What becomes of the versions of one template.

    Args:
        template: its name.
        folds: what goes, in order.
        kept: what stays and why; never the newest, which always stays.
        depth: files in the longest chain of the newest version as it is now.
        depth_after: the same once this is done.
    """

    template: str
    folds: tuple[Fold, ...] = ()
    kept: tuple[Kept, ...] = ()
    depth: int = 0
    depth_after: int = 0

    @property
    def versions(self) -> tuple[int, ...]:
        """Return the numbers of all versions that go."""
        return tuple(sorted(number for fold in self.folds for number in fold.versions if number != INHERITED))


@dataclass(frozen=True, slots=True)
class PrunePlan:
    """The whole of what pruning will do; the same object is shown, printed and carried out.

    Args:
        templates: one entry for each template that was looked at.
        warnings: sentences to read before confirming.
        limit: how deep chains may be, for flattening; 0 for pruning.
    """

    templates: tuple[TemplatePruning, ...]
    warnings: tuple[str, ...] = ()
    limit: int = 0

    @property
    def work(self) -> Iterator[tuple[str, Fold]]:
        """Yield the template's name and what is done, in order."""
        for template in self.templates:
            for fold in template.folds:
                yield template.template, fold

    @property
    def empty(self) -> bool:
        """Tell whether there is nothing to do."""
        return not any(template.folds for template in self.templates)

    @property
    def files_removed(self) -> tuple[str, ...]:
        """Return the absolute paths of all files that go."""
        return tuple(path for _, fold in self.work for path in fold.deletes)

    @property
    def frees(self) -> int:
        """Return the bytes that the deleted files take."""
        return sum(fold.frees for _, fold in self.work)

    @property
    def copied(self) -> int:
        """Return the bytes that merged images have at most."""
        return sum(merge.copied for _, fold in self.work for merge in fold.merges)
