"""Make checkpoints, go back to them and delete them."""

from typing import TYPE_CHECKING

from ..dialogs.checkpoint import CheckpointDialog, CheckpointWish
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
        row, checkpoints, uuids = self._screen.list.chosen, self._screen.main.qq.session.checkpoints, self._screen.uuids
        if row is None:
            self._screen.say("there is no checkpoint to go back to: c makes one")
        else:
            name = row.newest.name
            self._plans.decide("planning", lambda: checkpoints.plan_revert(uuids, name))

    def remove(self) -> None:
        """Forget the checkpoint under the cursor."""
        row, checkpoints, uuids = self._screen.list.chosen, self._screen.main.qq.session.checkpoints, self._screen.uuids
        if row is None:
            self._screen.say("there is no checkpoint to delete")
        else:
            name = row.newest.name
            self._plans.decide("planning", lambda: checkpoints.plan_delete(uuids, name))
