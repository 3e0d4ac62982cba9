"""Show the screen of one machine."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events, on

from qq2clone_tui.domain.inventory import ConnectionState

from ..commands import Scope
from ..pictures.gaze import Gaze
from ..pictures.lens import Lens, Print, Protocol
from ..pictures.viewpoint import Viewpoint
from ..presenters.screens import excuse, picture_title
from ..presenters.text import Line
from ..widgets.canvas import Canvas
from .looking import LookingScreen, bindings_of

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["PictureScreen"]


class PictureScreen(LookingScreen):
    """One machine's screen as large as it gets, and the way to its neighbours.

    Args:
        main: the screen behind.
        gaze: how to look.
        uuids: the machines to go through.
        uuid: the one to begin with.
    """

    BINDINGS = bindings_of(Scope.PICTURE)
    scope = Scope.PICTURE

    def __init__(self, main: "MainScreen", gaze: Gaze, uuids: Sequence[str], uuid: str) -> None:
        self._canvas = Canvas(main.qq.terminal.write, id="canvas")
        super().__init__(main, gaze, self._canvas)
        self._viewpoint = Viewpoint(lambda: self.seen)
        self.hands = (self._viewpoint, gaze)
        self._uuids = tuple(uuids)
        self._uuid = uuid

    @property
    def seen(self) -> Print:
        """Return what is seen of the machine, empty when that is nothing."""
        return self.darkroom.print_of(self._uuid) or Print()

    def lenses(self) -> Mapping[str, Lens]:
        """Return the one machine and how it is looked at."""
        session = self.main.qq.session
        faded = session.inventory.current.connection is ConnectionState.RECONNECTING
        faded = faded or bool(session.screens.of(self._uuid).problem)
        lens = self._viewpoint.aim(self.lens(*self._canvas.size, faded=faded))
        graphics = Protocol.CELLS if self.gaze.plain else self.gaze.graphics
        return {self._uuid: replace(lens, graphics=graphics)}

    def hang(self) -> Line:
        """Show its picture, or why there is none."""
        session, seen = self.main.qq.session, self.seen
        inventory, sight = session.inventory.current, session.screens.of(self._uuid)
        machine = inventory.machines.get(self._uuid)
        self._canvas.hang(
            seen if machine and machine.state.active else None,
            excuse(machine, sight, seen.problem, self._canvas.size.width),
        )
        place = (self._uuids.index(self._uuid) + 1, len(self._uuids))
        return picture_title(machine, place, seen, sight=sight, pace=self.gaze.words, connection=inventory.connection)

    @on(events.ScreenSuspend)
    def take_down(self) -> None:
        """Take the terminal's graphics away: they would cover what comes now."""
        self._canvas.clear()

    def do_next(self) -> None:
        """Go to the next machine; after the last comes the first."""
        self._go(1)

    def do_previous(self) -> None:
        """Go to the machine before; before the first comes the last."""
        self._go(-1)

    def do_left(self) -> None:
        """Move to the left, or go to the machine before when nothing is there."""
        if not self._viewpoint.move(-1, 0):
            self._go(-1)

    def do_right(self) -> None:
        """Move to the right, or go to the next machine when nothing is there."""
        if not self._viewpoint.move(1, 0):
            self._go(1)

    def do_console(self) -> None:
        """Go back, and open the machine's console from there."""
        self.dismiss(self._uuid)
        self.app.call_later(self.main.actions.screens.open_console, self._uuid)

    def do_back(self) -> None:
        """Go back."""
        self.dismiss(self._uuid)

    def _go(self, step: int) -> None:
        self._uuid = self._uuids[(self._uuids.index(self._uuid) + step) % len(self._uuids)]
        self._viewpoint.whole()
