"""Show the lines at the top and at the bottom of the main screen."""

import time
from typing import TYPE_CHECKING

from ..availability import why_not
from ..commands import command
from ..hints import ground_of
from ..presenters.footer import footer_line
from ..presenters.header import header_line
from ..presenters.text import Cell, Line, line, visible
from .sheet import Sheet

if TYPE_CHECKING:
    from ..app import QqApp
    from ..screens.main import MainScreen

__all__ = ["FooterBar", "HeaderBar"]


class HeaderBar(Sheet):
    """Connection, host and jobs.

    Args:
        app: what is shown comes from here.
    """

    def __init__(self, app: "QqApp", *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._qq = app

    def update_from_app(self) -> None:
        """Show how things stand."""
        app = self._qq
        jobs = app.session.jobs.history
        self.show(
            [
                header_line(
                    app.session.uri, app.desk.inventory, app.desk.rates, jobs, self.size.width,
                    host=app.desk.host, read_only=app.read_only, busy=app.errands.label,
                )
            ]
        )  # fmt: skip


class FooterBar(Sheet):
    """The keys most wanted now, or something that has to be said.

    Args:
        main: decides what is possible now.

    Attributes:
        said_at: when something was said last, in seconds of ``time.monotonic``.
    """

    def __init__(self, main: "MainScreen", *, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._main = main
        self._said = line()
        self._count = 0
        self.said_at = 0.0

    def say(self, text: str, tone: str) -> None:
        """Say something instead of the keys; an empty text brings the keys back."""
        self._said = line(Cell(f" {visible(text)}", tone), tone="bar") if text else line()
        self.said_at = time.monotonic() if text else self.said_at
        self.update_from_main()

    def count(self, count: int) -> None:
        """Show the digits typed so far."""
        self._count = count
        self._said = line()
        self.update_from_main()

    def update_from_main(self) -> None:
        """Show the keys, or what is being said."""
        self.show([self._said if self._said.cells else self._keys()])

    def _keys(self) -> Line:
        """Return the keys that matter most where the cursor stands; help comes last."""
        main, now = self._main, self._main.situation()
        wanted = ground_of(main.desk, in_tree=main.focused is main.tree_pane).commands
        entries = [entry for entry in map(command, wanted) if not (entry.writes and now.read_only)]
        shown = main.qq.taste.keymap.dressed([*entries, command("program.help")])
        return footer_line([(entry, not why_not(entry, now)) for entry in shown], self._count, self.size.width)
