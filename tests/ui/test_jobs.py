"""Jobs: the ledger, retrying, cancelling, and never losing one by leaving."""

from functools import partial

from qq2clone_tui.domain.job import EntryState
from qq2clone_tui.domain.states import DomainState
from tests.snapshots.fleet import StagedFleet

from .driving import Driver, driving


def rows_off(number: int) -> StagedFleet:
    fleet = StagedFleet()
    fleet.fill("web", 256, [DomainState.OFF] * number)
    return fleet


async def start_all(user: Driver) -> None:
    await user.press("a", "s")
    await user.until(lambda: user.app.session.jobs.history)


async def test_the_pane_shows_how_the_newest_job_stands() -> None:
    fleet = rows_off(3)
    fleet.hypervisor.failing = {"start": {"web-2"}}
    async with driving(fleet) as user:
        await start_all(user)
        await user.sees("start 3 ── 2 ✓  1 ✗")
        assert "it was told to fail" in user.text("#jobs")


async def test_the_ledger_gives_the_whole_reason_of_each_failure() -> None:
    fleet = rows_off(3)
    fleet.hypervisor.failing = {"start": {"web-2"}}
    async with driving(fleet) as user:
        await start_all(user)
        await user.until(lambda: user.app.session.jobs.history[-1].finished)
        await user.press("J")
        await user.sees("✗ 1 failed")
        assert "cannot start the machine 'web-2': it was told to fail" in user.text("#reason")


async def test_only_the_failed_machines_are_tried_again() -> None:
    fleet = rows_off(3)
    fleet.hypervisor.failing = {"start": {"web-2"}}
    async with driving(fleet) as user:
        await start_all(user)
        await user.until(lambda: user.app.session.jobs.history[-1].finished)
        fleet.hypervisor.failing = {}
        await user.press("R")
        await user.until(lambda: user.machine("web-2").state is DomainState.RUNNING)
        assert [entry.step.name for entry in user.app.session.jobs.history[-1].entries] == ["web-2"]


async def test_cancelling_lets_running_machines_finish_and_skips_the_rest() -> None:
    fleet = rows_off(8)
    fleet.hypervisor.held = {f"web-{number}" for number in range(1, 9)}
    async with driving(fleet) as user:
        await start_all(user)
        await user.until(lambda: user.app.session.jobs.history[-1].count(EntryState.RUNNING) == 4)
        await user.press("J", "C")
        await user.until(lambda: not user.app.errands.under_way)
        fleet.hypervisor.release.set()
        await user.until(lambda: user.app.session.jobs.history[-1].finished)
        ledger = user.app.session.jobs.history[-1]
        assert (ledger.count(EntryState.DONE), ledger.count(EntryState.SKIPPED)) == (4, 4)
        await user.sees("– 4 skipped")


async def test_leaving_asks_while_a_job_is_at_work() -> None:
    fleet = rows_off(2)
    fleet.hypervisor.held = {"web-1"}
    async with driving(fleet) as user:
        await start_all(user)
        await user.press("q")
        await user.sees("1 job still at work")
        await user.press("escape")
        await user.loses("still at work")
        assert user.app.is_running
        fleet.hypervisor.release.set()
        await user.until(lambda: user.machine("web-1").state is DomainState.RUNNING)


async def test_ctrl_q_and_ctrl_c_ask_too() -> None:
    fleet = rows_off(2)
    fleet.hypervisor.held = {"web-1"}
    async with driving(fleet) as user:
        await start_all(user)
        for key in ("ctrl+q", "ctrl+c"):
            await user.press(key)
            await user.sees("1 job still at work")
            await user.press("escape")
            await user.loses("still at work")


async def test_leaving_asks_nothing_when_no_job_is_at_work() -> None:
    async with driving() as user:
        await user.press("q")
        await user.until(lambda: user.app._exit)


async def test_retry_and_cancel_say_why_there_is_nothing_to_do() -> None:
    async with driving() as user:
        await user.press("R")
        await user.sees("there has been no job yet")
        await user.press("C")
        await user.sees("there has been no job yet")


def arrived(user: Driver, state: DomainState) -> bool:
    return user.machine("web-1").state is state


async def test_every_job_of_the_session_stays_in_the_ledger() -> None:
    fleet = rows_off(1)
    async with driving(fleet) as user:
        for key, state in (("s", DomainState.RUNNING), ("p", DomainState.PAUSED), ("r", DomainState.RUNNING)):
            await user.press(key)
            await user.until(partial(arrived, user, state))
        await user.press("J")
        await user.sees("resume 1")
        text = user.text("#job-list")
        assert text.index("resume 1") < text.index("suspend 1") < text.index("start 1")
