"""Show who stands on an image: a tree of images, overlays and machines, with the bytes each of them takes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.uses_tree import UsesTree

from ..actions.uses_screen import UsesScreenActions
from ..commands import Scope, command, in_scope
from ..messages import InventoryChanged
from ..presenters.footer import footer_line
from ..presenters.text import Cell, line, visible
from ..presenters.uses import remark_lines, summary_line
from ..presenters.uses_rows import uses_rows
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from ..widgets.uses_list import UsesList
from .help import HelpScreen
from .looking import bindings_of
from .steady import CoveringScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["UsesScreen", "View"]


@dataclass(frozen=True, slots=True)
class View:
    """Something to look at.

    Args:
        subject: what is asked about, in words.
        read: looks at the images; may block.
    """

    subject: str
    read: Callable[[], UsesTree]


class UsesScreen(CoveringScreen[str]):
    """One tree from the images at the bottom to the machines; the answer is the UUID of a machine to go to.

    Args:
        main: the screen behind.
        views: what can be looked at, the first one at first.
        at: UUID of the machine that the cursor begins on, empty for the first row.

    Attributes:
        views: as given; the one that is shown comes first.
        uses: what is known; None until the first look.
        folded: paths of images that hide what hangs on them.
        bare: whether machines are left out.
        list: the rows.
    """

    BINDINGS = bindings_of(Scope.USES)

    def __init__(self, main: "MainScreen", views: Sequence[View], at: str = "") -> None:
        super().__init__()
        self.main = main
        self.views = tuple(views)
        self.uses: UsesTree | None = None
        self.folded: frozenset[str] = frozenset()
        self.bare = False
        self.list = UsesList(id="uses-list")
        self._at = at
        self._looking = False
        self._known: Mapping[str, tuple[str, ...]] = {}
        self._actions = UsesScreenActions(self)
        self._summary = Sheet(id="summary")
        self._remark = Sheet(id="uses-remark")
        self._footer = Sheet(id="footer")
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        """Lay out summary, tree, remark and keys."""
        yield self._summary
        yield self.list
        yield self._remark
        yield self._footer

    def on_mount(self) -> None:
        """Look for the first time, and follow the machines."""

        def changed(_: object) -> None:
            self.post_message(InventoryChanged())

        self._unsubscribe = self.main.qq.session.inventory.subscribe(changed)
        self.list.entitle("What stands on it")
        self.list.focus()
        self.look()

    def on_unmount(self) -> None:
        """Follow them no more."""
        self._unsubscribe()

    def look(self) -> None:
        """Look at the images; until they are known again, what was known stays."""
        if self._looking:
            return
        self._looking = True
        view = self.views[0]
        if self.uses is None:
            waiting = line(Cell(f" {visible(view.subject)}  ", "strong"), Cell("looking…", "dim"), tone="bar")
            self._summary.show([waiting])
        self.main.qq.errands.run("", lambda: _worked_out(view), lambda uses: self._take(view, uses), failed=self._fail)

    @on(InventoryChanged)
    def follow_machines(self, event: InventoryChanged) -> None:
        """Show the machines' states; look again when disks have come, gone or changed places."""
        event.stop()
        machines = self.main.qq.session.inventory.current.machines
        files = _files(machines)
        if files != self._known:
            self._known = files
            self.look()
        self.list.machines = machines
        self.list.repaint()

    def show_rows(self) -> None:
        """Show the tree as it is folded."""
        if self.uses is None or not self.is_attached:
            return
        self.list.machines = self.main.qq.session.inventory.current.machines
        self._summary.show([summary_line(self.uses, self.views[0].subject)])
        self.list.take(self.uses, uses_rows(self.uses, self.folded, bare=self.bare))
        self.show_remark()

    def show_remark(self) -> None:
        """Say what there is to say about the row under the cursor."""
        tree, row = self.uses, self.list.chosen
        self._remark.show(remark_lines(tree, row, self._remark.size.width) if tree and row else [])
        keymap = self.main.qq.taste.keymap
        shown = (*keymap.in_footer(in_scope(Scope.USES)), *keymap.dressed([command("program.help")]))
        pairs = [(entry, entry.verb != "whole" or len(self.views) > 1) for entry in shown]
        self._footer.show([footer_line(pairs, 0, self.size.width)])

    def say(self, text: str) -> None:
        """Say something at the foot of the screen."""
        self._footer.show([line(Cell(f" {visible(text)}", "warn"), tone="bar")])

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the screen."""
        getattr(self._actions, verb)()

    def action_help(self) -> None:
        """Show every key, those of this screen first."""
        qq = self.main.qq
        qq.push_screen(HelpScreen(qq.taste.keymap, read_only=qq.read_only, first=Scope.USES))

    @on(LineList.Chosen)
    @on(LineList.Moved)
    def hear_list(self, event: LineList.Chosen | LineList.Moved) -> None:
        """Say what there is to say about another row; go to the one that was clicked or entered, or fold it."""
        if isinstance(event, LineList.Chosen):
            self._actions.go()
        else:
            self.show_remark()

    def on_resize(self) -> None:
        """Fit to another size."""
        self.call_after_refresh(self.show_rows)

    def _take(self, view: View, uses: UsesTree) -> None:
        self._looking = False
        if view is not self.views[0]:  # another one was asked for meanwhile
            self.look()
            return
        first, self.uses = self.uses is None, uses
        self.show_rows()
        if first and self._at:
            self.list.go(self._at)

    def _fail(self, error: Qq2cloneError) -> None:
        self._looking = False
        self.say(error.paragraph())


def _files(machines: Mapping[str, Machine]) -> Mapping[str, tuple[str, ...]]:
    """Return what tells whether disks have come, gone or changed places."""
    return {uuid: machine.files for uuid, machine in machines.items()}


def _worked_out(view: View) -> UsesTree:
    """Look, and have that counted which takes its time with thousands of machines."""
    uses = view.read()
    _ = uses.machines, uses.strays
    return uses
