"""Whatever key is pressed, on whatever machine: the app answers, and goes on."""

import pytest
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.commands import Scope, in_scope
from qq2clone_tui.ui.desk import Place
from qq2clone_tui.ui.dialogs.confirm import ConfirmDialog
from qq2clone_tui.ui.dialogs.renewal import RenewalDialog
from qq2clone_tui.ui.dialogs.versions import VersionDialog
from qq2clone_tui.ui.screens.uses import UsesScreen
from tests.snapshots.uses_fleet import UsedFleet
from tests.snapshots.versions_fleet import VersionedFleet

from .driving import Driver, driving

LEAVING = "program.quit"
STATES = [DomainState.RUNNING, DomainState.OFF, DomainState.SAVED, DomainState.PAUSED, DomainState.CRASHED]


async def at_rest(user: Driver) -> None:
    await user.pilot.pause()
    await user.until(lambda: not user.app.errands.under_way)
    await user.pilot.pause()


async def back_on(user: Driver, uuid: str) -> None:
    """Give up whatever is open and whatever is filtered, and put the cursor on a machine."""
    for _ in range(8):
        if user.app.screen is user.main and not user.main.prompt.has_class("-open") and uuid in user.app.desk.rows:
            break
        await user.press("escape")
        await at_rest(user)
    user.main.table.move_to(user.app.desk.rows.index(uuid))
    await user.pilot.pause()


@pytest.mark.parametrize(("state", "answer"), [*((state, "y") for state in STATES), (DomainState.RUNNING, "escape")])
async def test_every_key_is_answered_on_a_machine_in_any_state(state: DomainState, answer: str) -> None:
    async with driving() as user:
        for entry in in_scope(Scope.MAIN):
            if entry.id == LEAVING:
                continue
            machines = user.app.desk.inventory.machines
            await back_on(
                user, next((uuid for uuid in machines if machines[uuid].state is state), next(iter(machines)))
            )
            await user.press(entry.keys[0])
            await at_rest(user)
            if user.app.screen is not user.main:
                await user.press(answer)
                await at_rest(user)
            assert user.app.is_running, entry.id
            assert user.app.fault is None, entry.id


PLACES = {
    "the staging machine": Place("debian12", staging=True),
    "a version that drifted": Place("win11", version=1),
}


async def back_to(user: Driver, place: Place) -> None:
    """Give up whatever is open, and put the tree's cursor on a row; on all machines once the row is gone."""
    for _ in range(8):
        if user.app.screen is user.main and not user.main.prompt.has_class("-open"):
            break
        await user.press("escape")
        await at_rest(user)
    user.main.tree_pane.focus()
    rows = [user.main.tree_pane.place_at(index) for index in range(user.main.tree_pane.line_count)]
    user.main.tree_pane.move_to(rows.index(place) if place in rows else 0)
    await user.pilot.pause()


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("answer", ["y", "enter"])
async def test_every_key_is_answered_on_rows_of_the_tree_too(place: Place, answer: str) -> None:
    async with driving(VersionedFleet().stage()) as user:
        for entry in (*in_scope(Scope.MAIN), *in_scope(Scope.TREE)):
            if entry.id == LEAVING:
                continue
            await back_to(user, place)
            await user.press(entry.keys[0])
            await at_rest(user)
            if user.app.screen is not user.main:
                await user.press(answer)
                await at_rest(user)
            assert user.app.is_running, entry.id
            assert user.app.fault is None, entry.id


async def test_every_key_is_answered_in_the_tree_of_what_stands_on_an_image() -> None:
    async with driving(UsedFleet().stage()) as user:
        for entry in (*in_scope(Scope.USES), *in_scope(Scope.LIST)):
            for key in entry.keys:
                if not isinstance(user.app.screen, UsesScreen):
                    user.main.tree_pane.focus()
                    user.app.desk.go(Place("debian12"))
                    await user.press("w")
                    await at_rest(user)
                await user.press(key)
                await at_rest(user)
                assert user.app.is_running, entry.id
                assert user.app.fault is None, entry.id
                if isinstance(user.app.screen, ModalScreen):
                    await user.press("escape")
                    await at_rest(user)


@pytest.mark.parametrize("key", ["B", "U", "F"])
async def test_every_key_is_answered_by_a_plan_that_leaves_machines_out(key: str) -> None:
    dialogs = {name for binding in (*RenewalDialog.BINDINGS, *ConfirmDialog.BINDINGS) for name in keys_in(binding)}
    async with driving(VersionedFleet().stage()) as user:
        for pressed in sorted(dialogs - {"y", "enter"}):
            await back_on(user, user.machine("debian12-2").uuid)
            await user.press(key)
            await at_rest(user)
            if isinstance(user.app.screen, VersionDialog):
                await user.press("enter")
                await at_rest(user)
            assert isinstance(user.app.screen, RenewalDialog)
            await user.press(pressed)
            await at_rest(user)
            if isinstance(user.app.screen, RenewalDialog):
                await user.press(pressed)
                await at_rest(user)
            assert user.app.is_running, pressed
            assert user.app.fault is None, pressed


def keys_in(binding: BindingType) -> list[str]:
    """Return the keys of a binding."""
    assert isinstance(binding, Binding)
    return binding.key.split(",")
