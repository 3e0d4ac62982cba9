"""Run the full-screen app over a session."""

import asyncio
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from textual import on
from textual.app import App
from textual.binding import Binding
from textual.screen import ModalScreen, Screen

from qq2clone_tui.domain.console import ConsoleWish
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.engine.ports.settings_book import SettingsBook
from qq2clone_tui.engine.session import Session

from .bridge import Bridge
from .desk import Desk, Place
from .dialogs.message import MessageDialog
from .errands import Errands
from .messages import AddressesChanged, ConsoleEnded, ErrandEnded, InventoryChanged, LedgersChanged, RatesChanged
from .pictures.terminal import GraphicsDriver, Terminal
from .presenters.errors import error_lines
from .screens.jobs import JobsScreen
from .screens.main import MainScreen
from .stylesheets import stylesheets
from .taste import Taste
from .themes import DEFAULT_THEME, MONO_THEME, THEMES, known_theme
from .widgets.sheet import TONES

__all__ = ["QqApp"]

_AGES_EVERY_SECONDS = 60.0
_PATIENCE_SECONDS = 0.1
_TOLD_TO_END = 128 + signal.SIGTERM

Answer = TypeVar("Answer")


class QqApp(App[None], inherit_bindings=False):
    """The full-screen app; the caller opens the session before and closes it after.

    Args:
        session: everything is seen and done through it.
        read_only: True to leave out every command that changes anything.
        make_sample: makes the sample template; may block; None when it cannot be made.
        template: name of the template to show first; None or an unknown one for all machines.
        theme: name of a theme; None for the default, or mono when NO_COLOR is set.
        settings: the settings, to look at and to change; None where there are none.
        clock: gives the current time in epoch seconds, for ages.
        console_wish: with which viewer consoles are opened, and how patiently.
        taste: other keys, columns and questions; None for the usual ones.

    Raises:
        BadArgument: there is no theme of that name.
    """

    BINDINGS = [Binding("ctrl+z", "suspend_process", show=False, priority=True)]  # noqa: RUF012 - as Textual declares it
    CSS_PATH = stylesheets()
    COMPONENT_CLASSES = {f"tone--{tone}" for tone in TONES}  # noqa: RUF012 - as Textual declares it
    ENABLE_COMMAND_PALETTE = False
    TITLE = "qq2clone"

    def __init__(
        self,
        session: Session,
        *,
        read_only: bool = False,
        make_sample: Callable[[], object] | None = None,
        template: str | None = None,
        theme: str | None = None,
        clock: Callable[[], float] = time.time,
        settings: SettingsBook | None = None,
        console_wish: ConsoleWish = ConsoleWish(),  # noqa: B008 - frozen, so sharing it is safe
        taste: Taste | None = None,
    ) -> None:
        super().__init__(driver_class=None if os.environ.get("TEXTUAL_DRIVER") else GraphicsDriver)
        self.terminal = Terminal(self)
        self.session = session
        self.read_only = read_only
        self.make_sample = make_sample
        self.settings = settings
        self.clock = clock
        self.console_wish = console_wish
        self.taste = taste or Taste()
        self.desk = Desk(read_only=read_only)
        self.desk.go(Place(template))
        self.errands = Errands(self, self.show_error, self._errands_changed)
        self._bridge = Bridge(session, self)
        self._main = MainScreen(self)
        self.animation_level = "none"
        for choice in THEMES:
            self.register_theme(choice)
        self.theme = known_theme(theme) or (MONO_THEME if self.no_color else DEFAULT_THEME)

    @property
    def fault(self) -> Exception | None:
        """Return what ended the app unexpectedly, None after an orderly end."""
        return self._exception

    def _fatal_error(self) -> None:
        """End without a word: whoever started the app tells the user; Textual would print a traceback."""
        self._close_messages_no_wait()

    def get_default_screen(self) -> MainScreen:
        """Return the screen everything begins at."""
        return self._main

    def on_mount(self) -> None:
        """Begin to listen, and to follow the hypervisor."""
        self.app_resume_signal.subscribe(self, lambda _: self.screen.refresh())
        self.set_keymap(self.taste.keymap.bindings)
        if threading.current_thread() is threading.main_thread():
            # The terminal is given back as it was; what the jobs are at is mended at the next start.
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, partial(self.exit, return_code=_TOLD_TO_END))
        self._bridge.open()
        self.errands.run("", self.session.start, lambda _: self.take_inventory())
        self.take_inventory()
        self.take_rates()
        self.take_addresses()
        self.set_interval(_AGES_EVERY_SECONDS, self._main.show_table)

    def on_unmount(self) -> None:
        """Listen no more."""
        self._bridge.close()

    @on(InventoryChanged)
    def take_inventory(self) -> None:
        """Show the newest picture of the machines."""
        self.desk.take(self.session.inventory.current)
        if self._main.shown:
            self._main.show_all()

    @on(RatesChanged)
    def take_rates(self) -> None:
        """Show the newest figures."""
        self.desk.measure(self.session.sampler.current, self.session.sampler.host)
        if self._main.shown:
            self._main.live.remember(self.desk.rates)
            self._main.show_table()

    @on(AddressesChanged)
    def take_addresses(self) -> None:
        """Show the newest addresses."""
        self.desk.locate(self.session.addresses.current)
        if self._main.shown:
            self._main.show_table()

    @on(LedgersChanged)
    def take_ledgers(self) -> None:
        """Show how the jobs stand now."""
        if self._main.shown:
            self._main.show_jobs()
            self._main.actions.consoles.take_jobs()
        for screen in self.screen_stack:
            if isinstance(screen, JobsScreen):
                screen.show_jobs()

    @on(ConsoleEnded)
    def end_console(self, event: ConsoleEnded) -> None:
        """Say what became of a viewer that was shown."""
        if self._main.shown:
            self._main.actions.consoles.ended(event.report)

    @on(ErrandEnded)
    def end_errand(self, event: ErrandEnded) -> None:
        """Hand over the result of something done on a thread."""
        event.deliver()

    def present(self, dialog: Screen[Answer], answered: Callable[[Answer | None], None] | None = None) -> None:
        """Open a dialog that took its time to come, but not over what has the keys meanwhile.

        A dialog that opened under somebody typing would take the next key for an answer.
        """
        if isinstance(self.screen, ModalScreen) or self._main.prompt.has_class("-open"):
            self.set_timer(_PATIENCE_SECONDS, partial(self.present, dialog, answered))
        else:
            self.push_screen(dialog, answered)

    def show_error(self, error: Qq2cloneError) -> None:
        """Show what failed, why, and what to try."""
        self.present(MessageDialog("That did not work", error_lines(error, self.size.width)))

    def _errands_changed(self) -> None:
        if self._main.shown:
            self._main.show_bars()
