"""Give machines fresh disks, move them to another version, or free them from their template."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.names import names_like
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.engine.templates.promote import Promotion

from ..dialogs.promote import PromoteDialog, PromoteWish
from ..dialogs.question import QuestionDialog
from ..dialogs.versions import VersionDialog
from ..presenters.promotion import promotion_lines
from ..presenters.text import counted, visible
from ..presenters.versions import VersionChoice, choices_of
from .plans import Plans

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["RenewalActions"]


class RenewalActions:
    """Carries out the commands of the noun ``renewal``."""

    def __init__(self, main: "MainScreen", plans: Plans) -> None:
        self._main = main
        self._plans = plans

    def reset(self) -> None:
        """Give the machines fresh disks over their version."""
        renewal, uuids = self._main.qq.session.renewal, self._uuids()

        def plan(drops: frozenset[str]) -> Plan:
            return renewal.plan_reset(
                uuids, drop_saved="drop_saved" in drops, drop_checkpoints="drop_checkpoints" in drops
            )

        self._plans.decide_dropping("planning reset", plan)

    def upgrade(self) -> None:
        """Ask for a version, and give the machines fresh disks over it."""
        targets, now = self._main.desk.targets, self._main.qq.clock()
        choices = choices_of(self._main.desk.inventory, targets, now)
        title = f"Move {counted(len(targets), 'machine')} onto which version?"

        def chosen(choice: VersionChoice | None) -> None:
            if choice is not None:
                self._move(targets, choice.number)

        self._main.qq.push_screen(VersionDialog(title, choices), chosen)

    def _move(self, targets: tuple[Machine, ...], to: int | None) -> None:
        renewal, uuids = self._main.qq.session.renewal, [machine.uuid for machine in targets]

        def plan(drops: frozenset[str]) -> Plan:
            return renewal.plan_upgrade(
                uuids, to, drop_saved="drop_saved" in drops, drop_checkpoints="drop_checkpoints" in drops
            )

        self._plans.decide_dropping("planning upgrade", plan)

    def detach(self) -> None:
        """Give the machines full images that stand on no version."""
        renewal, uuids = self._main.qq.session.renewal, self._uuids()

        def plan(drops: frozenset[str]) -> Plan:
            return renewal.plan_detach(uuids, drop_saved="drop_saved" in drops)

        self._plans.decide_dropping("planning detach", plan)

    def promote(self) -> None:
        """Ask for a name, and make a template of the machine."""
        (machine,) = self._main.desk.targets
        taken = {template.name for template in self._main.desk.inventory.templates}

        def go(wish: PromoteWish | None) -> None:
            if wish is not None:
                self._plan_promotion(machine, wish)

        remark = f"The disks of {machine.name} become the template's. To keep the machine, they are copied."
        self._main.qq.push_screen(PromoteDialog(_free(machine.name, taken), taken, remark), go)

    def _plan_promotion(self, machine: Machine, wish: PromoteWish) -> None:
        promotion = self._main.qq.session.promotion

        def ask(plan: Promotion) -> None:
            dialog = QuestionDialog("Make a template of it?", promotion_lines(plan))
            self._main.qq.present(dialog, lambda yes: self._promote(machine, wish) if yes else None)

        self._main.qq.errands.run(
            "planning promotion", lambda: promotion.plan(machine.uuid, wish.name, keep=wish.keep), ask
        )

    def _promote(self, machine: Machine, wish: PromoteWish) -> None:
        promotion = self._main.qq.session.promotion
        done = f"{visible(wish.name)} is a template now: c makes clones of it"
        self._main.qq.errands.run(
            "copying the images" if wish.keep else "promoting",
            lambda: promotion.promote(machine.uuid, wish.name, keep=wish.keep),
            lambda _: self._main.flash(done, "good"),
        )

    def _uuids(self) -> list[str]:
        return [machine.uuid for machine in self._main.desk.targets]


def _free(name: str, taken: set[str]) -> str:
    """Return this name, or one like it that no template has."""
    return next(each for each in names_like(name) if each not in taken)
