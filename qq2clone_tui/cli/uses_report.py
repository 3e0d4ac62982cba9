"""Draw the tree of images as text, and as JSON-ready values."""

from collections.abc import Iterator
from typing import Any

from qq2clone_tui.domain.image_graph import User, UserKind
from qq2clone_tui.domain.uses_tree import UsesTree

from .output import size

__all__ = ["uses_lines", "uses_object"]

_KINDS = {UserKind.CLONE: "clone", UserKind.STAGING: "staging machine", UserKind.MACHINE: "machine, not ours"}


def uses_lines(tree: UsesTree) -> list[str]:
    """Return the tree, a line for each image and each machine, and a summary."""
    lines: list[str] = []
    for root in tree.roots:
        if root in tree.shown:
            lines += _branch(tree, root, "", "")
    lines.append("")
    lines.append(_summary(tree))
    return lines


def uses_object(tree: UsesTree) -> dict[str, Any]:
    """Return the tree as JSON-ready values: every image that it is about, and who uses it."""
    return {
        "asked": list(tree.subjects),
        "images": [
            {
                "path": path,
                "stands_on": tree.graph.image(path).backing or None,
                "bytes": tree.graph.image(path).bytes,
                "shared_bytes": tree.shared(path),
                "freed_bytes": tree.freed.get(path, 0),
                "ours": tree.ours(path),
                "versions": list(tree.versions(path)),
                "users": [
                    {"kind": user.kind.value, "name": user.name, "uuid": user.ident, "active": user.active}
                    for user in tree.users(path)
                ],
            }
            for path in sorted(tree.shown)
        ],
    }


def _branch(tree: UsesTree, path: str, first: str, rest: str) -> Iterator[str]:
    yield f"{first}{path}{_about(tree, path)}"
    above = tree.over(path)
    for at, each in enumerate(above):
        last = at == len(above) - 1
        yield from _branch(tree, each, rest + ("└─ " if last else "├─ "), rest + ("   " if last else "│  "))


def _about(tree: UsesTree, path: str) -> str:
    image = tree.graph.image(path)
    words = [*tree.versions(path), *(_user(user) for user in tree.users(path))]
    if not words:
        words = ["nobody is known to use it"] if not tree.graph.overlays(path) else []
    if not tree.ours(path):
        words.append("not ours")
    if not image.there:
        words.append("cannot be seen")
    freed = tree.freed.get(path, 0)
    more = f", {size(freed)} free with all on it" if freed > image.bytes else ""
    return f"  ({'; '.join([*words, size(image.bytes) + more])})"


def _user(user: User) -> str:
    return f"{_KINDS.get(user.kind, user.kind.value)} {user.name}{', active' if user.active else ''}"


def _summary(tree: UsesTree) -> str:
    machines, strays = tree.machines, tree.strays
    count = f"{len(machines)} machine{' stands' if len(machines) == 1 else 's stand'} on it" if machines else ""
    left = f"{len(strays)} image{'' if len(strays) == 1 else 's'} of nobody we know" if strays else ""
    return f"{'; '.join(filter(None, (count, left))) or 'Nobody stands on it'}."
