"""Look at the states that machines can be brought back to."""

from typing import TYPE_CHECKING

from ..presenters.text import visible
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
        """Show the checkpoints of the marked machines, of all on the tree's row, or of the one under the cursor."""
        # Imported here: a start need not wait for what few sessions use.
        from ..screens.checkpoints import CheckpointsScreen

        main = self._main
        place = self._place()
        uuids = main.desk.rows if place else tuple(machine.uuid for machine in main.desk.targets)
        if uuids:
            together = place if len(uuids) > 1 else ""
            main.qq.push_screen(CheckpointsScreen(main, self._plans, uuids, together), lambda _: self._arrive())
        else:
            main.flash(
                f"no machine of {place} is in the table" if place else "no machine is marked or under the cursor"
            )

    def _place(self) -> str:
        """Return what the tree's cursor stands on, in words, where that counts: unmarked, and not a single machine."""
        desk = self._main.desk
        if desk.marks or desk.place.staging or self._main.focused is not self._main.tree_pane:
            return ""
        what = self._main.situation().reference if desk.place.template else "all machines"
        state = f", {desk.place.state.value}" if desk.place.state else ""
        narrowed = f", filter {visible(desk.filter)}" if desk.filter else ""
        return f"{visible(what)}{state}{narrowed}"

    def _arrive(self) -> None:
        """Show what the machines have now: no change of theirs tells of a checkpoint."""
        self._main.actions.details.forget()
        self._main.show_all()
