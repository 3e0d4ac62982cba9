"""Make the rows of the tree of what stands on some images, from the bottom image to the machines."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from qq2clone_tui.domain.image_graph import User, UserKind
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.uses_tree import UsesTree

from .machines import GLYPHS, standing_of, state_cell, state_word
from .text import Cell, counted

__all__ = ["UsesRow", "uses_rows"]

_OURS, _THEIRS, _STRANGER = "■", "□", "◇"
_NO_CELL = Cell("")


@dataclass(frozen=True, slots=True)
class UsesRow:
    """One row of the tree.

    Args:
        path: resolved path of the image; of a machine, of its image.
        user: the machine; None for an image.
        above: the idents of the rows it hangs on, the top one first.
        guide: the lines that lead to it.
        mark, name, remark: what is written on it.
        own, shared, freed: bytes; None where another row says it.
        open: whether what hangs on it is shown; None when nothing does.
    """

    path: str
    user: User | None = None
    above: tuple[str, ...] = ()
    guide: str = ""
    mark: Cell = _NO_CELL
    name: Cell = _NO_CELL
    remark: Cell = _NO_CELL
    own: int | None = None
    shared: int | None = None
    freed: int | None = None
    open: bool | None = None

    @property
    def ident(self) -> str:
        """Return what it is, the same at every look."""
        return f"{self.path}\0{self.user.ident}" if self.user else self.path

    @property
    def uuid(self) -> str:
        """Return the UUID of the clone or staging machine it shows; empty for anything else."""
        return self.user.ident if self.user and self.user.kind is not UserKind.MACHINE else ""


class _Growth:
    """Makes the rows of a tree.

    Args:
        tree: what is shown.
        machines: ours, by UUID, for their states.
        folded: paths of images that hide what hangs on them.
        bare: True to leave out machines.
    """

    def __init__(self, tree: UsesTree, machines: Mapping[str, Machine], folded: Collection[str], *, bare: bool) -> None:
        self._tree = tree
        self._machines = machines
        self._folded = folded
        self._bare = bare

    def rows(self) -> Iterator[UsesRow]:
        """Return the rows from top to bottom; written without recursion, for chains may be long."""
        waiting: list[tuple[str, tuple[str, ...], str, str]] = [(path, (), "", "") for path in self._tree.roots[::-1]]
        seen: set[str] = set()
        while waiting:
            path, above, guide, stem = waiting.pop()
            if path in seen:  # images that stand on one another in a ring
                continue
            seen.add(path)
            inside, users, over = self._inside(path)
            if inside is not None:
                yield self._machine(path, inside, above, guide, alone=True)
                continue
            open_ = path not in self._folded if users or over else None
            yield self._image(path, above, guide, open_)
            if not open_:
                continue
            below = (*above, path)
            for index, user in enumerate(users):
                last = index == len(users) - 1 and not over
                yield self._machine(path, user, below, f"{stem}{'└ ' if last else '├ '}", alone=False)
            ends = [each == over[-1] for each in over]
            waiting += [
                (each, below, f"{stem}{'└ ' if last else '├ '}", f"{stem}{'  ' if last else '│ '}")
                for each, last in reversed(list(zip(over, ends, strict=True)))
            ]

    def _inside(self, path: str) -> tuple[User | None, tuple[User, ...], tuple[str, ...]]:
        """Return the one machine that an image is nothing but a disk of; else who uses it, and what is over it."""
        tree = self._tree
        users, over = tree.users(path), tree.over(path)
        if len(users) == 1 and not over and not tree.versions(path) and path not in tree.roots:
            return users[0], (), ()
        if self._bare:
            return None, (), tuple(each for each in over if tree.over(each) or tree.versions(each))
        return None, users, over

    def _image(self, path: str, above: tuple[str, ...], guide: str, open_: bool | None) -> UsesRow:
        tree, image = self._tree, self._tree.graph.image(path)
        versions, standing = tree.versions(path), len(tree.standing_on(path))
        known = bool(versions) or tree.ours(path)
        named = ", ".join(_short(version, PurePath(path).name) for version in versions)
        remarks = [named, counted(standing, "machine") if standing else ""]
        if not image.there:
            remarks.append("not to be seen")
        if not known:
            remarks.append("foreign" if standing or open_ is not None else "foreign, used by nobody known")
        return UsesRow(
            path,
            above=above,
            guide=guide,
            mark=Cell(f"{_OURS if known else _THEIRS} ", "accent" if known else "warn"),
            name=Cell(PurePath(path).name or path, "strong" if known else "warn"),
            remark=Cell(" · ".join(word for word in remarks if word), "" if known and image.there else "warn"),
            own=image.bytes if image.there else None,
            shared=tree.shared(path) or None,
            freed=tree.freed[path],
            open=open_,
        )

    def _machine(self, path: str, user: User, above: tuple[str, ...], guide: str, *, alone: bool) -> UsesRow:
        tree, image = self._tree, self._tree.graph.image(path)
        machine = self._machines.get(user.ident)
        state = "running" if user.active else "off"
        glyph, tone = (
            (_STRANGER, "warn") if machine is None else (GLYPHS[standing_of(machine)], state_cell(machine).tone)
        )
        foreign = user.kind is UserKind.MACHINE
        kind = {UserKind.MACHINE: "foreign", UserKind.STAGING: "staging"}.get(user.kind, "")
        words = [kind, state_word(machine) if machine else state]
        words += [PurePath(path).name] if alone else []
        return UsesRow(
            path,
            user,
            above,
            guide,
            Cell(f"{glyph} ", tone),
            Cell(user.name, "warn" if foreign else ""),
            Cell(" · ".join(word for word in words if word), "warn" if foreign else "dim"),
            own=image.bytes if alone else None,
            shared=tree.shared(path) if alone else None,
            freed=tree.freed[path] if alone else None,
        )


def uses_rows(
    tree: UsesTree, machines: Mapping[str, Machine], folded: Collection[str] = (), *, bare: bool = False
) -> tuple[UsesRow, ...]:
    """Return the rows of a tree from top to bottom; see ``_Growth``."""
    return tuple(_Growth(tree, machines, folded, bare=bare).rows())


def _short(version: str, file: str) -> str:
    """Return ``v2`` of ``debian@v2`` where the file beside it says whose version that is."""
    template, _, number = version.rpartition("@")
    return number if file.startswith(template) else version
