"""Show the settings, who set them and what they do; change them in the file."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from qq2clone_tui.domain.option_state import OptionState
from qq2clone_tui.engine.ports.settings_book import SettingsBook

from ..commands import Scope, in_scope
from ..dialogs.option import OptionDialog, OptionWish
from ..presenters.footer import footer_line
from ..presenters.text import Cell, Line, fit, line, visible
from ..taste import refuse_unfit
from ..widgets.line_list import LineList
from ..widgets.sheet import Sheet
from .steady import CoveringScreen

if TYPE_CHECKING:
    from .main import MainScreen

__all__ = ["SettingsScreen"]

_NAME, _LEAST_VALUE = 16, 20


class OptionList(LineList):
    """The settings, one a line."""

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self.options: tuple[OptionState, ...] = ()
        self.entitle("Settings")

    @property
    def line_count(self) -> int:
        """Return the number of settings."""
        return len(self.options)

    def take(self, options: tuple[OptionState, ...]) -> None:
        """Show these settings."""
        self.options = options
        self.follow()

    def line_at(self, index: int) -> Line:
        """Return one setting: name, value, who set it."""
        option = self.options[index]
        room = max(_LEAST_VALUE, (self.scrollable_content_region.width - _NAME) // 2)
        return line(
            Cell(fit(f" {option.name}", _NAME), "strong"),
            fit(visible(option.value) or "-", room),
            Cell(f" {visible(option.origin)}", "dim" if option.origin == "default" else ""),
            tone=self.cursor_tone if index == self.cursor else "",
        )


class SettingsScreen(CoveringScreen[None]):
    """Every setting, with the one under the cursor explained.

    Args:
        main: the screen behind.
        book: the settings.
    """

    BINDINGS = [  # noqa: RUF012 - as Textual declares it
        Binding(",".join(entry.keys), f"perform('{entry.verb}')", entry.title, id=entry.id, show=False)
        for entry in in_scope(Scope.SETTINGS)
    ]

    def __init__(self, main: "MainScreen", book: SettingsBook) -> None:
        super().__init__()
        self._main = main
        self._book = book
        self._list = OptionList(id="option-list")
        self._help = Sheet(id="option-help")
        self._footer = Sheet(id="footer")

    def compose(self) -> ComposeResult:
        """Lay out settings, explanation and keys."""
        yield self._list
        yield self._help
        yield self._footer

    def on_mount(self) -> None:
        """Read the settings."""
        self._help.entitle("What it does")
        self._list.focus()
        self._main.qq.errands.run("", self._book.options, self._show)
        self._hint()

    def action_perform(self, verb: str) -> None:
        """Carry out a command of the screen."""
        getattr(self, f"do_{verb}")()

    def do_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def do_edit(self) -> None:
        """Ask for another value of the setting under the cursor."""
        option = self._chosen()
        if option is None:
            return
        if self._main.qq.read_only or not option.editable:
            why = "this is read-only mode" if self._main.qq.read_only else f"edit {visible(self._book.path)} by hand"
            self._footer.show([line(Cell(f" {why}", "warn"), tone="bar")])
            return
        self.app.push_screen(OptionDialog(option), lambda wish: self._store(option, wish))

    @on(LineList.Moved)
    def explain(self) -> None:
        """Explain the setting under the cursor."""
        self._hint()
        option = self._chosen()
        if option is not None:
            self._help.show(
                [
                    line(f" {visible(option.help)}"),
                    line(Cell(f" may be {visible(option.kind)}; default: {visible(option.default) or 'none'}", "dim")),
                    line(Cell(f" set by {visible(option.origin)}; {option.variable} beats the file", "dim")),
                ]
            )

    @on(LineList.Chosen)
    def choose(self) -> None:
        """Take Enter as the wish to change it."""
        self.do_edit()

    def on_resize(self) -> None:
        """Fit to another size."""
        self.call_after_refresh(self._list.follow)
        self._hint()

    def _store(self, option: OptionState, wish: OptionWish | None) -> None:
        if wish is not None:

            def change() -> tuple[OptionState, ...]:
                refuse_unfit(option.name, wish.text or "")
                self._book.change(option.name, wish.text)
                return self._book.options()

            self._main.qq.errands.run("storing", change, self._show)

    def _show(self, options: tuple[OptionState, ...]) -> None:
        self._list.take(options)
        self.explain()

    def _chosen(self) -> OptionState | None:
        return self._list.options[self._list.cursor] if self._list.options else None

    def _hint(self) -> None:
        shown = self._main.qq.taste.keymap.in_footer(in_scope(Scope.SETTINGS))
        self._footer.show([footer_line([(entry, True) for entry in shown], 0, self.size.width)])
