"""Declare what a catalogue tells and takes when what it remembers is compared with what there is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from qq2clone_tui.domain.clone import CloneRecord

__all__ = ["Leftover", "SalvageStore"]


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that a process which is gone left half done.

    Args:
        subject: a machine's name, ``template NAME``, or an absolute path.
        ident: the machine's UUID, else the subject again.
        why: what was being done, as a clause ("it was only half made").
        template: the template it belongs to; empty when that is unclear.
    """

    subject: str
    ident: str
    why: str
    template: str = ""


class SalvageStore(Protocol):
    """What a catalogue tells of its own state, and how lost records come back into it."""

    def adopt(self, records: Sequence[CloneRecord]) -> None:
        """Record clones that exist already as whole, all or none.

        Raises:
            TemplateError: the template of one is unknown.
            AccessError: a number, name, UUID, MAC address or file of one is recorded for something else.
        """

    def recorded_files(self) -> frozenset[str]:
        """Return every path that is recorded as anybody's own, is being made or deleted, or is a version's image."""

    def leftovers(self) -> Sequence[Leftover]:
        """Return what processes that are gone left half done; nothing is changed."""

    def kept_templates(self) -> Mapping[str, str]:
        """Return the domain XML of every file among the templates' that no template has, by name of the file."""
