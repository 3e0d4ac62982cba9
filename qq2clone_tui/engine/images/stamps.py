"""Take the stamp of a file that need be no image."""

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.engine.ports.images import ImageStore

__all__ = ["stamp_of"]


def stamp_of(images: ImageStore, path: str) -> str:
    """Return a file's stamp as it is now; empty when it is missing, or nothing can tell.

    Raises:
        AccessError: it is there, and the system does not let us look at it.
    """
    if images.inspection is not None:
        facts = images.inspection.facts(path)
        return facts.stamp if facts else ""
    try:
        return images.probe(path).stamp
    except Qq2cloneError:
        return ""  # of another host's files, only volumes of its pools can be looked at
