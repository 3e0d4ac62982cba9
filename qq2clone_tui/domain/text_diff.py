"""Show how two texts of a machine's XML differ, without the passwords in them."""

import re
from difflib import unified_diff

__all__ = ["diff_lines"]

_PASSWORD = re.compile(r"""(passwd\s*=\s*)("[^"]*"|'[^']*')""")
_MOST_LINES = 40


def diff_lines(before: str, after: str) -> tuple[str, ...]:
    """Return the lines that differ and one around them, in the manner of ``diff -u``, at most some forty."""
    lines = list(unified_diff(_hidden(before), _hidden(after), n=1, lineterm=""))[2:]
    if len(lines) > _MOST_LINES:
        return (*lines[:_MOST_LINES], f"@@ and {len(lines) - _MOST_LINES} more lines @@")
    if not lines and before != after:
        return ("@@ a password was changed @@",)
    return tuple(lines)


def _hidden(text: str) -> list[str]:
    return [_PASSWORD.sub(r"\1'(not shown)'", line) for line in text.splitlines()]
