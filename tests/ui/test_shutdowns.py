"""A staging machine is shut down from the dialog of the next version, which waits in view and says what comes next."""

import pytest

from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.ui.actions import shutdowns
from qq2clone_tui.ui.dialogs.staging import StagingDialog
from tests.snapshots.versions_fleet import STAGED, VersionedFleet

from .driving import Driver, driving
from .test_staging import ask, fleet, versions


def deaf(made: VersionedFleet, monkeypatch: pytest.MonkeyPatch) -> VersionedFleet:
    """Return the fleet with guests that take their time over a shutdown."""
    power = made.hypervisor.power

    def heard(verb: PowerVerb, uuid: str) -> None:
        if verb is not PowerVerb.SHUTDOWN:
            power(verb, uuid)

    monkeypatch.setattr(made.hypervisor, "power", heard)
    return made


def stop(user: Driver) -> None:
    user.fleet.hypervisor.set_state(user.machine(STAGED).uuid, DomainState.OFF)


def choice(user: Driver) -> str:
    """Return what the cursor of the dialog stands on."""
    assert isinstance(user.app.screen, StagingDialog)
    return user.app.screen._list.chosen.step.value


async def test_a_running_one_is_shut_down_and_then_the_commit_is_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(deaf(fleet(staged=DomainState.RUNNING), monkeypatch)) as user:
        await ask(user)
        assert choice(user) == "shut down"
        await user.press("S")
        await user.sees("Waiting for its guest to shut down")
        assert choice(user) == "shut down"
        stop(user)
        await user.until(lambda: choice(user) == "commit")
        assert "Waiting" not in user.text()
        await user.press("enter")
        await user.sees("Make v4?")
        await user.press("enter")
        await user.sees("debian12@v4 is made")
        assert versions(user) == [1, 2, 3, 4]


async def test_the_dialog_may_be_left_meanwhile_and_the_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(deaf(fleet(staged=DomainState.RUNNING), monkeypatch), size=(80, 24)) as user:
        await ask(user)
        await user.press("S")
        await user.sees("Waiting for its guest to shut down")
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert user.names() == [STAGED]
        await user.until(lambda: "waiting for a shutdown" in user.text("#header"))
        stop(user)
        await user.sees(f"{STAGED} is off: y commits it")
        await user.until(lambda: "waiting" not in user.text("#header"))


async def test_elsewhere_the_end_is_told_with_the_templates_name(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(deaf(fleet(staged=DomainState.RUNNING), monkeypatch)) as user:
        await ask(user)
        await user.press("S")
        await user.sees("Waiting for its guest to shut down")
        await user.press("escape", "G", "G")
        await user.until(lambda: user.app.desk.place.template == "win11")
        stop(user)
        await user.sees(f"{STAGED} is off: y on debian12 commits it")


async def test_opened_again_the_dialog_still_shows_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(deaf(fleet(staged=DomainState.RUNNING), monkeypatch)) as user:
        await ask(user)
        await user.press("S")
        await user.sees("Waiting for its guest to shut down")
        await user.press("escape", "y")
        await user.sees("Waiting for its guest to shut down")
        await user.press("S")
        await user.sees("Waiting for its guest to shut down")
        stop(user)
        await user.until(lambda: choice(user) == "commit")
        await user.until(lambda: not user.app.errands.under_way)


async def test_a_guest_that_does_not_listen_is_told_of_and_the_wait_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutdowns, "PATIENCE_SECONDS", 0.05)
    async with driving(deaf(fleet(staged=DomainState.RUNNING), monkeypatch)) as user:
        await ask(user)
        await user.press("S")
        await user.sees("has not shut down")
        assert user.machine(STAGED).state is DomainState.RUNNING
        stop(user)
        await user.until(lambda: choice(user) == "commit")
        await user.press("escape")
        await user.sees(f"{STAGED} is off: y commits it")


async def test_one_that_vanishes_meanwhile_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(deaf(fleet(staged=DomainState.RUNNING), monkeypatch)) as user:
        await ask(user)
        await user.press("S")
        await user.sees("Waiting for its guest to shut down")
        user.fleet.hypervisor.undefine(user.machine(STAGED).uuid)
        await user.loses("Waiting")
        await user.press("escape")
        await user.sees(f"{STAGED} is gone")


async def test_why_it_could_not_be_asked_stands_in_the_dialog() -> None:
    async with driving(fleet(staged=DomainState.RUNNING)) as user:
        user.fleet.hypervisor.failing["shutdown"] = {STAGED}
        await ask(user)
        await user.press("S")
        await user.sees("It was not asked: ")
        await user.sees("it was told to fail")
        assert isinstance(user.app.screen, StagingDialog)


async def test_a_state_that_others_change_is_followed_while_the_dialog_is_open() -> None:
    async with driving(fleet(staged=DomainState.RUNNING)) as user:
        await ask(user)
        await user.sees("is its staging machine  ● running")
        user.fleet.hypervisor.set_state(user.machine(STAGED).uuid, DomainState.PAUSED)
        await user.sees("is its staging machine  ‖ paused")
        user.fleet.hypervisor.set_state(user.machine(STAGED).uuid, DomainState.OFF)
        await user.sees("is its staging machine  ○ off")


async def test_a_console_opens_from_there(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(fleet(staged=DomainState.OFF)) as user:
        opened: list[str] = []
        consoles = user.main.actions.consoles
        monkeypatch.setattr(consoles, "open_on", lambda machines: opened.extend(each.name for each in machines))
        await ask(user)
        await user.press("o")
        await user.until(lambda: opened == [STAGED])
        assert user.app.screen is user.main


async def test_all_choices_have_room_on_a_small_terminal() -> None:
    async with driving(fleet(staged=DomainState.RUNNING), size=(80, 24)) as user:
        await ask(user)
        for step in ("start", "shut down", "console", "commit in place", "discard", "force off", "note"):
            await user.sees(f"  {step}")
