"""Make a plan off the screen's thread, ask about it where something can be lost, and start it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qq2clone_tui.domain.plan import Plan

from ..dialogs.confirm import ConfirmDialog
from ..dialogs.message import MessageDialog
from ..dialogs.renewal import RenewalDialog
from ..presenters.plans import liftable, refusal_lines
from ..presenters.text import counted, line

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["Plans"]

Renew = Callable[[frozenset[str]], Plan]
"""Makes a plan that may drop what is named; see ``presenters.plan_options.DROPS``."""


class Plans:
    """The way from a command to a job.

    Args:
        main: the screen that asks.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main

    def decide(self, label: str, make: Callable[[], Plan]) -> None:
        """Make a plan, and go on with it."""
        self._main.qq.errands.run(label, make, self._consider)

    def decide_dropping(self, label: str, make: Renew) -> None:
        """Make a plan that drops nothing at first, and go on with it or with what it becomes in the dialog."""
        nothing: frozenset[str] = frozenset()
        self._main.qq.errands.run(label, lambda: make(nothing), lambda plan: self._weigh(plan, make))

    def _consider(self, plan: Plan) -> None:
        if not plan.steps:
            lines = refusal_lines(plan) or [line(" No such machine is there any more.")]
            self._main.qq.present(MessageDialog("Nothing to do", lines))
        elif not self._main.qq.taste.asks_about(plan.danger):
            self._start(plan)
        else:
            self._ask(ConfirmDialog(plan, self._hidden(plan)))

    def _weigh(self, plan: Plan, make: Renew) -> None:
        """Show the plan when a choice makes a difference to it; otherwise treat it as any other."""
        if not liftable(plan):
            self._consider(plan)
            return

        def again(drops: frozenset[str], dialog: RenewalDialog) -> None:
            self._main.qq.errands.run("", lambda: make(drops), dialog.take, failed=dialog.refuse)

        self._ask(RenewalDialog(plan, self._hidden(plan), again))

    def _ask(self, dialog: ConfirmDialog) -> None:
        self._main.qq.present(dialog, lambda yes: self._answered(dialog.plan, yes))

    def _hidden(self, plan: Plan) -> int:
        return sum(step.uuid in self._main.desk.hidden for step in plan.steps)

    def _answered(self, plan: Plan, yes: bool | None) -> None:
        if yes:
            self._start(plan)
        else:
            session = self._main.qq.session
            self._main.qq.errands.run("", lambda: session.abandon(plan), lambda _: None)
            self._main.flash("Nothing was done.", "dim")

    def _start(self, plan: Plan) -> None:
        session = self._main.qq.session
        self._main.qq.errands.run("", lambda: session.jobs.start(plan), self._started)
        if plan.refusals:
            first, more = plan.refusals[0], len(plan.refusals) - 1
            others = f" and {counted(more, 'other')}" if more else ""
            self._main.flash(f"Left out: {first.name}{others}, for {first.name} {first.why}")

    def _started(self, job: int) -> None:
        self._main.show_jobs()
        self._main.actions.consoles.expect(job)
