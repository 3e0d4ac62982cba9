"""Say what all screens have in common: which sizes they take, and how they are left."""

from typing import TypeVar

from textual import events, on
from textual.binding import Binding
from textual.screen import Screen

__all__ = ["CoveringScreen", "SteadyScreen"]

Answer = TypeVar("Answer")


class SteadyScreen(Screen[Answer]):
    """A screen that takes only the terminal's own size.

    Each layout of a screen at another size sends the screen that size once more. When the terminal
    was resized twice while it was busy, two such echoes would answer one another for ever.
    """

    @on(events.Resize)
    def let_go_of_echoes(self, event: events.Resize) -> None:
        """Let no layout begin for a size that the terminal no longer has."""
        if event.size != self.app.size:
            event.prevent_default()
            event.stop()

    @property
    def is_current(self) -> bool:
        """Tell whether any of it is seen: not below a screen that fills the terminal.

        Textual counts the screen right below the topmost one in, whatever that is, and repaints the whole terminal
        each time something changes there.
        """
        stack = self.app.screen_stack
        return super().is_current and all(screen.is_modal for screen in stack[stack.index(self) + 1 :])


class CoveringScreen(SteadyScreen[Answer]):
    """A screen over the main one; the key that quits the program quits it from here too."""

    BINDINGS = [Binding("ctrl+q,ctrl+c", "leave_all", show=False, priority=True)]  # noqa: RUF012 - as Textual declares it

    async def action_leave_all(self) -> None:
        """Leave whatever is open over the main screen, and then the program; jobs at work are asked about."""
        app = self.app
        while len(app.screen_stack) > 1:
            app.screen.dismiss(None)
        await app.screen.run_action("perform('program.quit')")
