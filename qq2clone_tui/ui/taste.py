"""Hold how a user likes the app: other keys, fewer or more questions, other columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qq2clone_tui.domain.looks import check_columns, check_theme
from qq2clone_tui.domain.plan import Danger

from .keymap import Keymap
from .presenters.machines import COLUMNS, Column

__all__ = ["Taste", "refuse_unfit"]

_ASKED_FROM = {"always": Danger.NONE, "interrupts": Danger.INTERRUPTS, "loses": Danger.LOSES}


@dataclass(frozen=True, slots=True)
class Taste:
    """What the settings say about the app beside its theme.

    Args:
        keymap: the keys of the commands.
        confirm: ``always`` to be asked before every change, ``interrupts`` before guests are cut off,
            ``loses`` only before files are lost.
        columns: of the clone table, from left to right.
    """

    keymap: Keymap = field(default_factory=lambda: Keymap({}))
    confirm: str = "interrupts"
    columns: tuple[Column, ...] = COLUMNS

    @classmethod
    def of(cls, keymap: Mapping[str, str], confirm: str, columns: tuple[str, ...]) -> "Taste":
        """Return what the settings ``ui.keymap``, ``ui.confirm`` and ``ui.columns`` mean.

        Raises:
            BadArgument: they name what there is not.
        """
        return cls(Keymap(keymap), confirm, _columns(columns))

    def asks_about(self, danger: Danger) -> bool:
        """Tell whether a plan of this danger is shown and asked about before it is carried out."""
        return danger >= _ASKED_FROM[self.confirm]


def refuse_unfit(option: str, text: str) -> None:
    """Refuse, before it is stored, a value of a setting that the app could not start with.

    Raises:
        BadArgument: it names what there is not.
    """
    if option == "ui.columns":
        check_columns([name.strip() for name in text.split(",") if name.strip()])
    elif option == "ui.theme":
        check_theme(text)


def _columns(names: tuple[str, ...]) -> tuple[Column, ...]:
    check_columns(names)
    known = {column.id: column for column in COLUMNS}
    return tuple(known[name] for name in names) or COLUMNS
