"""Draw the screenshots of the README from staged fleets: ``python -m tests.snapshots.screenshots [SCENE]...``."""

import asyncio
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot
from textual.screen import ModalScreen

from qq2clone_tui.adapters.memory.viewers import MemoryViewers
from qq2clone_tui.domain.job import EntryState
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.ports.programs import Programs
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.desk import Place
from qq2clone_tui.ui.screens.looking import LookingScreen
from qq2clone_tui.ui.screens.uses import UsesScreen

from .checked_fleet import checked, troubled
from .checkpoint_fleet import kept_fleet, listed
from .fleet import StagedFleet, remember_a_past
from .greenwich import in_greenwich
from .pruning_fleet import TO_ZABBIX, pruning_fleet
from .uses_fleet import UsedFleet
from .versions_fleet import VersionedFleet

__all__ = ["SCENES", "Scene", "all_seen", "asked", "draw", "play", "settle", "tree_seen"]

FOLDER = Path(__file__).resolve().parents[2] / "screenshots"
SIZE = (120, 34)
_DEADLINE_SECONDS = 20.0


@dataclass(frozen=True)
class Scene:
    """One screenshot.

    Args:
        keys: pressed in order.
        stage: builds the fleet.
        until: true once the screen shows what it is about.
        then: pressed in order after that.
        at_last: true once that shows too.
    """

    keys: tuple[str, ...] = ()
    stage: Callable[[], StagedFleet] = lambda: StagedFleet().stage()
    until: Callable[[QqApp], bool] = bool
    then: tuple[str, ...] = ()
    at_last: Callable[[QqApp], bool] = bool


def _troubled() -> StagedFleet:
    fleet = StagedFleet().stage()
    fleet.hypervisor.failing = {"start": {"debian12-12"}}
    fleet.hypervisor.held = {"debian12-24", "debian12-25", "debian12-28", "debian12-30"}
    return fleet


def _held_up(app: QqApp) -> bool:
    jobs, running = app.session.jobs.history, Place("debian12", DomainState.RUNNING)
    shown = sum(running.holds(machine) for machine in app.desk.inventory.machines.values())
    return bool(jobs) and shown == 24 and jobs[-1].count(EntryState.RUNNING) == 4


def all_seen(app: QqApp) -> bool:
    """Tell whether every screen in view has been seen and drawn."""
    screen, session = app.screen, app.session
    if not isinstance(screen, LookingScreen) or screen.darkroom.busy or not screen.size:
        return False
    machines = session.inventory.current.machines
    return all(screen.darkroom.print_of(uuid) for uuid in screen.lenses() if machines[uuid].state.active)


def away_from_a_screen() -> StagedFleet:
    """Return a fleet looked at from a terminal without a display."""
    fleet = StagedFleet().stage()
    fleet.programs = Programs(viewers=MemoryViewers(screen=False))
    return fleet


def asked(app: QqApp) -> bool:
    """Tell whether a dialog is open."""
    return isinstance(app.screen, ModalScreen)


def tree_seen(app: QqApp) -> bool:
    """Tell whether the tree of what stands on an image is shown."""
    return isinstance(app.screen, UsesScreen) and app.screen.uses is not None


def _typed(text: str) -> tuple[str, ...]:
    names = {",": "comma", "*": "asterisk", "-": "minus", "^": "circumflex_accent", " ": "space", ":": "colon"}
    return tuple(names.get(char, char) for char in text)


_TO_DEBIAN = ("shift+tab", "j", "j", "j", "j", "j", "enter")
_TO_VERSIONS = ("shift+tab", *"jjjjj", "enter")
_START = (*_TO_DEBIAN, "colon", *_typed("off"), "enter", "s")

SCENES: dict[str, Scene] = {
    "main": Scene((*_START, *"uj", "space", "space", *"jj", "space", *"kkk"), _troubled, _held_up),
    "plan": Scene((*_TO_DEBIAN, "colon", *_typed("1-30,^running"), "enter", "slash", *_typed("off"), "enter", "D")),
    "set": Scene((*_TO_DEBIAN, "colon", *_typed("1-12,^off"))),
    "ledger": Scene((*_START, "J"), _troubled, _held_up),
    "wall": Scene(("colon", *_typed("alpine-*,win11-*,^saved"), "enter", "V", *"llj", "space"), until=all_seen),
    "picture": Scene((*"jjjjjj", "v"), until=all_seen),
    "console": Scene(("space", "j", "space", "o"), away_from_a_screen, asked),
    "reset": Scene((*_TO_VERSIONS, "colon", *_typed("1-8"), "enter", "B"), lambda: VersionedFleet().stage(), asked),
    "uses": Scene((*_TO_VERSIONS, "shift+tab", "w"), lambda: UsedFleet().stage(), tree_seen, tuple("jjjjj")),
    "versions": Scene((*_TO_DEBIAN[:-1], "j", "j"), lambda: VersionedFleet().stage()),
    "next-version": Scene((*_TO_DEBIAN, "y", "j", "j", "j"), lambda: VersionedFleet().stage(), asked),
    "drift": Scene(("shift+tab", "G", "k", "k", "A"), lambda: VersionedFleet().stage(), asked),
    "prune": Scene((*TO_ZABBIX, "Y"), pruning_fleet, asked),
    "check": Scene(("m",), troubled, checked, ("j", "j", "j")),
    "checkpoints": Scene(("K",), lambda: kept_fleet("try-ext4"), listed),
    "help": Scene(("question_mark",)),
    "first-run": Scene(stage=StagedFleet),
}


async def settle(pilot: Pilot[None], until: Callable[[QqApp], bool] = bool) -> None:
    """Wait until nothing is under way and the condition holds."""
    app = pilot.app
    assert isinstance(app, QqApp)
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while True:
        await pilot.pause(0.01)
        main = app.screen_stack[0]
        read = (main.actions.details, main.actions.versions_in_view)  # type: ignore[attr-defined]
        if until(app) and not app.errands.under_way and not any(pane.pending for pane in read):
            return
        if time.monotonic() > deadline:
            raise TimeoutError("the screen did not come to rest")


async def play(pilot: Pilot[None], scene: Scene) -> None:
    """Bring a fresh app to a scene."""
    await settle(pilot)
    await pilot.press(*scene.keys)
    await settle(pilot, scene.until)
    if scene.then:
        await pilot.press(*scene.then)
        await settle(pilot, scene.at_last)


async def draw(scene: Scene) -> str:
    """Return one scene as SVG."""
    fleet = scene.stage()
    app = fleet.app(make_sample=lambda: None)
    with in_greenwich():
        async with app.run_test(size=SIZE) as pilot:
            await play(pilot, scene)
            remember_a_past(app)
            app.screen_stack[0].show_all()  # type: ignore[attr-defined]
            await settle(pilot)
            svg = app.export_screenshot(title="qq2clone-tui")
            fleet.hypervisor.release.set()
    app.session.close()
    return re.sub(r"terminal-\d+", "terminal", svg)


def main() -> None:
    """Draw the scenes named, or all of them."""
    FOLDER.mkdir(exist_ok=True)
    for name in sys.argv[1:] or SCENES:
        (FOLDER / f"{name}.svg").write_text(asyncio.run(draw(SCENES[name])))


if __name__ == "__main__":
    main()
