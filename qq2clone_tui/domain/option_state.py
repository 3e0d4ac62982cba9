"""Say what an option of the settings is, what it is set to, and by whom."""

from dataclasses import dataclass

__all__ = ["OptionState"]


@dataclass(frozen=True, slots=True)
class OptionState:
    """One option as it stands.

    Args:
        name: as in the configuration file, such as ``jobs`` or ``ui.theme``.
        value: what counts now, as text; empty when nothing does.
        origin: who set it: ``default``, an absolute path, a variable, or ``the command line``.
        default: what counts when nobody sets it, as text; empty for none.
        kind: what it may be, in words: ``yes or no``, ``a whole number``, ``one of ...``, ``text``.
        help: one sentence on what it does.
        variable: the environment variable that sets it.
        editable: False for what only a text editor can change.
    """

    name: str
    value: str
    origin: str
    default: str
    kind: str
    help: str
    variable: str
    editable: bool = True
