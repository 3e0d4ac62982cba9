"""Make checkpoints, go back to them and delete them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..dialogs.checkpoint import CheckpointDialog, CheckpointWish
from ..presenters.checkpoints import CheckpointRow
from .plans import Plans

if TYPE_CHECKING:
    from ..screens.checkpoints import CheckpointsScreen

__all__ = ["CheckpointScreenActions"]


class CheckpointScreenActions:
    """Carries out the commands of the screen that lists them.

    Args:
        screen: shows the list.
        plans: the way from a wish to a job.
    """

    def __init__(self, screen: "CheckpointsScreen", plans: Plans) -> None:
        self._screen = screen
        self._plans = plans

    def back(self) -> None:
        """Go back."""
        self._screen.dismiss(None)

    def make(self) -> None:
        """Ask for a name and a note, and keep the machines as they are now."""
        screen = self._screen
        checkpoints, uuids = screen.main.qq.session.checkpoints, screen.uuids
        active = sum(machine.state.active for machine in screen.machines)

        def go(wish: CheckpointWish | None) -> None:
            if wish is not None:
                self._plans.decide("planning", lambda: checkpoints.plan_make(uuids, wish.name, wish.note))

        kept = [{each.name for each in (screen.found or {}).get(uuid, ())} for uuid in uuids]
        dialog = CheckpointDialog(len(uuids), active, checkpoints.fresh_name(), set.intersection(*kept))
        screen.app.push_screen(dialog, go)

    def revert(self) -> None:
        """Make the machines what they were."""
        row, checkpoints = self._screen.list.chosen, self._screen.main.qq.session.checkpoints
        if row is None:
            self._screen.say("there is no checkpoint to go back to: c makes one")
        else:
            uuids, name = self._holders(row), row.newest.name
            self._plans.decide("planning", lambda: checkpoints.plan_revert(uuids, name))

    def remove(self) -> None:
        """Forget the checkpoint under the cursor."""
        row, checkpoints = self._screen.list.chosen, self._screen.main.qq.session.checkpoints
        if row is None:
            self._screen.say("there is no checkpoint to delete")
        else:
            uuids, name = self._holders(row), row.newest.name
            self._plans.decide("planning", lambda: checkpoints.plan_delete(uuids, name))

    def turn(self) -> None:
        """Show several machines' checkpoints by name, or one machine after the other."""
        screen = self._screen
        if len(screen.uuids) == 1:
            screen.say("this is one machine alone")
            return
        screen.by_machine = not screen.by_machine
        screen.show_rows()

    def _holders(self, row: CheckpointRow) -> Sequence[str]:
        """Return the machines that a row stands for: its own, or all that may have one of its name."""
        return (row.machine.uuid,) if row.machine else self._screen.uuids
