"""Hold the terms a set is made of, and say which machines each one names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from .inventory import Machine
from .states import DomainState

__all__ = [
    "ALL",
    "STAGING_WORD",
    "STATE_WORDS",
    "Name",
    "Numbers",
    "Staging",
    "States",
    "Tag",
    "Tags",
    "Term",
    "fits",
]

Tags: TypeAlias = Mapping[str, frozenset[str]]
"""The UUIDs that carry each tag, by tag."""

ALL = "all"

STAGING_WORD = "staging"

STATE_WORDS: Mapping[str, frozenset[DomainState]] = {
    ALL: frozenset(DomainState),
    **{state.value: frozenset({state}) for state in sorted(DomainState)},
}
"""The states each word of the set language stands for."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """A number (``first`` equals ``last``) or an inclusive range of numbers."""

    column: int
    excluded: bool
    first: int
    last: int

    def matches(self, machine: Machine, _tags: Tags) -> bool:
        """Tell whether the machine's number is within the range."""
        return self.first <= machine.number <= self.last  # a range begins at 1, below which only staging machines are


@dataclass(frozen=True, slots=True)
class States:
    """A word for one state, or ``all``."""

    column: int
    excluded: bool
    states: frozenset[DomainState]

    def matches(self, machine: Machine, _tags: Tags) -> bool:
        """Tell whether the machine is in one of the states."""
        return machine.state in self.states and not machine.staging


@dataclass(frozen=True, slots=True)
class Staging:
    """The word for machines in which the next version of a template is made; no other term means them."""

    column: int
    excluded: bool

    def matches(self, machine: Machine, _tags: Tags) -> bool:
        """Tell whether it is a staging machine."""
        return machine.staging


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, without its ``@``."""

    column: int
    excluded: bool
    tag: str

    def matches(self, machine: Machine, tags: Tags) -> bool:
        """Tell whether the machine carries the tag."""
        return machine.uuid in tags.get(self.tag, ()) and not machine.staging


@dataclass(frozen=True, slots=True)
class Name:
    """A machine's name, or a pattern in which ``*`` stands for any text."""

    column: int
    excluded: bool
    pattern: str

    def matches(self, machine: Machine, _tags: Tags) -> bool:
        """Tell whether the machine's name fits, letter case included."""
        if machine.staging:
            return self.pattern == machine.name
        return fits(self.pattern, machine.name)


Term: TypeAlias = Numbers | States | Staging | Tag | Name


def fits(pattern: str, name: str) -> bool:
    """Tell whether ``name`` fits ``pattern``, in which only ``*`` is special.

    Every piece between two stars is looked for once, leftmost first: a pattern of many stars
    costs no more than one pass over the name, which a regular expression would not promise.
    """
    head, *rest = pattern.split("*")
    if not rest:
        return name == pattern
    *middle, tail = rest
    end = len(name) - len(tail)
    if not name.startswith(head) or not name.endswith(tail) or end < len(head):
        return False
    position = len(head)
    for piece in middle:
        found = name.find(piece, position, end)
        if found < 0:
            return False
        position = found + len(piece)
    return True
