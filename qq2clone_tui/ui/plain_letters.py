"""Draw with the letters of ASCII where the locale promises no others."""

import re
from collections.abc import Mapping

from rich.cells import cell_len

__all__ = ["in_ascii", "only_ascii"]

_UTF8 = re.compile(r"utf-?8", re.IGNORECASE)

_SIGNS = {
    "─━╌▬–": "-", "│┃‖▌▐": "|", "╭╮╰╯┌┐└┘├┤┬┴┼": "+", "…·": ".", "•●": "*", "◌○◐": "o",
    "✗×": "x", "✓": "v", "✎": "~", "▸►→": ">", "◄←": "<", "▾▼↓": "v", "▴▲↑": "^",
    "▁▂": "_", "▃▄": "-", "▅▆": "=", "▇█▀": "#",
}  # fmt: skip
_TABLE = str.maketrans({sign: letter for signs, letter in _SIGNS.items() for sign in signs})


def only_ascii(environ: Mapping[str, str]) -> bool:
    """Tell whether the locale names another character set than UTF-8.

    Where nothing is set, as in a bare container, UTF-8 is taken for granted, as Python does.

    Source: locale(7) for the order of the variables.
    """
    chosen = next((environ[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if environ.get(name)), "")
    return bool(chosen) and not _UTF8.search(chosen)


def in_ascii(text: str) -> str:
    """Return text of the same width without anything beyond ASCII; what has no likeness is a question mark."""
    if text.isascii():
        return text
    return "".join(sign if sign.isascii() else "?" * cell_len(sign) for sign in text.translate(_TABLE))
