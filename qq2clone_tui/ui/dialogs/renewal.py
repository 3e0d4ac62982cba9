"""Ask about a plan that leaves some machines out unless it may drop what they hold."""

from collections.abc import Callable, Sequence

from textual.binding import Binding
from textual.widget import Widget

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.plan import Plan

from ..presenters.plan_options import DROPS, PlanOption, option_lines
from ..presenters.plans import liftable
from ..presenters.text import Cell, line, visible
from ..widgets.sheet import Sheet
from .confirm import ConfirmDialog

__all__ = ["Again", "RenewalDialog"]

Again = Callable[[frozenset[str], "RenewalDialog"], None]
"""Makes the plan anew with these options on, and hands it to the dialog's ``take`` or its error to ``refuse``."""


class RenewalDialog(ConfirmDialog):
    """A plan with what it may be allowed to drop; the plan follows each choice.

    Args:
        plan: as it is when nothing is dropped.
        hidden: how many of its machines are out of sight.
        again: see ``Again``.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(option.keys), f"turn('{option.name}')", show=False) for option in DROPS
    ]

    def __init__(self, plan: Plan, hidden: int, again: Again) -> None:
        super().__init__(plan, hidden)
        self._again = again
        self._on: frozenset[str] = frozenset()
        self._offered = dict(liftable(plan))
        self._turned = ""

    @property
    def options(self) -> tuple[PlanOption, ...]:
        """Return the options that make a difference to these machines."""
        return tuple(option for option in DROPS if option.name in self._offered)

    def body(self) -> Sequence[Widget]:
        """Return the plan, the options below it, and the field for the phrase."""
        text, *rest = super().body()
        return [text, Sheet(id="dialog-options"), *rest]

    def action_agree(self) -> None:
        """Carry the plan out as it is shown, when it does anything."""
        if self.plan.steps and not self._turned:
            super().action_agree()

    def action_turn(self, name: str) -> None:
        """Turn an option, and plan again."""
        if self._turned or name not in self._offered:
            return
        self._turned = name
        self._on ^= {name}
        self.show_options()
        self.say(line(Cell(" planning…", "dim")))
        self._again(self._on, self)

    def take(self, plan: Plan) -> None:
        """Show the plan as it has become."""
        self._turned = ""
        if not self.is_attached:
            return
        self.plan = plan
        self._offered = {**liftable(plan), **self._offered}
        self.show_plan()

    def refuse(self, error: Qq2cloneError) -> None:
        """Say why there is no such plan; the one before stays."""
        self._on ^= {self._turned}
        self._turned = ""
        if not self.is_attached:
            return
        self.show_options()
        text = visible(f" {error.what}: {error.why}" if error.why else f" {error.what}")
        self.say(line(Cell(text, "bad")))

    def show_plan(self) -> None:
        """Show the plan and its options."""
        super().show_plan()
        if not self.plan.steps:
            self.entitle("Nothing to do as things stand")
        self.show_options()

    def show_hints(self) -> None:
        """Show which keys there are; nothing can be agreed to while the plan does nothing."""
        if self.plan.steps:
            super().show_hints()
        else:
            self.hint(("esc", "leave it"))

    def show_options(self) -> None:
        """Show which options are on."""
        lines = option_lines(self.options, self._on, self._offered, typing=bool(self.phrase))
        sheet = self.query_one("#dialog-options", Sheet)
        sheet.styles.height = len(lines)
        sheet.display = bool(lines)
        sheet.show(lines)

    @property
    def around(self) -> int:
        """Return the rows of the dialog that are not the plan."""
        return super().around + (len(self.options) + 1 if self.options else 0)
