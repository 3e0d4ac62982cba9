"""Drive the app as a user does: press keys, look at what the screen says, wait for it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.screens.main import MainScreen
from qq2clone_tui.ui.widgets.sheet import Sheet
from tests.snapshots.fleet import StagedFleet

__all__ = ["Driver", "driving", "keys_of"]

_DEADLINE_SECONDS = 10.0
_NAMES = {
    " ": "space",
    ",": "comma",
    "-": "minus",
    "^": "circumflex_accent",
    ":": "colon",
    "/": "slash",
    "?": "question_mark",
    "*": "asterisk",
    ">": "greater_than_sign",
    "<": "less_than_sign",
    "[": "left_square_bracket",
}


def keys_of(text: str) -> list[str]:
    """Return the keys that type a text."""
    return [_NAMES.get(char, char) for char in text]


class Driver:
    """A user at the keyboard.

    Args:
        pilot: presses the keys.
        fleet: what the app looks at, for changes behind its back.
    """

    def __init__(self, pilot: Pilot[None], fleet: StagedFleet) -> None:
        assert isinstance(pilot.app, QqApp)
        self.pilot = pilot
        self.app = pilot.app
        self.fleet = fleet

    @property
    def main(self) -> MainScreen:
        """Return the main screen, be it covered by another or not."""
        main = self.app.screen_stack[0]
        assert isinstance(main, MainScreen)
        return main

    async def press(self, *keys: str) -> None:
        """Press keys one after another; each is either a key's name or typed as it is."""
        for key in keys:
            await self.pilot.press(_NAMES.get(key, key))

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*keys_of(text))

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Wait for a condition."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what or condition}; the screen says:\n{self.text()}"
            await self.pilot.pause(0.01)

    async def sees(self, text: str) -> None:
        """Wait for a text on the screen."""
        await self.until(lambda: text in self.text(), f"{text!r} never came")

    async def loses(self, text: str) -> None:
        """Wait for a text to go from the screen."""
        await self.until(lambda: text not in self.text(), f"{text!r} never went")

    def text(self, selector: str = "") -> str:
        """Return what stands on the screen, or in one widget of it."""
        if selector:
            return _text(self.app.screen.query_one(selector, Sheet))
        width, height = self.app.size
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(row.text for row in rows[:height])[: (width + 1) * height]

    def row(self, name: str) -> str:
        """Return the table row of a machine."""
        return next(row for row in _text(self.main.table).splitlines() if f" {name} " in f"{row} ")

    def names(self) -> list[str]:
        """Return the names in the table from top to bottom, also those scrolled out of sight."""
        machines = self.app.desk.inventory.machines
        return [machines[uuid].name for uuid in self.app.desk.rows]

    def machine(self, name: str) -> Machine:
        """Return a machine as the screen knows it."""
        return next(m for m in self.app.desk.inventory.machines.values() if m.name == name)

    @property
    def cursor(self) -> str:
        """Return the name of the machine under the cursor."""
        return self.app.desk.inventory.machines[self.app.desk.cursor or ""].name

    @property
    def marked(self) -> set[str]:
        """Return the names of the marked machines."""
        return {self.app.desk.inventory.machines[uuid].name for uuid in self.app.desk.marks}


def _text(sheet: Sheet) -> str:
    rows = range(sheet.scrollable_content_region.height)
    return "\n".join("".join(cell.text for cell in sheet.line_on(y).cells) for y in rows)


@asynccontextmanager
async def driving(
    fleet: StagedFleet | None = None, *, size: tuple[int, int] = (120, 34), **options: object
) -> AsyncIterator[Driver]:
    """Run the app over a fleet, by default the staged one, and let go of it afterwards."""
    fleet = fleet or StagedFleet().stage()
    app = fleet.app(**options)
    async with app.run_test(size=size) as pilot:
        driver = Driver(pilot, fleet)
        await driver.until(lambda: driver.main.shown and not app.errands.under_way)
        await pilot.pause()
        yield driver
        fleet.hypervisor.release.set()
        fleet.hypervisor.open_gate.set()
    app.session.close()
