"""Frame the screens that look at machines, and have pictures fetched only while they are seen."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ..commands import Scope, command, in_scope
from ..messages import InventoryChanged, ScreensChanged
from ..pictures.darkroom import Darkroom
from ..pictures.gaze import Gaze, depth_of, only_blocks
from ..pictures.lens import Lens, Protocol
from ..presenters.footer import footer_line
from ..presenters.text import Cell, Line, line
from ..widgets.sheet import Sheet
from .help import HelpScreen
from .steady import CoveringScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["LookingScreen", "bindings_of"]

_HELP = command("program.help")


def bindings_of(scope: Scope) -> list[BindingType]:
    """Return the bindings of a screen that looks: the commands of its scope, and help."""
    return [
        *(
            Binding(",".join(entry.keys), f"perform('{entry.verb}')", id=entry.id, show=False)
            for entry in in_scope(scope)
        ),
        Binding(",".join(_HELP.keys), "help", id=f"{scope.value}.help", show=False),
    ]


class LookingScreen(CoveringScreen[str]):
    """A screen that looks at machines; its answer is the UUID of the one looked at last.

    Subclasses set ``scope``, override ``lenses`` and ``hang``, and have a method ``do_VERB`` for each command of the
    scope that none of their ``hands`` carries out.

    Args:
        main: the screen behind.
        gaze: how to look; kept from one such screen to the next.
        body: what shows the pictures.
    """

    scope: ClassVar[Scope]

    def __init__(self, main: "MainScreen", gaze: Gaze, body: Sheet) -> None:
        super().__init__()
        self.main = main
        self.gaze = gaze
        self.darkroom = Darkroom(main.qq, lambda _: self.look())
        self.hands: tuple[object, ...] = (gaze,)
        self.said = ""
        self._body = body
        self._header = Sheet(id="looking-header")
        self._footer = Sheet(id="looking-footer")
        self._subscriptions = ExitStack()

    def compose(self) -> ComposeResult:
        """Lay out header, body and footer."""
        yield self._header
        yield self._body
        yield self._footer

    def on_mount(self) -> None:
        """Begin to listen."""
        session = self.main.qq.session

        def learn(graphics: Protocol) -> None:
            self.gaze.graphics = graphics
            self.post_message(ScreensChanged())

        def seen(_: object) -> None:
            self.post_message(ScreensChanged())

        def changed(_: object) -> None:
            self.post_message(InventoryChanged())

        self.main.qq.terminal.ask(learn)
        self._subscriptions.callback(session.screens.subscribe(seen))
        self._subscriptions.callback(session.inventory.subscribe(changed))

    def on_unmount(self) -> None:
        """Listen no more."""
        self._subscriptions.close()

    @on(events.ScreenSuspend)
    def rest(self) -> None:
        """Have no pictures fetched for a screen that is not seen."""
        self.main.qq.session.screens.watch((), None)

    @on(events.ScreenResume)
    @on(events.Resize)
    def begin(self) -> None:
        """Look, once there is room."""
        self.call_after_refresh(self.look)

    @on(ScreensChanged)
    @on(InventoryChanged)
    def take(self, event: ScreensChanged | InventoryChanged) -> None:
        """Show what is new; the app hears of it by itself."""
        event.stop()
        self.look()

    def lenses(self) -> Mapping[str, Lens]:
        """Return the machines in view and how each is looked at."""
        raise NotImplementedError

    def hang(self) -> Line:
        """Show the pictures there are, and return the line above them."""
        raise NotImplementedError

    def look(self) -> None:
        """Show what is known of the machines in view, and have the rest fetched."""
        if not self.is_active:
            return
        lenses = self.lenses()
        self.main.qq.session.screens.watch(lenses, self.gaze.pace)
        self.darkroom.order(lenses)
        self._header.show([replace(self.hang(), tone="bar")])
        self._footer.show([self._bottom()])

    def lens(self, width: int, height: int, *, faded: bool) -> Lens:
        """Return the usual way of looking, for a picture of so many cells."""
        depth = depth_of(self.main.qq)
        return Lens(
            width,
            height,
            depth,
            blocks=only_blocks(),
            text=self.gaze.letters,
            faded=faded,
            cell=self.main.qq.terminal.cell,
        )

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the scope."""
        acts = [getattr(self, f"do_{verb}", None), *(getattr(hand, verb, None) for hand in self.hands)]
        self.said = next(act() for act in acts if act is not None) or ""
        self.look()

    def action_help(self) -> None:
        """Show every key."""
        self.app.push_screen(HelpScreen(self.main.qq.taste.keymap, read_only=self.main.qq.read_only, first=self.scope))

    def do_refresh(self) -> None:
        """Look again now."""
        self.main.qq.session.screens.refresh()

    def _bottom(self) -> Line:
        if self.said:
            return line(Cell(f" {self.said}", "warn"), tone="bar")
        shown = self.main.qq.taste.keymap.in_footer(in_scope(self.scope))
        return footer_line(
            [(entry, True) for entry in (*shown, *self.main.qq.taste.keymap.dressed([_HELP]))],
            0,
            self._footer.size.width,
        )
