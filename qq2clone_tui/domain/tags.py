"""Say which words may be given to machines as tags."""

import re
from collections.abc import Mapping

from .errors import BadArgument

__all__ = ["FAILED", "check_tag", "tags_of"]

FAILED = "failed"
"""Given to the machines that a command failed for, until the next run of one."""

_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,39}", re.ASCII)


def check_tag(word: str) -> None:
    """Refuse a word that a set could not name, or that this program gives itself.

    Raises:
        BadArgument: it is no tag.
    """
    if word == FAILED:
        why = "it is given to the machines that the last command failed for"
        raise BadArgument("cannot use the tag", subject=word, why=why, remedy="Choose another word.")
    if _LEGAL.fullmatch(word) is None:
        raise BadArgument(
            "cannot use the tag",
            subject=word[:60],
            why="it is no word of up to 40 letters, digits and . _ + -",
            remedy="Write it like web or rack-7; in sets it is @web.",
        )


def tags_of(uuid: str, tags: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return the tags that a machine carries, in the order of the alphabet."""
    return tuple(sorted(word for word, uuids in tags.items() if uuid in uuids))
