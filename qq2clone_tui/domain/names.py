"""Say which names a template may have, and name its clones."""

import itertools
import re
from collections.abc import Iterator

from .errors import BadArgument, TemplateError

__all__ = [
    "MAX_LENGTH",
    "MOST_NOTED",
    "check_note",
    "check_template_name",
    "clone_name",
    "legal_name",
    "names_like",
    "renewed_paths",
    "staging_name",
]

MAX_LENGTH = 60
"""Characters in a template's name: leaves room for a number and a suffix in a 255-byte file name."""

MOST_NOTED = 200
"""Characters in a note on a version: it stands in one line of a table."""

_RENEWED = re.compile(r"\.r[0-9]+\Z", re.ASCII)
_LEGAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*", re.ASCII)


def legal_name(name: str) -> bool:
    """Tell whether a machine's name is safe as the stem of a file name, in a shell and on a screen."""
    return _LEGAL.fullmatch(name) is not None and ".." not in name


def check_template_name(name: str) -> None:
    """Refuse a name that could leave a directory, break a command line or be taken for markup.

    Raises:
        TemplateError: the name is empty, too long, or holds something else than letters,
            digits and ``. _ + -``.
    """
    why = _fault(name)
    if why:
        raise TemplateError(
            "cannot use the template name",
            subject=name if len(name) <= MAX_LENGTH else f"{name[:MAX_LENGTH]}…",
            why=why,
            remedy="Use letters, digits and . _ + - and begin with a letter or digit.",
        )


def names_like(name: str) -> Iterator[str]:
    """Yield names for a template, best first: this one, then the same with a number, all short enough for one.

    Args:
        name: a template's, or a machine's, which may be longer.
    """
    first = name[:MAX_LENGTH]
    yield first
    for number in itertools.count(2):
        ending = f"-{number}"
        candidate = f"{name[: MAX_LENGTH - len(ending)]}{ending}"
        if candidate != first:
            yield candidate


def clone_name(template: str, number: int) -> str:
    """Return the domain name of clone ``number`` (from 1) of a template."""
    return f"{template}-{number}"


def check_note(note: str) -> None:
    """Refuse a note on a version that is no note any more but a document.

    Raises:
        BadArgument: it is longer than ``MOST_NOTED`` characters.
    """
    if len(note) > MOST_NOTED:
        why = f"it has {len(note)} characters, and there is room for {MOST_NOTED}"
        raise BadArgument("cannot note that", subject=f"{note[:20]}…", why=why, remedy="Say it in a few words.")


def staging_name(template: str, version: int) -> str:
    """Return the domain name of the machine in which a version of a template is made; never that of a clone."""
    return f"{template}.v{version}"


def renewed_paths(path: str) -> Iterator[str]:
    """Yield names for a machine's next file for a disk, best first, beginning with the one it had at first.

    ``web-1.vda.qcow2`` is followed by ``web-1.vda.r2.qcow2``, that one by the first again.
    """
    stem, dot, ending = path.rpartition(".")
    first = _RENEWED.sub("", stem)
    for number in itertools.count(1):
        candidate = f"{first}{'' if number == 1 else f'.r{number}'}{dot}{ending}"
        if candidate != path:
            yield candidate


def _fault(name: str) -> str:
    if not name:
        return "it is empty"
    if len(name) > MAX_LENGTH:
        return f"it is longer than {MAX_LENGTH} characters"
    if ".." in name:
        return "it holds '..'"
    if not legal_name(name[0]):
        return f"it begins with {name[0]!r}"
    bad = next((character for character in name if not legal_name(f"a{character}")), "")
    return f"it holds {bad!r}" if bad else ""
