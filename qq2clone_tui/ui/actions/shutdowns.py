"""Ask a staging machine to shut down, wait for it in view, and say what comes next."""

import threading
import time
from typing import TYPE_CHECKING

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.session import Session

from ..desk import Place
from ..dialogs.staging import StagingDialog, Standing
from ..presenters.staging import StagingStep, staging_choices, standing_lines
from ..presenters.text import Cell, visible

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["PATIENCE_SECONDS", "Shutdowns"]

PATIENCE_SECONDS = 180.0
"""How long a guest may take to shut down before something is said about it; nothing is done to it."""


class Shutdowns:
    """The staging machines that were asked to shut down, and what the dialog of the next version shows of them.

    Args:
        main: the screen that tells how it went.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._waiting: set[str] = set()
        self._news: dict[str, Cell] = {}

    def look(self, name: str, version: int) -> Standing:
        """Return how a template and its staging machine stand, and what can be done now.

        Args:
            name: the template.
            version: the version in view, 0 for the newest.
        """
        inventory = self._main.qq.session.inventory.current
        template = next((each for each in inventory.templates if each.name == name), None)
        if template is None:
            return (), ()
        staging = inventory.machines.get(template.staging)
        news = self._news.get(staging.uuid) if staging and staging.state.active else None
        return standing_lines(template, staging, news), staging_choices(template, staging, version)

    def begins(self, step: StagingStep, name: str) -> bool:
        """Ask the staging machine of a template to shut down where that is the step, and tell whether it is."""
        machine = self._machine(name)
        if step is not StagingStep.SHUTDOWN or machine is None:
            return False
        self._main.desk.go(Place(name, staging=True))
        self._main.show_all()
        session, uuid = self._main.qq.session, machine.uuid
        self._news[uuid] = Cell("Asking its guest to shut down…", "warn")
        self._main.qq.errands.run(
            "asking for a shutdown",
            lambda: _ask(session, uuid),
            lambda trouble: self._wait(name, machine, trouble),
            failed=lambda error: self._wait(name, machine, error.paragraph()),
        )
        return True

    def show_screen(self, name: str) -> None:
        """Open a console on the staging machine of a template."""
        machine = self._machine(name)
        if machine is not None:
            self._main.actions.consoles.open_on((machine,))

    def _wait(self, name: str, machine: Machine, trouble: str) -> None:
        """Wait until the machine is off, unless asking it went wrong."""
        if trouble:
            self._tell(machine.uuid, f"It was not asked: {trouble}", "bad")
            return
        self._tell(machine.uuid, "Waiting for its guest to shut down; this may be left meanwhile.", "warn")
        if machine.uuid in self._waiting:
            return
        self._waiting.add(machine.uuid)
        self._follow(name, machine, "waiting for a shutdown", PATIENCE_SECONDS)

    def _follow(self, name: str, machine: Machine, label: str, patience_seconds: float | None) -> None:
        session = self._main.qq.session
        self._main.qq.errands.run(
            label,
            lambda: _stopped(session, machine.uuid, patience_seconds),
            lambda state: self._waited(name, machine, state),
        )

    def _waited(self, name: str, machine: Machine, state: DomainState) -> None:
        """Say what comes next: the commit, or what else there is while the guest does not listen."""
        shown = visible(machine.name)
        if state.active:
            minutes = round(PATIENCE_SECONDS / 60)
            text = f"{shown} has not shut down in {minutes} minutes: o shows its screen, y can force it off"
            self._tell(machine.uuid, text, "warn")
            self._follow(name, machine, "", None)  # without a word from now on, for it may still listen
            return
        self._waiting.discard(machine.uuid)
        self._news.pop(machine.uuid, None)
        if state is DomainState.MISSING:
            self._main.flash(f"{shown} is gone")
        else:
            where = "" if self._main.situation().template == name else f" on {visible(name)}"
            self._main.flash(f"{shown} is {state.value}: y{where} commits it", "good")

    def _tell(self, uuid: str, text: str, tone: str) -> None:
        """Put the news where the user is looking: into the dialog, or to the foot of the screen."""
        self._news[uuid] = Cell(text, tone)
        screen = self._main.app.screen
        if isinstance(screen, StagingDialog):
            screen.follow()
        else:
            self._main.flash(visible(text), tone)

    def _machine(self, name: str) -> Machine | None:
        inventory = self._main.qq.session.inventory.current
        template = next((each for each in inventory.templates if each.name == name), None)
        return inventory.machines.get(template.staging) if template else None


def _ask(session: Session, uuid: str) -> str:
    """Ask a guest to shut down, as a job among others, and return why it was not asked; empty when it was."""
    plan = session.plan_power(PowerVerb.SHUTDOWN, [uuid])
    if not plan.steps:
        return next((f"{refusal.name} {refusal.why}" for refusal in plan.refusals), "it is gone")
    return next((entry.reason for entry in session.jobs.run(plan).failed()), "")


def _stopped(session: Session, uuid: str, patience_seconds: float | None) -> DomainState:
    """Wait until a machine has stopped or gone, or for so long, and return its state then."""
    changed = threading.Event()
    unsubscribe = session.inventory.subscribe(lambda _: changed.set())
    deadline = time.monotonic() + patience_seconds if patience_seconds is not None else None
    try:
        while True:
            changed.clear()
            machine = session.inventory.current.machines.get(uuid)
            state = machine.state if machine else DomainState.MISSING
            left = max(0.0, deadline - time.monotonic()) if deadline is not None else None
            if not (state.active and changed.wait(left)):
                return state
    finally:
        unsubscribe()
