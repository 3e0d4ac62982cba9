"""Name what the full-screen app's looks can be set to, so that a slip is refused wherever it is set."""

from collections.abc import Sequence

from .errors import BadArgument

__all__ = ["COLUMN_NAMES", "THEME_NAMES", "check_columns", "check_theme"]

COLUMN_NAMES = ("number", "name", "state", "version", "cpu", "memory", "disk", "address", "age")
THEME_NAMES = ("dark", "light", "contrast", "ansi", "mono")


def check_columns(names: Sequence[str]) -> None:
    """Refuse columns of the clone table that there are not, or that are named twice.

    Raises:
        BadArgument: the sentence names those that there are.
    """
    what = "cannot use the setting ui.columns"
    for name in names:
        if name not in COLUMN_NAMES:
            why, remedy = "there is no such column", f"There are: {', '.join(COLUMN_NAMES)}."
            raise BadArgument(what, subject=name, why=why, remedy=remedy)
    if len(set(names)) < len(names):
        raise BadArgument(what, subject=",".join(names), why="it names a column twice")


def check_theme(theme: str) -> None:
    """Refuse a theme that there is not; the empty text stands for the default.

    Raises:
        BadArgument: the sentence names those that there are.
    """
    if theme and theme not in THEME_NAMES:
        raise BadArgument("there is no such theme", subject=theme, remedy=f"There are: {', '.join(THEME_NAMES)}.")
