"""Show what stands on some images as a tree, and tell the bytes that each part of it holds, shares and would free."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

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
    _over: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)
    _standing: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        graph = self.graph
        paths = {each for path in self.subjects for each in (*graph.chain(path), *graph.dependents(path))}
        around = {each for root in self.roots for each in (root, *graph.dependents(root))}
        from_top = sorted(paths | around, key=lambda each: len(graph.chain(each)), reverse=True)
        # The class is frozen for those who use it, not for its own making.
        object.__setattr__(self, "shown", frozenset(paths))
        object.__setattr__(self, "freed", dict(_freed(graph, from_top, self.ours)))
        # Worked out once, for a screen may ask for all of it with each change of a machine's state.
        object.__setattr__(self, "_over", {path: self._sorted_over(path) for path in paths})
        object.__setattr__(self, "_standing", {path: len(who) for path, who in _standing(graph, from_top)})

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Return the images at the very bottom, in order of path."""
        return tuple(sorted({self.graph.chain(path)[-1] for path in self.subjects}))

    @cached_property
    def machines(self) -> tuple[User, ...]:
        """Return every machine that stands on an image that was asked about, each once."""
        users = dict.fromkeys(user for path in self._lowest for user in self.graph.users(path))
        return tuple(user for user in users if user.kind is not UserKind.VERSION)

    @cached_property
    def strays(self) -> tuple[str, ...]:
        """Return the images that stand on those asked about and that nobody is known to use."""
        return tuple(dict.fromkeys(stray for path in self._lowest for stray in self.graph.strays(path)))

    @property
    def _lowest(self) -> tuple[str, ...]:
        """Return the images asked about that stand on none of the others."""
        asked = frozenset(self.subjects)
        return tuple(path for path in self.subjects if asked.isdisjoint(self.graph.chain(path)[1:]))

    def over(self, path: str) -> tuple[str, ...]:
        """Return the images right over one, those that nothing stands on first."""
        return self._over.get(path, ())

    def users(self, path: str) -> tuple[User, ...]:
        """Return the machines that use an image itself."""
        found = [user for user in self.graph.direct_users(path) if user.kind is not UserKind.VERSION]
        return tuple(found if len(found) < 2 else sorted(found, key=lambda user: natural(user.name)))

    def standing_on(self, path: str) -> int:
        """Return how many machines use an image or anything over it."""
        return self._standing.get(path, 0)

    def versions(self, path: str) -> tuple[str, ...]:
        """Return the versions that an image belongs to, as ``debian@v2``."""
        users = self.graph.direct_users(path)
        return tuple(sorted((user.name for user in users if user.kind is UserKind.VERSION), key=natural))

    def ours(self, path: str) -> bool:
        """Tell whether a file was made by us."""
        return path in self.owned or any(user.kind in _OUR_KINDS for user in self.graph.direct_users(path))

    def _sorted_over(self, path: str) -> tuple[str, ...]:
        above = [each for each in self.graph.overlays(path) if each in self.shown]
        return tuple(sorted(above, key=lambda each: (bool(self.graph.overlays(each)), natural(each))))

    def shared(self, path: str) -> int:
        """Return the bytes of all images below one, through which it reads what it does not hold."""
        return self.graph.bytes_of(self.graph.chain(path)[1:])


def _freed(graph: ImageGraph, from_top: Iterable[str], ours: Callable[[str], bool]) -> Iterator[tuple[str, int]]:
    """Return what goes with each image."""
    gone: dict[str, tuple[int, bool]] = {}
    for path in from_top:
        strangers = any(user.kind is UserKind.MACHINE for user in graph.direct_users(path))
        over = [gone.get(each, (0, False)) for each in graph.overlays(path)]
        goes = ours(path) and not strangers and all(whole for _, whole in over)
        size = sum(part for part, _ in over) + (graph.image(path).bytes if goes else 0)
        gone[path] = (size, goes)
        yield path, size


def _standing(graph: ImageGraph, from_top: Iterable[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Return the idents of the machines that use each image or anything over it."""
    known: dict[str, frozenset[str]] = {}
    for path in from_top:
        own = {user.ident for user in graph.direct_users(path) if user.kind is not UserKind.VERSION}
        known[path] = frozenset(own.union(*(known.get(each, ()) for each in graph.overlays(path))))
        yield path, known[path]
