"""Give machines fresh disks, move them to another version, or free them from their template."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Plan

from ..dialogs.versions import VersionDialog
from ..presenters.text import counted
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

    def _uuids(self) -> list[str]:
        return [machine.uuid for machine in self._main.desk.targets]
