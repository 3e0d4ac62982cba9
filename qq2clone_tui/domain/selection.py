"""Read sets of machines: ``3``, ``2-5``, ``running``, ``web-*``, ``@tag``, each excluded by ``^``.

Terms stand between commas. Exclusion always wins, whatever the order, so a set means the same
however its terms are arranged.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from .errors import SelectionError
from .inventory import Machine
from .selection_parser import scan
from .selection_terms import ALL, STAGING_WORD, STATE_WORDS, Name, Tag, Tags, Term

__all__ = ["STATE_WORDS", "Selection", "matching", "parse"]

_MOST_NAMES = 500
_SHOWN = 3
_NO_TAGS: Tags = {}


@dataclass(frozen=True, slots=True)
class Selection:
    """A set that has been understood; which machines it selects is known only in ``resolve``.

    Args:
        text: the set as it was typed.
        terms: what stood between the commas, from left to right.
    """

    text: str
    terms: tuple[Term, ...]

    def resolve(
        self,
        machines: Iterable[Machine],
        *,
        tags: Tags = _NO_TAGS,
        actionable: Callable[[Machine], str | None] | None = None,
    ) -> list[Machine]:
        """Return the selected machines, ordered by number.

        Numbers, ranges and patterns that no machine fits are ignored. Machines that the verb
        cannot act on stay in the answer, so that a plan can name them and say why.

        Args:
            machines: those to choose from, commonly the clones of one template.
            tags: the UUIDs that carry each tag.
            actionable: gives the reason why the verb cannot act on a machine ("is off; ..."),
                or None when it can.

        Raises:
            SelectionError: a word or tag means nothing, no machine is selected, or the verb can
                act on none of those selected.
        """
        known = list(machines)
        if not known:
            raise SelectionError(self.text, 0, "there are no machines to choose from", "Make one with: clone")
        for fault in _unknown(self.text, self.terms, known, tags):
            raise fault
        chosen = _chosen(self.terms, known, tags)
        if not chosen:
            raise SelectionError(self.text, 0, "no existing machine is in it", "See which there are with: list")
        _check_actionable(self.text, chosen, actionable)
        return chosen


def parse(text: str) -> Selection:
    """Return the set that ``text`` describes.

    Raises:
        SelectionError: it is malformed, names a number below 1 or a reversed range, or has only
            exclusions; the column is that of the first fault.
    """
    terms, faults = scan(text)
    for fault in faults:
        raise fault
    if all(term.excluded for term in terms):
        raise SelectionError(text, 0, "it only excludes machines", f"Say {ALL},{text}")
    return Selection(text, tuple(terms))


def matching(
    text: str, machines: Iterable[Machine], *, tags: Tags = _NO_TAGS
) -> tuple[frozenset[str], SelectionError | None]:
    """Return the UUIDs selected so far by a set that is still being typed, and its first fault.

    Terms that cannot be understood (yet) are passed over; the fault is what ``parse`` or
    ``resolve`` would say of the text as it stands, None when it is a good set.
    """
    known = list(machines)
    terms, _ = scan(text)
    uuids = frozenset(machine.uuid for machine in _chosen(terms, known, tags))
    try:
        parse(text).resolve(known, tags=tags)
    except SelectionError as fault:
        return uuids, fault
    return uuids, None


def _chosen(terms: Sequence[Term], machines: Sequence[Machine], tags: Tags) -> list[Machine]:
    wanted = [term for term in terms if not term.excluded]
    unwanted = [term for term in terms if term.excluded]
    chosen = [
        machine
        for machine in machines
        if any(term.matches(machine, tags) for term in wanted)
        and not any(term.matches(machine, tags) for term in unwanted)
    ]
    return sorted(chosen, key=lambda machine: (machine.number, machine.template, machine.name))


def _unknown(text: str, terms: Sequence[Term], machines: Sequence[Machine], tags: Tags) -> Iterable[SelectionError]:
    names = {machine.name for machine in machines}
    templates = {machine.template for machine in machines}
    for term in terms:
        if isinstance(term, Tag) and term.tag not in tags:
            why, remedy = f"no machine has the tag @{term.tag}", _suggestion(term.tag, tags, prefix="@")
            yield SelectionError(text, term.column, why, remedy)
        elif isinstance(term, Name) and "*" not in term.pattern and not _is_name(term.pattern, names, templates):
            candidates = [*STATE_WORDS, STAGING_WORD, *templates, *(sorted(names) if len(names) <= _MOST_NAMES else ())]
            why = f"{term.pattern} is no number, range, state, tag or machine"
            remedy = _suggestion(term.pattern, candidates) + f"States: {', '.join(STATE_WORDS)}."
            yield SelectionError(text, term.column, why, remedy)


def _is_name(word: str, names: set[str], templates: set[str]) -> bool:
    """Tell whether a word names a machine, be it one that does not exist (any more)."""
    stem, _, number = word.rpartition("-")
    return word in names or (stem in templates and number.isascii() and number.isdigit())


def _suggestion(word: str, candidates: Iterable[str], prefix: str = "") -> str:
    close = get_close_matches(word, list(candidates), n=1)
    return f"Did you mean {prefix}{close[0]}? " if close else ""


def _check_actionable(text: str, chosen: Sequence[Machine], actionable: Callable[[Machine], str | None] | None) -> None:
    if actionable is None:
        return
    refused: dict[str, list[str]] = {}
    for machine in chosen:
        reason = actionable(machine)
        if reason is None:
            return
        refused.setdefault(reason, []).append(machine.name)
    reasons = [f"{_listed(names)} {reason}" for reason, names in refused.items()]
    raise SelectionError(text, 0, "it holds no machine that can be acted on: " + "; ".join(reasons))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    if more > 0:
        return f"{', '.join(names[:_SHOWN])} and {more} more: each"
    return names[0] if len(names) == 1 else f"{', '.join(names)}: each"
