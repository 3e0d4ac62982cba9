"""Seeing machines' screens: one as large as it gets, or a wall of them."""

from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.screenshot import Screenshot
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.screens.main import MainScreen
from qq2clone_tui.ui.screens.picture import PictureScreen
from qq2clone_tui.ui.screens.wall import WallScreen
from tests.snapshots.fleet import StagedFleet

from .driving import Driver, driving

SMALL = (80, 24)
"""The terminal that everything must be good on."""


def fleet_of(*states: DomainState) -> StagedFleet:
    fleet = StagedFleet()
    fleet.fill("web", 256, states)
    return fleet


def running(count: int) -> StagedFleet:
    return fleet_of(*[DomainState.RUNNING] * count)


def write(user: Driver, name: str, text: str) -> None:
    """Let a machine show another text."""
    user.fleet.hypervisor.displays.shown[user.machine(name).uuid] = text


def asked(user: Driver) -> list[str]:
    """Return the names of the machines whose pictures were fetched, in order."""
    machines = user.app.desk.inventory.machines
    return [machines[uuid].name for uuid in user.fleet.hypervisor.displays.asked if uuid in machines]


async def test_a_text_screen_is_written_out_in_letters_at_80x24() -> None:
    async with driving(running(3), size=SMALL) as user:
        write(user, "web-1", "Kernel panic - not syncing\nRIP: 0010:do_exit")
        await user.press("v")
        await user.sees("Kernel panic - not syncing")
        await user.sees("RIP: 0010:do_exit")
        assert "running web-1" in user.text()
        assert "720×400 letters" in user.text()


async def test_the_same_screen_can_be_seen_as_it_looks() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "login: ")
        await user.press("v")
        await user.sees("login:")
        await user.press("t")
        await user.sees("720×400 dots")
        assert "login:" not in user.text()
        await user.press("t")
        await user.sees("login:")


async def test_next_and_previous_go_through_the_machines_of_the_table_and_round() -> None:
    async with driving(running(3), size=SMALL) as user:
        for number in (1, 2, 3):
            write(user, f"web-{number}", f"this is {number}")
        await user.press("v")
        await user.sees("this is 1")
        await user.press("n")
        await user.sees("this is 2")
        await user.press("right")
        await user.sees("this is 3")
        await user.press("n")
        await user.sees("this is 1")
        await user.press("N")
        await user.sees("this is 3")
        await user.press("escape")
        await user.until(lambda: isinstance(user.app.screen, MainScreen))
        assert user.cursor == "web-3"


async def test_with_the_cursor_on_a_marked_machine_only_the_marked_are_gone_through() -> None:
    async with driving(running(4), size=SMALL) as user:
        await user.press("space", "j", "space", "k", "v")
        await user.sees("web-3  2 of 2")
        await user.press("n")
        await user.sees("web-1  1 of 2")


async def test_a_machine_that_is_off_says_so_and_is_never_asked_for_a_picture() -> None:
    async with driving(fleet_of(DomainState.OFF, DomainState.SAVED), size=SMALL) as user:
        await user.press("v")
        await user.sees("○ off")
        await user.press("n")
        await user.sees("◌ saved")
        assert asked(user) == []


async def test_a_machine_that_starts_is_seen_at_once() -> None:
    async with driving(fleet_of(DomainState.OFF), size=SMALL) as user:
        write(user, "web-1", "Booting from Hard Disk...")
        await user.press("p", "v", "p")
        await user.sees("○ off")
        user.fleet.hypervisor.set_state(user.machine("web-1").uuid, DomainState.RUNNING)
        await user.sees("Booting from Hard Disk...")


async def test_a_machine_that_is_switched_off_takes_its_picture_away() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "login: ")
        await user.press("v")
        await user.sees("login:")
        user.fleet.hypervisor.set_state(user.machine("web-1").uuid, DomainState.OFF)
        await user.sees("○ off")
        await user.loses("login:")


async def test_a_machine_that_is_removed_says_so() -> None:
    async with driving(running(2), size=SMALL) as user:
        write(user, "web-1", "login: ")
        await user.press("v")
        await user.sees("login:")
        uuid = user.machine("web-1").uuid
        user.fleet.catalogue.forget([uuid])
        user.fleet.hypervisor.undefine(uuid)
        await user.sees("this machine is gone")
        await user.press("n")
        await user.sees("running web-2")


