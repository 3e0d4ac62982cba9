"""Make a plan off the screen's thread, ask about it where something can be lost, and start it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from qq2clone_tui.domain.plan import Plan

from ..dialogs.confirm import ConfirmDialog
from ..dialogs.message import MessageDialog
from ..presenters.plans import refusal_lines
from ..presenters.text import counted

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["Plans"]


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

    def _consider(self, plan: Plan) -> None:
        if not plan.steps:
            self._main.qq.present(MessageDialog("Nothing to do", refusal_lines(plan)))
        elif not self._main.qq.taste.asks_about(plan.danger):
            self._start(plan)
        else:
            hidden = sum(step.uuid in self._main.desk.hidden for step in plan.steps)
            self._main.qq.present(ConfirmDialog(plan, hidden), lambda yes: self._answered(plan, yes))

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
