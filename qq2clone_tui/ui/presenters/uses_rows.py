"""Lay out the tree of what stands on some images as rows, from the bottom image to the machines."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from qq2clone_tui.domain.image_graph import User, UserKind
from qq2clone_tui.domain.uses_tree import UsesTree

__all__ = ["UsesRow", "uses_rows"]

_Waiting = tuple[str, tuple[str, ...], str, str]
"""An image, what it hangs on, the lines that lead to it, and those that lead to what hangs on it."""


@dataclass(frozen=True, slots=True)
class UsesRow:
    """One row of the tree.

    Args:
        path: resolved path of the image; of a machine, of its image.
        user: the machine; None for an image.
        above: the paths of the images it hangs on, the top row first.
        guide: the lines that lead to it.
        open: whether what hangs on it is shown; None when nothing does.
        alone: whether the machine's image has no row of its own.
    """

    path: str
    user: User | None = None
    above: tuple[str, ...] = ()
    guide: str = ""
    open: bool | None = None
    alone: bool = False

    @property
    def ident(self) -> str:
        """Return what it is, the same at every look."""
        return f"{self.path}\0{self.user.ident}" if self.user else self.path

    @property
    def name(self) -> str:
        """Return what it is called: a machine's name, or that of the file."""
        return self.user.name if self.user else self.file

    @property
    def file(self) -> str:
        """Return the name of the image's file."""
        return self.path.rpartition("/")[2] or self.path

    @property
    def uuid(self) -> str:
        """Return the UUID of the clone or staging machine it shows; empty for anything else."""
        return self.user.ident if self.user and self.user.kind is not UserKind.MACHINE else ""


def uses_rows(tree: UsesTree, folded: Collection[str] = (), *, bare: bool = False) -> tuple[UsesRow, ...]:
    """Return the rows of a tree from top to bottom.

    Args:
        tree: what is shown.
        folded: paths of images that hide what hangs on them.
        bare: True to leave out machines, and the images that are nothing but a disk of one.
    """
    return tuple(_grow(tree, folded, bare=bare))


def _grow(tree: UsesTree, folded: Collection[str], *, bare: bool) -> Iterator[UsesRow]:
    """Return the rows; written without recursion, for chains may be long."""
    waiting: list[_Waiting] = [(path, (), "", "") for path in tree.roots[::-1]]
    seen: set[str] = set()
    while waiting:
        path, above, guide, stem = waiting.pop()
        if path in seen:  # images that stand on one another in a ring
            continue
        seen.add(path)
        users, over = (() if bare else tree.users(path)), tree.over(path)
        if len(users) == 1 and _mere_disk(tree, path):
            yield UsesRow(path, users[0], above, guide, alone=True)
            continue
        if bare:
            over = tuple(each for each in over if not (tree.users(each) and _mere_disk(tree, each)))
        open_ = path not in folded if users or over else None
        yield UsesRow(path, above=above, guide=guide, open=open_)
        if open_:
            below = (*above, path)
            for index, user in enumerate(users):
                last = index == len(users) - 1 and not over
                yield UsesRow(path, user, below, f"{stem}{'└ ' if last else '├ '}")
            waiting += [_branch(each, below, stem, last=each == over[-1]) for each in over[::-1]]


def _branch(path: str, above: tuple[str, ...], stem: str, *, last: bool) -> _Waiting:
    return path, above, f"{stem}{'└ ' if last else '├ '}", f"{stem}{'  ' if last else '│ '}"


def _mere_disk(tree: UsesTree, path: str) -> bool:
    """Tell whether an image is nothing but a disk of a machine: no version, and neither bottom nor base of another."""
    return not tree.over(path) and not tree.versions(path) and path not in tree.roots
