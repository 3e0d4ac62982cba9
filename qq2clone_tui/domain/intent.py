"""Describe what a process is about to do in several steps, so that another one can finish or undo it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Intent", "IntentKind", "template_subject"]


class IntentKind(StrEnum):
    """The undertakings that are recorded before their first step."""

    SWAP = "swap"
    """Put other disks into a machine: reset, upgrade, detach."""
    COMMIT = "commit"
    """Make the files of a staging machine the next version of its template."""
    IN_PLACE = "in-place"
    """Write what a staging machine changed into the images below it."""
    PROMOTE = "promote"
    """Make a template of a clone's files."""
    CHECKPOINT = "checkpoint"
    """Keep a machine's state inside its disks, bring it back to one, or delete one."""
    MERGE = "merge"
    """Put an image on top of one further down, so that what is between them can go."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One undertaking.

    Args:
        kind: what is done.
        subject: to what: the UUID of a machine, or ``template_subject`` of a template; there is one
            undertaking a subject at a time.
        payload: what whoever finishes or undoes it has to know, as values that JSON can hold.
    """

    kind: IntentKind
    subject: str
    payload: Mapping[str, object] = field(default_factory=dict)

    def text(self, key: str) -> str:
        """Return a text of the payload; empty when it is missing or something else."""
        value = self.payload.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """Return a number of the payload; 0 when it is missing or something else."""
        value = self.payload.get(key)
        return value if isinstance(value, int) else 0

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Return pairs of texts of the payload, in order."""
        value = self.payload.get(key)
        rows = value if isinstance(value, list | tuple) else ()
        return tuple((str(row[0]), str(row[1])) for row in rows if isinstance(row, list | tuple) and len(row) == 2)


def template_subject(name: str) -> str:
    """Return the subject of an undertaking with a template."""
    return f"template {name}"
