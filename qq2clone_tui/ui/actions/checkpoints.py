"""Look at the states that machines can be brought back to."""

from typing import TYPE_CHECKING

from .plans import Plans

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["CheckpointActions"]


class CheckpointActions:
    """Carries out the commands of the noun ``checkpoints``."""

    def __init__(self, main: "MainScreen", plans: Plans) -> None:
        self._main = main
        self._plans = plans

    def see(self) -> None:
        """Show the checkpoints of the marked machines, or of the one under the cursor."""
        # Imported here: a start need not wait for what few sessions use.
        from ..screens.checkpoints import CheckpointsScreen

        uuids = [machine.uuid for machine in self._main.desk.targets]
        if uuids:
            self._main.qq.push_screen(CheckpointsScreen(self._main, self._plans, uuids), lambda _: self._arrive())
        else:
            self._main.flash("no machine is marked or under the cursor")

    def _arrive(self) -> None:
        """Show what the machines have now: no change of theirs tells of a checkpoint."""
        self._main.actions.details.forget()
        self._main.show_all()
