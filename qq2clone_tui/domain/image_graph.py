"""Say which images stand on which, and who uses them: what has to be known before one is written or deleted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Image", "ImageGraph", "User", "UserKind"]


class UserKind(StrEnum):
    """In what way somebody uses an image."""

    VERSION = "version"
    """It is an image of a template's version."""
    CLONE = "clone"
    """It is a file of a clone of ours."""
    STAGING = "staging"
    """It is a file of a staging machine of ours."""
    MACHINE = "machine"
    """It is a disk of a machine that is not ours."""


_WORDS = {
    UserKind.VERSION: "the template",
    UserKind.CLONE: "the clone",
    UserKind.STAGING: "the staging machine",
    UserKind.MACHINE: "the machine",
}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who uses an image.

    Args:
        kind: in what way.
        name: a machine's name, or a version's as ``debian@v2``.
        ident: a machine's UUID, or the version's name again.
        active: the machine runs, so it may write at any moment.
    """

    kind: UserKind
    name: str
    ident: str
    active: bool = False

    def __str__(self) -> str:
        return f"{_WORDS[self.kind]} {self.name}"


@dataclass(frozen=True, slots=True)
class Image:
    """One image file.

    Args:
        path: absolute and resolved.
        backing: resolved path of the image below; empty when it stands alone.
        bytes: what it takes on disk.
        there: False when it is only named by somebody and cannot be seen.
    """

    path: str
    backing: str = ""
    bytes: int = 0
    there: bool = True


class ImageGraph:
    """Images, what they stand on and who uses them, at one instant.

    Args:
        images: by resolved path.
        users: who uses an image directly, by resolved path.
    """

    def __init__(self, images: Mapping[str, Image], users: Mapping[str, Iterable[User]]) -> None:
        self._images = images
        self._users = {path: tuple(who) for path, who in users.items()}
        self._above: dict[str, list[str]] = defaultdict(list)
        for image in images.values():
            if image.backing:
                self._above[image.backing].append(image.path)

    def and_also(self, images: Mapping[str, Image]) -> "ImageGraph":
        """Return an index in which more images are known, by resolved path."""
        return ImageGraph({**images, **self._images}, self._users)

    def image(self, path: str) -> Image:
        """Return what is known of the image at a resolved path."""
        return self._images.get(path) or Image(path, there=False)

    def overlays(self, path: str) -> tuple[str, ...]:
        """Return the images that stand directly on one, in order of path."""
        return tuple(sorted(self._above.get(path, ())))

    def dependents(self, path: str) -> tuple[str, ...]:
        """Return all images that stand on one, directly or not, the nearest first."""
        found: dict[str, None] = {}
        level = [path]
        while level:
            level = [above for below in level for above in self.overlays(below) if above not in found and above != path]
            found.update(dict.fromkeys(level))
        return tuple(found)

    def chain(self, path: str) -> tuple[str, ...]:
        """Return an image and all it stands on, the top first."""
        found: dict[str, None] = {}
        while path and path not in found:
            found[path] = None
            path = self.image(path).backing
        return tuple(found)

    def direct_users(self, path: str) -> tuple[User, ...]:
        """Return who uses an image itself."""
        return self._users.get(path, ())

    def users(self, path: str) -> tuple[User, ...]:
        """Return who uses an image or anything that stands on it, each once."""
        return tuple(dict.fromkeys(self._all_users(path)))

    def strays(self, path: str) -> tuple[str, ...]:
        """Return the images standing on one that nobody is known to use, and nobody above them either."""
        return tuple(above for above in self.dependents(path) if not self.users(above))

    def needs(self, path: str, but: Iterable[str] = ()) -> tuple[str, ...]:
        """Return who would be harmed if an image were written or deleted, as clauses for people.

        Args:
            path: resolved.
            but: idents of users who do not count, with what they use directly: who asks is one of them.
        """
        excused = frozenset(but)
        found = [str(user) for user in self.direct_users(path) if user.ident not in excused]
        for above in self.dependents(path):
            users = self.direct_users(above)
            found += [str(user) for user in users if user.ident not in excused]
            if not users and not any(True for _ in self._all_users(above)):
                found.append(f"the image {above}")
        return tuple(dict.fromkeys(found))

    def bytes_of(self, paths: Iterable[str]) -> int:
        """Return what images take on disk together, each once."""
        return sum(self.image(path).bytes for path in set(paths))

    def paths_of(self, ident: str) -> tuple[str, ...]:
        """Return the images that somebody uses directly, in order of path."""
        return tuple(sorted(path for path, who in self._users.items() if any(user.ident == ident for user in who)))

    def __iter__(self) -> Iterator[Image]:
        return iter(self._images.values())

    def _all_users(self, path: str) -> Iterator[User]:
        yield from self.direct_users(path)
        for above in self.dependents(path):
            yield from self.direct_users(above)
