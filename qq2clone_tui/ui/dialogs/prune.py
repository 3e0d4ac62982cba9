"""Ask whether versions shall go, and which."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.widget import Widget

from qq2clone_tui.domain.prune_plan import PrunePlan

from ..presenters.pruning import by_hand_lines, pruning_lines, pruning_question
from .dialog import Dialog, Reading

__all__ = ["PruneDialog"]


class PruneDialog(Dialog[PrunePlan]):
    """One of several plans, the next one a key away; the answer is the one agreed to.

    Args:
        plans: each with what it is, in a few words; the first is shown.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding("y,enter", "agree", show=False),
        Binding("n,q", "leave", show=False),
        Binding("tab,f", "next", show=False),
        Binding("e,f2", "by_hand", show=False),
    ]

    def __init__(self, plans: Sequence[tuple[str, PrunePlan]]) -> None:
        super().__init__()
        self._plans = tuple(plans)
        self._at = 0
        self._by_hand = False

    @property
    def plan(self) -> PrunePlan:
        """Return the plan that is shown."""
        return self._plans[self._at][1]

    def body(self) -> Sequence[Widget]:
        """Return the lines of the plan."""
        return [Reading(id="dialog-text")]

    def on_mount(self) -> None:
        """Show the first plan."""
        super().on_mount()
        self._show()
        self.query_one(Reading).focus()

    def on_resize(self) -> None:
        """Keep the plan within the screen."""
        self._show()

    def action_agree(self) -> None:
        """Answer with the plan that is shown, unless it does nothing."""
        if not self.plan.empty:
            self.dismiss(self.plan)

    def action_next(self) -> None:
        """Show the next plan."""
        self._at, self._by_hand = (self._at + 1) % len(self._plans), False
        self._show()

    def action_by_hand(self) -> None:
        """Show the same as shell commands, or the plan again."""
        self._by_hand = not self._by_hand and not self.plan.empty
        self._show()

    def _show(self) -> None:
        self.entitle(pruning_question(self.plan))
        other = self._plans[(self._at + 1) % len(self._plans)][0]
        agree = () if self.plan.empty else (("y", "do it"), ("e", "as commands"))
        more = (("tab", other),) if len(self._plans) > 1 else ()
        self.hint(*agree, *more, ("esc", "leave it"))
        lines = by_hand_lines(self.plan) if self._by_hand else pruning_lines(self.plan)
        text = self.query_one(Reading)
        text.styles.height = min(len(lines), max(3, self.size.height * 94 // 100 - 6))
        text.scroll_home(animate=False)
        text.show(lines)
