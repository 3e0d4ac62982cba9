"""Tell how things stand where new images are made, as a sentence and as JSON."""

from typing import TYPE_CHECKING, Any

from .output import size

if TYPE_CHECKING:
    from qq2clone_tui.engine.versions.space import PlaceSpace

__all__ = ["place_object", "place_sentence"]


def place_sentence(space: "PlaceSpace") -> str:
    """Return what is free and what may still be taken."""
    more = f"; the clones there would take {size(space.growth)} more if every one filled its disks" * bool(space.growth)
    if space.room is None:
        return f"How much is free at {space.place} is not known{more}."
    warning = " That is little." if space.room.scarce else ""
    return f"Of {size(space.room.total)} at {space.place}, {size(space.room.free)} are free{more}.{warning}"


def place_object(space: "PlaceSpace") -> dict[str, Any]:
    """Return the same as JSON-ready values."""
    room = space.room
    return {
        "place": space.place,
        "free_bytes": room.free if room else None,
        "total_bytes": room.total if room else None,
        "scarce": room.scarce if room else None,
        "growth_bytes": space.growth,
    }
