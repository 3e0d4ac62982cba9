"""Write text for the macros of man(7).

Source: man(7) and groff_char(7).
"""

import re
from collections.abc import Iterable

__all__ = ["Roff", "escaped"]

# Left as they are, some terminals show these as typographic marks, which cannot be pasted into a shell.
_SIGNS = {"\\": r"\e", "-": r"\-", "^": r"\(ha", "~": r"\(ti", "`": r"\(ga", "'": r"\(aq", '"': r"\(dq"}
_OPTION = r"--?[A-Za-z][\w-]*"


def escaped(text: str) -> str:
    """Return text of which roff interprets nothing."""
    signs = "".join(_SIGNS.get(char, char if char.isascii() else rf"\[u{ord(char):04X}]") for char in text)
    return rf"\&{signs}" if signs.startswith(".") else signs


class Roff:
    """A manual page that grows from top to bottom.

    Args:
        name, section: of the page.
        source: the program and its version.
        title: of the manual it belongs to.
        placeholders: words that stand for what a user types.
    """

    def __init__(self, name: str, section: int, source: str, title: str, placeholders: Iterable[str] = ()) -> None:
        words = "|".join([_OPTION, *(rf"{re.escape(word)}\b" for word in sorted(placeholders))])
        self._marked = re.compile(rf"(?<![\w$/-])({words})")
        self._lines = [
            f'.TH {escaped(name.upper())} {section} "" "{escaped(source)}" "{escaped(title)}"',
            ".nh",
            ".ad l",
        ]

    def titled(self, name: str, does: str) -> None:
        """Write the line from which whatis(1) knows the page."""
        self._lines.append(rf"{escaped(name)} \- {escaped(does)}")

    def section(self, title: str) -> None:
        """Begin a section."""
        self._lines.append(f".SH {escaped(title.upper())}")

    def subsection(self, title: str) -> None:
        """Begin a section within a section."""
        self._lines.append(f'.SS "{escaped(title)}"')

    def paragraph(self, text: str) -> None:
        """Write a paragraph; options in it are bold, placeholders italic."""
        self._lines += [".PP", self._dressed(text)]

    def item(self, tag: str, text: str) -> None:
        """Write what is explained, and below it, indented, the explanation."""
        self._lines += [".TP", self._dressed(tag, bold=True), self._dressed(text)]

    def example(self, lines: Iterable[str]) -> None:
        """Write lines as they are, indented."""
        self._lines += [".PP", ".RS 4", ".nf", *(rf"\fB{escaped(line)}\fR" for line in lines), ".fi", ".RE"]

    def text(self) -> str:
        """Return the whole page."""
        return "\n".join(self._lines) + "\n"

    def _dressed(self, text: str, *, bold: bool = False) -> str:
        """Return the text with options bold and placeholders in italics, and the rest bold when asked for."""
        parts = []
        for index, part in enumerate(self._marked.split(" ".join(text.split()))):
            plain = escaped(part)
            if index % 2 == 0:
                parts.append(rf"\fB{plain}\fR" if bold and part.strip() else plain)
            else:
                parts.append(rf"\fB{plain}\fR" if part.startswith("-") else rf"\fI{plain}\fR")
        return "".join(parts)
