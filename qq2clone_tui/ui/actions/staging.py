"""Make the next version of a template: prepare, go on, commit, discard, force off."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from qq2clone_tui.domain.plan import Danger
from qq2clone_tui.domain.reference import Reference
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.versions.commit import Commit
from qq2clone_tui.engine.versions.discard import Discard
from qq2clone_tui.engine.versions.staging import Prepared

from ..desk import Place
from ..dialogs.question import QuestionDialog
from ..dialogs.staging import NoteDialog, NoteWish, StagingDialog
from ..presenters.staging import StagingStep, commit_lines, discard_lines, force_lines
from ..presenters.text import Line, visible
from .shutdowns import Shutdowns
from .versions import VersionActions

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["COMMITTING", "StagingActions"]

COMMITTING = "committing"
"""What the header says while a staging machine is committed; leaving asks then."""

Result = TypeVar("Result")


class StagingActions:
    """Carries out the commands of the noun ``staging``.

    Args:
        main: the screen they act on.
        versions: writes notes.
    """

    def __init__(self, main: "MainScreen", versions: VersionActions) -> None:
        self._main = main
        self._versions = versions
        self._shutdowns = Shutdowns(main)

    def ask(self) -> None:
        """Ask what is to be done about the next version of the template in view."""
        now = self._main.situation()
        if now.summary is None:
            return
        name, session = now.summary.name, self._main.qq.session
        ways: dict[StagingStep, Callable[[str], None]] = {
            StagingStep.PREPARE: lambda name: self._prepare(name, start=False),
            StagingStep.START: lambda name: self._prepare(name, start=True),
            StagingStep.CONSOLE: self._shutdowns.show_screen,
            StagingStep.COMMIT: lambda name: self._commit(name, in_place=False),
            StagingStep.IN_PLACE: lambda name: self._commit(name, in_place=True),
            StagingStep.DISCARD: self._discard,
            StagingStep.FORCE_OFF: self._force_off,
            StagingStep.NOTE: lambda _: self._versions.annotate(),
        }

        def go(step: StagingStep | None) -> None:
            if step is not None:
                ways[step](name)

        dialog = StagingDialog(
            lambda: self._shutdowns.look(name, now.version),
            session.inventory.subscribe,
            lambda step: self._shutdowns.begins(step, name),
        )
        self._main.qq.push_screen(dialog, go)

    def _prepare(self, name: str, *, start: bool) -> None:
        session = self._main.qq.session
        self._main.qq.errands.run(
            "preparing", lambda: _seen(session, session.staging.prepare(name, start=start)), self._prepared
        )

    def _prepared(self, prepared: Prepared) -> None:
        """Go to the staging machine, and say what to do next."""
        self._go(Place(prepared.template, staging=True))
        name = visible(prepared.name)
        if prepared.started:
            text = f"{name} is running: change it, shut it down, and y commits it"
        else:
            text = f"{name} is ready: s starts it; once it is off again, y commits it"
        self._main.flash(text, "good")

    def _commit(self, name: str, *, in_place: bool) -> None:
        session = self._main.qq.session
        self._main.qq.errands.run(
            "planning the commit",
            lambda: session.staging.plan_commit(name, in_place=in_place),
            self._confirm_in_place if in_place else self._ask_note,
        )

    def _ask_note(self, plan: Commit) -> None:
        """Ask what the new version is; nothing is lost by making one, so there is no other question."""

        def go(wish: NoteWish | None) -> None:
            if wish is not None:
                self._carry_out(plan, wish.text)

        self._main.qq.present(NoteDialog(f"Make v{plan.version}?", "", commit_lines(plan)), go)

    def _confirm_in_place(self, plan: Commit) -> None:
        self._ask(f"Write into v{plan.version} itself?", commit_lines(plan), lambda: self._carry_out(plan, ""))

    def _carry_out(self, plan: Commit, note: str) -> None:
        session = self._main.qq.session
        self._main.qq.errands.run(
            COMMITTING,
            lambda: _seen(session, session.staging.commit(plan.template, note, in_place=plan.in_place)),
            lambda made: self._committed(plan, made),
        )

    def _committed(self, plan: Commit, made: Reference) -> None:
        self._main.actions.versions_in_view.forget()
        self._go(Place(plan.template, version=plan.version))
        word = "has the changes now" if plan.in_place else "is made: c makes clones of it"
        self._main.flash(f"{visible(str(made))} {word}", "good")
        self._main.actions.pruning.offer(plan.template)

    def _go(self, place: Place) -> None:
        self._main.qq.take_inventory()
        self._main.desk.go(place)
        self._main.show_all()

    def _discard(self, name: str) -> None:
        session = self._main.qq.session
        self._main.qq.errands.run("planning", lambda: session.staging.plan_discard(name), self._confirm_discard)

    def _confirm_discard(self, plan: Discard) -> None:
        session, done = self._main.qq.session, f"{visible(plan.machine)} is gone, with what was changed in it"
        self._ask(
            "Throw the changes away?",
            discard_lines(plan),
            lambda: self._run("discarding", lambda: session.staging.discard(plan.template), done),
        )

    def _force_off(self, name: str) -> None:
        session = self._main.qq.session
        self._ask(
            "Cut its power?",
            force_lines(name),
            lambda: self._run("forcing off", lambda: session.staging.force_off(name), "Its power is cut."),
            Danger.INTERRUPTS,
        )

    def _ask(self, title: str, lines: Sequence[Line], then: Callable[[], None], danger: Danger = Danger.LOSES) -> None:
        """Ask before something is lost, unless the settings say that nobody wants to be asked."""
        if not self._main.qq.taste.asks_about(danger):
            then()
            return
        self._main.qq.present(QuestionDialog(title, lines), lambda yes: then() if yes else None)

    def _run(self, label: str, work: Callable[[], object], done: str) -> None:
        self._main.qq.errands.run(label, work, lambda _: self._main.flash(done, "good"))


def _seen(session: Session, result: Result) -> Result:
    """Return what was done once the picture shows it, so that one can go there."""
    session.inventory.refresh()
    return result