async def test_why_there_is_no_picture_stands_in_its_place() -> None:
    async with driving(running(1), size=SMALL) as user:
        broken = HypervisorError("cannot see the screen of the machine", subject="web-1", why="it has no graphics card")
        user.fleet.hypervisor.displays.broken[user.machine("web-1").uuid] = broken
        await user.press("v")
        await user.sees("it has no graphics card")


async def test_a_picture_that_is_none_is_called_so_and_harms_nothing() -> None:
    async with driving(running(2), size=SMALL) as user:
        uuid = user.machine("web-1").uuid
        user.fleet.hypervisor.displays.broken[uuid] = Screenshot("image/png", b"\x89PNG\r\n\x1a\n\x1b[2J rubbish")
        await user.press("v")
        await user.sees("it is no whole PNG or PPM file")
        await user.press("n")
        await user.sees("running web-2")


async def test_after_trouble_the_last_picture_stays_with_the_reason() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "login: ")
        await user.press("v")
        await user.sees("login:")
        broken = HypervisorError("cannot see the screen", subject="web-1", why="the monitor is busy")
        user.fleet.hypervisor.displays.broken[user.machine("web-1").uuid] = broken
        await user.press("r")
        await user.sees("the monitor is busy")
        assert "login:" in user.text()


async def test_while_reconnecting_the_picture_stays_and_nothing_is_asked() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "login: ")
        await user.press("v")
        await user.sees("login:")
        user.app.session.inventory.connection_lost("the daemon was stopped")
        await user.sees("reconnecting…")
        before = len(asked(user))
        await user.press("r", "r")
        assert "login:" in user.text()
        assert len(asked(user)) == before
        write(user, "web-1", "welcome back")
        user.app.session.inventory.connection_restored()
        await user.sees("welcome back")


async def test_held_it_looks_only_when_asked() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "first")
        await user.press("v")
        await user.sees("first")
        await user.press("p")
        await user.sees("held")
        write(user, "web-1", "second")
        before = len(asked(user))
        await user.press("r")
        await user.sees("second")
        assert len(asked(user)) == before + 1
        await user.press("p")
        await user.sees("every 2 s")


async def test_it_looks_again_by_itself_as_often_as_wanted() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "first")
        await user.press("v", "+", "+")
        await user.sees("every 0.5 s")
        await user.sees("first")
        write(user, "web-1", "second")
        await user.sees("second")
        await user.press("-", "-", "-")
        await user.sees("every 5 s")


async def test_nothing_is_fetched_once_nobody_looks() -> None:
    async with driving(running(3), size=SMALL) as user:
        await user.press("V")
        await user.until(lambda: set(asked(user)) == {"web-1", "web-2", "web-3"})
        await user.press("escape")
        await user.until(lambda: isinstance(user.app.screen, MainScreen))
        await user.until(lambda: not user.app.session.screens.working)


async def test_nothing_is_fetched_under_the_help() -> None:
    async with driving(running(1), size=SMALL) as user:
        await user.press("v", "?")
        await user.sees("Picture of a screen")
        await user.until(lambda: not user.app.session.screens.working)
        await user.press("escape")
        await user.until(lambda: user.app.session.screens.working)


async def test_the_wall_shows_names_states_and_screens_at_80x24() -> None:
    async with driving(fleet_of(*[DomainState.RUNNING] * 4, DomainState.OFF), size=SMALL) as user:
        for number in range(1, 5):
            write(user, f"web-{number}", f"this is {number}")
        await user.press("V")
        for number in range(1, 5):
            await user.sees(f"this is {number}")
        assert "● web-4" in user.text()
        assert "○ web-5" in user.text()
        assert "○ off" in user.text()


async def test_only_the_machines_of_the_page_are_fetched() -> None:
    async with driving(running(20), size=SMALL) as user:
        await user.press("V")
        await user.sees("page 1 of 3")
        await user.until(lambda: len(set(asked(user))) == 9)
        assert set(asked(user)) == {f"web-{number}" for number in range(1, 10)}
        await user.press("pagedown")
        await user.sees("page 2 of 3")
        await user.until(lambda: "web-18" in asked(user))
        await user.press("G")
        await user.sees("● web-20")


