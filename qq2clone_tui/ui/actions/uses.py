"""Show who stands on a template, on one of its versions, or on the disks of a machine."""

from typing import TYPE_CHECKING

from ..desk import Place
from ..presenters.text import visible

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["UsesActions"]


class UsesActions:
    """Carries out the commands of the noun ``uses``."""

    def __init__(self, main: "MainScreen") -> None:
        self._main = main

    def show(self) -> None:
        """Show what stands on what is in view: in the table that is a machine, in the tree a version or a template."""
        # Imported here: a start need not wait for what few sessions use.
        from ..screens.uses import UsesScreen, View

        main, session = self._main, self._main.qq.session
        machine = main.desk.inventory.machines.get(main.desk.cursor or "")
        situation = main.situation()
        views = []
        uuid = machine.uuid if machine is not None and main.table.has_focus else ""
        if machine is not None and uuid:
            views.append(View(machine.name, lambda: session.uses.of_machine(uuid)))
        if situation.template:
            reference = situation.reference
            views.append(View(reference, lambda: session.uses.of(reference)))
        if not views:
            main.flash("choose a template in the tree first")
            return
        main.qq.push_screen(UsesScreen(main, views, uuid), self._arrive)

    def _arrive(self, uuid: str | None) -> None:
        """Put the cursor on the machine that was chosen, wherever in the tree that is."""
        desk = self._main.desk
        machine = desk.inventory.machines.get(uuid or "")
        if machine is None:
            return
        if not desk.place.holds(machine):
            desk.go(Place(machine.template, staging=machine.staging))
        self._main.show_all()
        if machine.uuid not in desk.rows:
            self._main.flash(f"{visible(machine.name)} is hidden by the filter: esc clears it")
            return
        self._main.table.move_to(desk.rows.index(machine.uuid))
        self._main.table.focus()
