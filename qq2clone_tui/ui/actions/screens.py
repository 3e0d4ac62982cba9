"""Look at the screens of machines."""

from typing import TYPE_CHECKING

from ..pictures.gaze import Gaze

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["ScreenActions"]

_CONSOLE = "consoles.connect"


class ScreenActions:
    """Carries out the commands of the noun ``screens``."""

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._gaze = Gaze()

    def picture(self) -> None:
        """See the screen of the machine under the cursor; its neighbours are the marked ones, or those in the table."""
        # Imported here, as below: a start need not wait for what few sessions use.
        from ..screens.picture import PictureScreen

        desk = self._main.desk
        uuid = desk.cursor
        if uuid is None:
            self._main.flash("no machine is under the cursor")
            return
        marked = [row for row in desk.rows if row in desk.marks]
        neighbours = marked if uuid in marked else desk.rows
        self._main.qq.push_screen(PictureScreen(self._main, self._gaze, neighbours, uuid), self._arrive)

    def wall(self) -> None:
        """See the screens of all marked machines, else of all in the table."""
        from ..screens.wall import WallScreen

        desk = self._main.desk
        marked = [uuid for uuid in desk.rows if uuid in desk.marks]
        marked += [uuid for uuid in desk.inventory.machines if uuid in desk.hidden]
        uuids = marked or desk.rows
        if not uuids:
            self._main.flash("there is no machine to see")
            return
        self._main.qq.push_screen(WallScreen(self._main, self._gaze, uuids, desk.cursor), self._arrive)

    def open_console(self, uuid: str) -> None:
        """Open the console of one machine, whatever is marked."""
        desk = self._main.desk
        self._arrive(uuid)
        if desk.cursor == uuid:
            marks, desk.marks = desk.marks, frozenset()
            self._main.action_perform(_CONSOLE)
            desk.marks = marks
            self._main.show_table()

    def _arrive(self, uuid: str | None) -> None:
        """Put the cursor on the machine that was looked at last."""
        desk = self._main.desk
        if uuid in desk.rows:
            self._main.table.move_to(desk.rows.index(uuid))
        self._main.show_all()