async def test_the_cursor_walks_over_the_tiles_and_enter_opens_one() -> None:
    async with driving(running(9), size=SMALL) as user:
        await user.press("V", "l", "j")
        await user.sees("web-9")
        await user.press("enter")
        await user.sees("running web-5  5 of 9")
        await user.press("n", "escape")
        await user.until(lambda: isinstance(user.app.screen, WallScreen))
        await user.press("v")
        await user.until(lambda: isinstance(user.app.screen, PictureScreen))
        await user.sees("running web-6")
        await user.press("escape", "escape")
        await user.until(lambda: isinstance(user.app.screen, MainScreen))
        assert user.cursor == "web-6"


async def test_marks_are_made_and_kept_on_the_wall() -> None:
    async with driving(running(5), size=SMALL) as user:
        await user.press("V", "space", "space")
        await user.sees("2 marked")
        assert user.text().count("▌") == 2
        await user.press("escape")
        await user.until(lambda: isinstance(user.app.screen, MainScreen))
        assert user.marked == {"web-1", "web-2"}


async def test_the_wall_of_marked_machines_has_no_others_even_if_the_filter_hides_some() -> None:
    async with driving(running(6), size=SMALL) as user:
        await user.press("space", "space", "/", "5", "enter", "V")
        await user.sees("2 machines")
        assert "web-1" in user.text()
        assert "web-3" not in user.text()


async def test_tiles_grow_and_shrink() -> None:
    async with driving(running(20), size=SMALL) as user:
        await user.press("V")
        await user.sees("page 1 of 3")
        await user.press("Z")
        await user.sees("page 1 of 2")
        await user.press("z", "z")
        await user.sees("page 1 of 5")


async def test_a_wall_of_one_machine_fills_the_screen() -> None:
    async with driving(running(1), size=SMALL) as user:
        write(user, "web-1", "x" * 80)
        await user.press("V")
        await user.sees("x" * 80)


async def test_machines_that_are_removed_leave_the_wall() -> None:
    async with driving(running(3), size=SMALL) as user:
        await user.press("V", "l")
        await user.sees("● web-2")
        uuid = user.machine("web-2").uuid
        user.fleet.catalogue.forget([uuid])
        user.fleet.hypervisor.undefine(uuid)
        await user.loses("web-2")
        await user.sees("2 machines")
        await user.press("enter")
        await user.sees("running web-3")


async def test_a_resize_fits_the_wall_to_the_new_size() -> None:
    async with driving(running(20), size=SMALL) as user:
        await user.press("V")
        await user.sees("page 1 of 3")
        await user.pilot.resize_terminal(160, 48)
        await user.sees("page 1 of 2")
        await user.sees("● web-16")
        await user.pilot.resize_terminal(60, 16)
        await user.sees("page 1 of 5")


async def test_a_text_screen_too_large_is_moved_about_in() -> None:
    async with driving(running(1), size=(60, 16)) as user:
        rows = [f"line {row:02} " + "." * 60 + " end" for row in range(25)]
        write(user, "web-1", "\n".join(rows))
        await user.press("v")
        await user.sees("line 24")
        assert "line 00" not in user.text()
        for _ in range(6):
            await user.press("k")
        await user.sees("line 00")
        for _ in range(6):
            await user.press("l")
        await user.sees(" end")
        await user.press("f")
        await user.sees("line 24")


async def test_a_picture_is_zoomed_into_and_out_of() -> None:
    fleet = StagedFleet()
    fleet.fill("win11", 256, [DomainState.RUNNING])
    async with driving(fleet, size=SMALL) as user:
        await user.press("v")
        await user.sees("640×480 dots ")
        await user.press("z")
        await user.sees("640×480 dots, a part")
        await user.press("z", "z", "z", "z", "z", "z")
        await user.press("f")
        await user.sees("640×480 dots ·")


async def test_names_that_carry_escape_sequences_are_shown_harmless() -> None:
    async with driving(running(1), size=SMALL) as user:
        user.fleet.hypervisor.rename(user.machine("web-1").uuid, "web\x1b[31m-1")
        await user.sees("web\\x1b")
        await user.press("v")
        await user.sees("web\\x1b[31m-1")
        await user.press("escape", "V")
        await user.sees("web\\x1b[31m-1")
