"""Find the commands that somebody means by a key or by words that are not ours."""

import re
from collections.abc import Sequence

from textual.fuzzy import Matcher

from .commands import Command, key_label

__all__ = ["found"]

_KEY, _TITLE, _WORD, _HELP = 100.0, 10.0, 8.0, 4.0
_WHOLE = 3.0
"""What a whole word is worth beside the beginning of one."""
_INSIDE, _SPREAD = 2.0, 1.0
"""Letters within a word of the help; letters strewn over the title."""
_LONGEST_KEY = 2
"""Characters of what counts as a key pressed, like ``w`` and ``^p``: ``space`` may as well be room on a disk."""
_LITTLE = frozenset(
    {"a", "an", "and", "for", "i", "in", "is", "it", "its", "me", "my", "of", "on", "or", "that", "the", "this", "to"}
    | {"what", "where", "which", "who", "whose", "with"}
)
_SAME = {"vm": "machine", "vms": "machine", "domain": "machine", "domains": "machine"}
"""What others call what is called otherwise here, whatever is to be done with it."""


def found(commands: Sequence[Command], text: str) -> list[int]:
    """Return which commands somebody may mean, the best first; all of them when nothing is said.

    A key stands for its command. Otherwise each word must begin a word of the command's title, of its other words
    or of its help, in that order of worth; letters strewn over the title count last. Little words decide nothing.

    Args:
        commands: to search in, with the keys they have now.
        text: what was typed.
    """
    if not text.strip():
        return list(range(len(commands)))
    words = _words(text)
    wanted = [word for word in words if word not in _LITTLE] or words or [text.strip()]
    matcher = Matcher(text.strip())
    worth = [_worth(entry, text.strip(), wanted, matcher) for entry in commands]
    return sorted((index for index in range(len(commands)) if worth[index]), key=lambda index: (-worth[index], index))


def _worth(entry: Command, text: str, wanted: Sequence[str], matcher: Matcher) -> float:
    """Return how well a command fits, 0 when it does not."""
    labels = [key_label(key) for key in entry.keys]
    if len(text) <= _LONGEST_KEY and text in labels:
        return _KEY
    title = _words(entry.title)
    places = (
        (_TITLE, title),
        (_WORD, [*_words(entry.words), *entry.id.split(".")]),
        (_HELP, [*_words(entry.help), *map(str.lower, labels)]),
    )
    each = [
        max(_among(said, words, value) for value, words in places for said in (word, _SAME.get(word, word)))
        for word in wanted
    ]
    if all(each):
        return sum(each) / len(each) + _WHOLE * (title == list(wanted))
    return _SPREAD * matcher.match(entry.title)


def _among(word: str, words: Sequence[str], value: float) -> float:
    """Return what it is worth that a word is among others, or begins one of them."""
    if word in words:
        return value + _WHOLE
    if any(other.startswith(word) for other in words):
        return value
    return _INSIDE if value == _HELP and any(word in other for other in words) else 0.0


def _words(text: str) -> list[str]:
    return re.findall(r"[^\s,.;:?]+", text.lower())
