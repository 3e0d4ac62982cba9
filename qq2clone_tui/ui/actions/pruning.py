"""Let versions go that nobody needs."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qq2clone_tui.domain.prune_plan import PrunePlan
from qq2clone_tui.engine.versions.pruning import FoldResult, PruningProgress

from ..dialogs.message import MessageDialog
from ..dialogs.prune import PruneDialog
from ..dialogs.question import QuestionDialog
from ..presenters.pruning import progress_label, result_lines, result_sentence
from ..presenters.text import Cell, line

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["PruneActions"]

_REFRESH_SECONDS = 0.5
_ALL, _MINE, _FLAT = "all templates", "this template", "only shorten chains"

_Plans = Sequence[tuple[str, PrunePlan]]


class PruneActions:
    """Carries out the commands of the noun ``pruning``; one at a time, in the background.

    Args:
        main: the screen they act on.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._progress: PruningProgress | None = None
        self._stop = threading.Event()
        self._at_work = False

    def plan(self) -> None:
        """Show which versions of the template or version in view can go; while that is being done, offer to stop."""
        if self._at_work:
            self._offer_to_stop()
            return
        now = self._main.situation()
        if not now.template:
            make = self._plans_of_all
        elif now.version:
            make = lambda: self._plans_of_version(now.reference)  # noqa: E731
        else:
            make = lambda: self._plans_of(now.template)  # noqa: E731
        self._main.qq.errands.run("planning", make, self._ask)

    def offer(self, template: str) -> None:
        """Offer to shorten the chains of a template that has got another version, where they are too deep by now."""
        pruning = self._main.qq.session.pruning

        def look() -> _Plans:
            return [(_FLAT, pruning.plan_flatten(template))] if pruning.too_deep(template) else []

        self._main.qq.errands.run("", look, lambda plans: self._ask(plans) if plans else None)

    def _plans_of_all(self) -> _Plans:
        return [(_ALL, self._main.qq.session.pruning.plan_prune())]

    def _plans_of_version(self, reference: str) -> _Plans:
        return [(reference, self._main.qq.session.pruning.plan_prune(reference))]

    def _plans_of(self, template: str) -> _Plans:
        pruning = self._main.qq.session.pruning
        every, flat = pruning.plan_prune(), pruning.plan_flatten(template)
        mine = replace(every, templates=tuple(each for each in every.templates if each.template == template))
        others = [(_ALL, every)] if len(every.templates) > 1 else []
        return [(_MINE, mine), (_FLAT, flat), *others]

    def _ask(self, plans: _Plans) -> None:
        self._main.qq.present(PruneDialog(plans), self._answered)

    def _answered(self, plan: PrunePlan | None) -> None:
        if plan is None:
            return
        app, stop = self._main.qq, threading.Event()
        self._stop, self._at_work = stop, True
        ticking = self._main.set_interval(_REFRESH_SECONDS, self._main.show_bars)

        def ended(results: Sequence[FoldResult]) -> None:
            ticking.stop()
            self._at_work, self._progress = False, None
            self._tell(results)

        app.errands.run(self._label, lambda: app.session.pruning.prune(plan, self._hear, stop), ended)

    def _hear(self, progress: PruningProgress) -> None:
        self._progress = progress  # on the thread at work; the screen's looks now and then

    def _label(self) -> str:
        progress = self._progress
        return progress_label(progress) if progress is not None else "pruning"

    def _tell(self, results: Sequence[FoldResult]) -> None:
        self._main.actions.versions_in_view.forget()
        lines, sentence = result_lines(results), result_sentence(results)
        if lines:
            self._main.qq.present(MessageDialog("Not everything went", lines))
        if sentence:
            self._main.flash(sentence, "good")

    def _offer_to_stop(self) -> None:
        def answered(yes: bool | None) -> None:
            if yes:
                self._stop.set()

        lines = [
            line(Cell(f" {self._label()}", "strong")),
            line(" What is being merged is then undone; versions that"),
            line(" are gone already stay gone."),
        ]
        self._main.qq.push_screen(QuestionDialog("Stop it?", lines), answered)
