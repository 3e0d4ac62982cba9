"""Commands over machines: asked for, watched, stopped, and their output read. The shell is the real one."""

from dataclasses import replace
from pathlib import Path

from qq2clone_tui.adapters.host.shell import HostShell
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.screens.results import ResultsScreen
from tests.snapshots.fleet import StagedFleet

from .driving import Driver, driving


def six() -> StagedFleet:
    fleet = StagedFleet()
    fleet.fill("web", 256, [DomainState.OFF] * 6)
    fleet.programs = replace(fleet.programs, bash=HostShell())
    return fleet


async def run(user: Driver, command: str) -> None:
    """Run a command for all machines, and wait for its last word."""
    await user.press("a", "exclamation_mark")
    await user.sees("Run a command for each machine")
    await user.type(command)
    await user.press("enter")
    await user.until(lambda: isinstance(user.app.screen, ResultsScreen))


async def ended(user: Driver) -> None:
    await user.until(lambda: user.app.session.exec.history[-1].finished)
    await user.pilot.pause()


async def test_a_command_is_run_for_the_marked_machines_and_its_output_shown() -> None:
    async with driving(six()) as user:
        await run(user, "echo here is $name; test $number != 4")
        await user.sees("✗ 1 failed")
        await user.sees("here is web-1")
        await user.press("j", "j")
        await user.sees("here is web-3")
        assert "exit 1" in user.text("#result-list")


async def test_equal_results_stand_together() -> None:
    async with driving(six()) as user:
        await run(user, "echo $((number / 5))")
        await ended(user)
        await user.press("t")
        await user.sees("4 × web-1, web-2, web-3, web-4")
        await user.sees("2 × web-5, web-6")


async def test_the_failed_are_run_again_and_marked() -> None:
    async with driving(six()) as user:
        await run(user, "test $number != 5")
        await ended(user)
        await user.press("R")
        await user.until(lambda: len(user.app.session.exec.history) == 2)
        await ended(user)
        assert [entry.name for entry in user.app.session.exec.history[-1].entries] == ["web-5"]
        await user.press("<", "m")
        assert user.marked == {"web-5"}
        await user.press("colon")
        await user.type("@failed")
        await user.press("enter")
        assert user.marked == {"web-5"}


async def test_output_cannot_touch_the_terminal() -> None:
    async with driving(six()) as user:
        await run(user, r"printf '\033[31mred\033[0m\033]0;title\007 \033[2Jgone [bold]not bold[/] \001'")
        await user.sees("red gone [bold]not bold[/]")
        assert "\x1b" not in user.text("#output")


async def test_a_text_is_found_in_long_output() -> None:
    async with driving(six()) as user:
        await run(user, "seq 5000")
        await ended(user)
        await user.press("tab", "slash")
        await user.sees("Find in the output")
        await user.type("4321")
        await user.press("enter")
        await user.until(lambda: isinstance(user.app.screen, ResultsScreen) and "4321" in user.text("#output"))


async def test_a_run_that_never_ends_goes_on_behind_and_can_be_stopped(tmp_path: Path) -> None:
    async with driving(six()) as user:
        await run(user, f"echo $$ >> {tmp_path}/pids; exec sleep 600")
        await user.until((tmp_path / "pids").exists)
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert user.app.session.exec.active == 1
        await user.press("L", "C")
        await ended(user)
        assert not any(Path(f"/proc/{pid}").exists() for pid in (tmp_path / "pids").read_text().split())


async def test_what_a_command_prints_is_seen_while_it_runs_the_newest_in_view() -> None:
    async with driving(six()) as user:
        await run(user, "seq 900; echo to the error stream >&2; exec sleep 600")
        await user.sees("900")
        await user.sees("to the error stream")
        assert user.app.session.exec.active == 1
        await user.press("C")
        await ended(user)
        await user.sees("stopped")


async def test_leaving_asks_about_a_run_under_way_and_then_stops_it(tmp_path: Path) -> None:
    async with driving(six()) as user:
        await run(user, f"echo $$ >> {tmp_path}/pids; exec sleep 600")
        await user.until((tmp_path / "pids").exists)
        await user.press("escape", "q")
        await user.sees("1 run of a command still at work")
        await user.press("y")
    assert not any(Path(f"/proc/{pid}").exists() for pid in (tmp_path / "pids").read_text().split())


async def test_nonsense_in_the_fields_is_refused_where_it_stands() -> None:
    async with driving(six()) as user:
        await user.press("exclamation_mark", "enter")
        await user.sees("which command?")
        await user.type("true")
        await user.press("shift+tab")
        await user.type("soon")
        await user.press("enter")
        await user.sees("time limit: a number of seconds")
        assert not user.app.session.exec.history


async def test_earlier_commands_come_back_with_the_arrow_key() -> None:
    async with driving(six()) as user:
        await run(user, "echo once")
        await ended(user)
        await user.press("escape", "exclamation_mark", "up")
        await user.sees("echo once")


async def test_before_the_first_run_there_is_nothing_to_see() -> None:
    async with driving(six()) as user:
        await user.press("L")
        await user.sees("No command has been run yet")
