"""Keep the generated part of the README: the key table, from the one table of commands."""

import sys
from pathlib import Path

from qq2clone_tui.ui.commands import key_table

from .checkout import ROOT

README = ROOT / "README.md"
BEGIN, END = "<!-- keys:begin -->", "<!-- keys:end -->"


def refreshed(text: str) -> str:
    """Return the README's text with the key table written anew."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks {BEGIN} or {END}")
    return f"{head}{begin}\n\n{key_table().strip()}\n\n{end}{tail}"


def main(path: Path = README) -> int:
    """Write the README anew when it is out of date."""
    before = path.read_text(encoding="utf-8")
    after = refreshed(before)
    if after != before:
        path.write_text(after, encoding="utf-8")
        print("README.md: key table written anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
