"""Tell a file that is ours alone from one that is also somebody else's, by a link or another name."""

import posixpath
from collections.abc import Iterable

from qq2clone_tui.domain.errors import WrongFileKind
from qq2clone_tui.engine.tools import Tools

__all__ = ["refuse_linked"]


def refuse_linked(tools: Tools, what: str, paths: Iterable[str]) -> None:
    """Raise unless each file lies where its path says and has no other name; a missing one is no error.

    What is done to it would be done to the other one too. Of another host's files this cannot be told.

    Args:
        tools: the adapters.
        what: what cannot be done then.
        paths: absolute.

    Raises:
        WrongFileKind: one is a link, or has other names.
    """
    for path in paths:
        images = tools.store_of(path)
        if images.inspection is None:
            continue
        facts = images.inspection.facts(path)
        directory, name = posixpath.split(path)
        why = ""
        if images.resolved(path) != posixpath.join(images.resolved(directory), name):
            why = f"it is a link, which leads to {images.resolved(path)}"
        elif facts is not None and facts.names > 1:
            why = f"the file has {facts.names} names, so that it is somebody else's as well"
        if why:
            remedy = "Put a file of its own there, or throw away what it is of."
            raise WrongFileKind(what, subject=path, why=why, remedy=remedy)
