"""Take the text of a set apart into terms, and point at what cannot be understood."""

import re
from collections.abc import Iterator

from .errors import SelectionError
from .selection_terms import STAGING_WORD, STATE_WORDS, Name, Numbers, Staging, States, Tag, Term

__all__ = ["scan"]

_NUMBERS = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_HALF_RANGE = re.compile(r"[0-9]+-|-[0-9]+")
_MOST_DIGITS = 18
_EXAMPLE = "Write terms with a comma between them, like 1,4-6,running,^5."


def scan(text: str) -> tuple[list[Term], list[SelectionError]]:
    """Return the terms that can be understood and the faults of the others, each from left to right."""
    terms: list[Term] = []
    faults: list[SelectionError] = []
    if not text:
        return [], [SelectionError(text, 0, "it is empty", _EXAMPLE)]
    for column, piece in _pieces(text):
        try:
            terms.append(_term(text, column, piece))
        except SelectionError as fault:
            faults.append(fault)
    return terms, faults


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    column = 0
    for piece in text.split(","):
        yield column, piece
        column += len(piece) + 1


def _term(text: str, column: int, piece: str) -> Term:
    excluded = piece.startswith("^")
    start, body = column + excluded, piece.removeprefix("^")
    if not body:
        why = "nothing follows ^" if excluded else "a term is missing here"
        raise SelectionError(text, start, why, _EXAMPLE)
    _check_characters(text, start, body)
    if numbers := _NUMBERS.fullmatch(body):
        return _numbers(text, start, excluded, numbers)
    if _HALF_RANGE.fullmatch(body):
        at = start if body.startswith("-") else start + len(body)
        raise SelectionError(text, at, "a range needs a number on both sides", "Write it like 2-5.")
    if body in STATE_WORDS:
        return States(start, excluded, STATE_WORDS[body])
    if body == STAGING_WORD:
        return Staging(start, excluded)
    if body.startswith("@"):
        if body == "@":
            raise SelectionError(text, start + 1, "a tag's name is missing after @", "Write it like @web.")
        return Tag(start, excluded, body[1:])
    return Name(start, excluded, body)


def _check_characters(text: str, start: int, body: str) -> None:
    for offset, character in enumerate(body):
        if character.isspace():
            raise SelectionError(text, start + offset, "a set has no spaces", _EXAMPLE)
        if not character.isprintable():
            raise SelectionError(text, start + offset, "a control character cannot be part of a set", _EXAMPLE)
        if character == "^":
            raise SelectionError(text, start + offset, "^ stands once, in front of a term", _EXAMPLE)


def _numbers(text: str, start: int, excluded: bool, match: re.Match[str]) -> Numbers:
    # Python refuses to convert thousands of digits, and no machine has such a number.
    for group in (1, 2):
        digits = (match[group] or "1").lstrip("0")
        if len(digits) > _MOST_DIGITS:
            raise SelectionError(text, start + match.start(group), "the number is too large")
        if not digits:
            raise SelectionError(text, start + match.start(group), "numbers begin at 1", "Write 1 or more.")
    first = int(match[1])
    last = int(match[2] or first)
    if last < first:
        raise SelectionError(text, start, "the range is reversed", f"Write {last}-{first}.")
    return Numbers(start, excluded, first, last)
