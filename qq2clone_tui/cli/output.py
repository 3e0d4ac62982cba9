"""Write results to stdout: aligned tables, JSON, sizes and times a person can read."""

import json
import sys
import unicodedata
from collections.abc import Sequence
from typing import Any

__all__ = ["SCHEMA", "age", "printable", "size", "table", "write", "write_json"]

SCHEMA = 1
"""Version of the JSON and XML written; it changes only when a field changes its meaning or goes."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNITS = ("KiB", "MiB", "GiB", "TiB", "PiB")
_SPANS = ((86400, "d"), (3600, "h"), (60, "m"))


def printable(text: str) -> str:
    """Return ``text`` with everything that could steer a terminal or hide itself written as an escape."""
    if text.isprintable():
        return text
    return "".join(
        char.encode("unicode_escape").decode("ascii") if unicodedata.category(char) in _HIDDEN else char
        for char in text
    )


def write(text: str) -> None:
    """Write one result as a line of its own."""
    sys.stdout.write(text + "\n")


def write_json(**members: Any) -> None:
    """Write one JSON object, in ASCII so that no name can disturb a terminal, with the schema number first."""
    write(json.dumps({"schema": SCHEMA, **members}, indent=2))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Write rows in aligned columns under headings; columns named in ``right`` end at the right."""
    cells = [[printable(cell) for cell in row] for row in (headings, *rows)]
    widths = [max(_columns(row[index]) for row in cells) for index in range(len(headings))]
    for row in cells:
        padded = [
            _pad(cell, width, left=index not in right)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        write("  ".join(padded).rstrip())
    sys.stdout.flush()  # what is said of it on stderr comes after it, also where both lead to one place


def size(count: int) -> str:
    """Return bytes as ``196 KiB`` or ``1.2 GiB``."""
    if count < 1024:
        return f"{count} B"
    value = float(count)
    for unit in _UNITS:
        value /= 1024
        if value < 1024 or unit == _UNITS[-1]:
            break
    return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def age(seconds: float) -> str:
    """Return a span of time as its largest unit: ``3d``, ``5h``, ``12m``, ``40s``."""
    for span, letter in _SPANS:
        if seconds >= span:
            return f"{int(seconds // span)}{letter}"
    return f"{max(0, int(seconds))}s"


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    fill = " " * (width - _columns(text))
    return text + fill if left else fill + text
