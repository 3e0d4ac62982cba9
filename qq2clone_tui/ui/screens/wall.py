"""Show the screens of many machines at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from qq2clone_tui.domain.inventory import ConnectionState

from ..commands import Scope
from ..pictures.gaze import Gaze
from ..pictures.lens import Lens
from ..pictures.stroll import Stroll
from ..presenters.screens import Grid, caption, excuse, grid_for, wall_title
from ..presenters.text import Line
from ..widgets.wall import Tile, Wall
from .looking import LookingScreen, bindings_of
from .picture import PictureScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["WallScreen"]


class WallScreen(LookingScreen):
    """Tiles with a cursor; only the screens of one page are fetched.

    Args:
        main: the screen behind.
        gaze: how to look.
        uuids: the machines, in order; those that go away leave the wall.
        uuid: where the cursor is at first; None or another for the first machine.
    """

    BINDINGS = bindings_of(Scope.WALL)
    scope = Scope.WALL

    def __init__(self, main: "MainScreen", gaze: Gaze, uuids: Sequence[str], uuid: str | None) -> None:
        self._wall = Wall(id="wall")
        super().__init__(main, gaze, self._wall)
        self._stroll = Stroll(uuids, uuid, lambda: (self.grid.columns, self.grid.rows))
        self.hands = (self._stroll, gaze)

    @property
    def grid(self) -> Grid:
        """Return how the wall is divided."""
        return grid_for(len(self._stroll.uuids), *self._wall.size, larger=self.gaze.larger)

    def lenses(self) -> Mapping[str, Lens]:
        """Return the machines of the page and how they are looked at."""
        session = self.main.qq.session
        inventory = session.inventory.current
        self._stroll.keep(inventory.machines)
        stale, grid = inventory.connection is ConnectionState.RECONNECTING, self.grid
        lenses = {}
        for uuid in self._stroll.page:
            faded = stale or bool(session.screens.of(uuid).problem)
            lenses[uuid] = replace(self.lens(grid.width, grid.height - 1, faded=faded), dense=True)
        return lenses

    def hang(self) -> Line:
        """Show the tiles."""
        inventory, stroll = self.main.qq.session.inventory.current, self._stroll
        grid = self.grid
        self._wall.put_up(grid, [self._tile(uuid, grid.width) for uuid in stroll.page])
        marked = sum(uuid in self.main.desk.marks for uuid in stroll.uuids)
        return wall_title(len(stroll.uuids), stroll.pages, marked, self.gaze.words, inventory.connection)

    def do_open(self) -> None:
        """See the screen under the cursor alone."""
        if self._stroll.uuid is not None:
            self.app.push_screen(
                PictureScreen(self.main, self.gaze, self._stroll.uuids, self._stroll.uuid), self._stroll.go
            )

    def do_mark(self) -> None:
        """Mark or unmark the machine, and go to the next."""
        if self._stroll.uuid is not None:
            self.main.desk.mark([self._stroll.uuid], change=frozenset.symmetric_difference)
            self._stroll.right()

    def do_back(self) -> None:
        """Go back."""
        self.dismiss(self._stroll.uuid)

    @on(Wall.Pointed)
    def point(self, event: Wall.Pointed) -> None:
        """Go where the mouse points; there already, open."""
        pointed = self._stroll.page[event.index]
        if pointed == self._stroll.uuid:
            self.do_open()
        self._stroll.go(pointed)
        self.look()

    def _tile(self, uuid: str, width: int) -> Tile:
        session, picture = self.main.qq.session, self.darkroom.print_of(uuid)
        machine, sight = session.inventory.current.machines[uuid], session.screens.of(uuid)
        problem = sight.problem or (picture.problem if picture else "")
        cursor, marked = uuid == self._stroll.uuid, uuid in self.main.desk.marks
        return Tile(
            caption(machine, width, cursor=cursor, marked=marked, problem=problem),
            picture if machine.state.active and picture and picture.rows else None,
            excuse(machine, sight, problem, width),
        )
