"""Show what stands on some images as a tree, and tell the bytes that each part of it holds, shares and would free."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field

from .image_graph import ImageGraph, User, UserKind

__all__ = ["UsesTree", "natural"]

_OUR_KINDS = frozenset({UserKind.CLONE, UserKind.STAGING})
_DIGITS = re.compile(r"(\d+)")


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Return what names sort by so that machine 2 comes before machine 10."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(text))


@dataclass(frozen=True)
class UsesTree:
    """Some images with all they stand on and all that stands on them.

    Args:
        graph: all images there are.
        subjects: resolved paths of the images that are asked about.
        owned: resolved paths of files that were made for templates.

    Attributes:
        shown: resolved paths of all images that the tree is about.
        freed: by path, the bytes that go when an image goes with all that stands on it. What strangers
            use or stand on never goes, and neither does what we did not make.
    """

    graph: ImageGraph
    subjects: tuple[str, ...]
    owned: Collection[str] = frozenset()
    shown: frozenset[str] = field(init=False)
    freed: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        graph = self.graph
        paths = {each for path in self.subjects for each in (*graph.chain(path), *graph.dependents(path))}
        around = {each for root in self.roots for each in (root, *graph.dependents(root))}
        # The class is frozen for those who use it, not for its own making.
        object.__setattr__(self, "shown", frozenset(paths))
        object.__setattr__(self, "freed", dict(_freed(graph, paths | around, self.ours)))

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the images at the very bottom, in order of path."""
        return tuple(sorted({self.graph.chain(path)[-1] for path in self.subjects}))

    @property
    def machines(self) -> tuple[User, ...]:
        """Return every machine that stands on an image that was asked about, each once."""
        return tuple(dict.fromkeys(user for path in self.subjects for user in self.standing_on(path)))

    @property
    def strays(self) -> tuple[str, ...]:
        """Return the images that stand on those asked about and that nobody is known to use."""
        return tuple(dict.fromkeys(stray for path in self.subjects for stray in self.graph.strays(path)))

    def over(self, path: str) -> tuple[str, ...]:
        """Return the images right over one, those that nothing stands on first."""
        above = [each for each in self.graph.overlays(path) if each in self.shown]
        return tuple(sorted(above, key=lambda each: (bool(self.graph.overlays(each)), natural(each))))

    def users(self, path: str) -> tuple[User, ...]:
        """Return the machines that use an image itself."""
        found = (user for user in self.graph.direct_users(path) if user.kind is not UserKind.VERSION)
        return tuple(sorted(found, key=lambda user: natural(user.name)))

    def standing_on(self, path: str) -> tuple[User, ...]:
        """Return the machines that use an image or anything over it."""
        return tuple(user for user in self.graph.users(path) if user.kind is not UserKind.VERSION)

    def versions(self, path: str) -> tuple[str, ...]:
        """Return the versions that an image belongs to, as ``debian@v2``."""
        users = self.graph.direct_users(path)
        return tuple(sorted((user.name for user in users if user.kind is UserKind.VERSION), key=natural))

    def ours(self, path: str) -> bool:
        """Tell whether a file was made by us."""
        return path in self.owned or any(user.kind in _OUR_KINDS for user in self.graph.direct_users(path))

    def shared(self, path: str) -> int:
        """Return the bytes of all images below one, through which it reads what it does not hold."""
        return self.graph.bytes_of(self.graph.chain(path)[1:])


def _freed(graph: ImageGraph, paths: Collection[str], ours: Callable[[str], bool]) -> Iterator[tuple[str, int]]:
    """Return what goes with each image, beginning at the tops."""
    gone: dict[str, tuple[int, bool]] = {}
    for path in sorted(paths, key=lambda each: len(graph.chain(each)), reverse=True):
        strangers = any(user.kind is UserKind.MACHINE for user in graph.direct_users(path))
        over = [gone.get(each, (0, False)) for each in graph.overlays(path)]
        goes = ours(path) and not strangers and all(whole for _, whole in over)
        size = sum(part for part, _ in over) + (graph.image(path).bytes if goes else 0)
        gone[path] = (size, goes)
        yield path, size
