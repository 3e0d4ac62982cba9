"""Move about in the tree of what stands on an image."""

from typing import TYPE_CHECKING

from ..dialogs.exec import FindDialog, Sought

if TYPE_CHECKING:
    from ..screens.uses import UsesScreen

__all__ = ["UsesScreenActions"]


class UsesScreenActions:
    """Carries out the commands that are heard on the screen of uses.

    Args:
        screen: shows the tree.
    """

    def __init__(self, screen: "UsesScreen") -> None:
        self._screen = screen
        self._sought = ""

    def back(self) -> None:
        """Go back."""
        self._screen.dismiss(None)

    def go(self) -> None:
        """Go back with the cursor on this machine; on an image, open or close it."""
        row = self._screen.list.chosen
        if row is None:
            return
        if row.uuid in self._screen.main.desk.inventory.machines:
            self._screen.dismiss(row.uuid)
        elif row.user is not None:
            self._screen.say(f"{row.user.name} is none of ours: it is not in the table")
        elif row.open is not None:
            self._screen.folded ^= {row.path}
            self._screen.show_rows()

    def fold(self) -> None:
        """Hide what hangs on the image, or go to what this stands on."""
        row = self._screen.list.chosen
        if row is not None and row.open:
            self._screen.folded |= {row.path}
            self._screen.show_rows()
        elif row is not None and row.above:
            self._screen.list.go(row.above[-1])

    def unfold(self) -> None:
        """Show what hangs on the image."""
        row = self._screen.list.chosen
        if row is not None:
            self._screen.folded -= {row.path}
            self._screen.show_rows()

    def bare(self) -> None:
        """Hide all machines, or show them again."""
        self._screen.bare = not self._screen.bare
        self._screen.show_rows()

    def whole(self) -> None:
        """Look at the next thing there is to look at."""
        screen = self._screen
        if len(screen.views) == 1:
            screen.say("all of it is shown already")
            return
        screen.views = (*screen.views[1:], screen.views[0])
        screen.look()

    def refresh(self) -> None:
        """Look again."""
        self._screen.look()

    def find(self) -> None:
        """Ask for a text, and go to the next row that holds it."""

        def seek(sought: Sought | None) -> None:
            if sought is not None:
                self._sought = sought.text
                self.next()

        self._screen.app.push_screen(FindDialog("Find an image or a machine"), seek)

    def next(self) -> None:
        """Go to the next row that holds the text."""
        if not self._sought:
            self.find()
        elif not self._screen.list.find(self._sought):
            self._screen.say(f"nothing here is called {self._sought}")
