"""The clone table: what stays where it is while everything around it changes."""

from qq2clone_tui.domain.states import DomainState
from tests.snapshots.fleet import StagedFleet

from .driving import driving


async def test_the_cursor_stays_on_its_machine_through_sorting_and_filtering() -> None:
    async with driving() as user:
        await user.press("j", "j", "j")
        assert user.cursor == "alpine-4"
        await user.press(">", ">")
        assert user.cursor == "alpine-4"
        await user.press("-")
        assert user.cursor == "alpine-4"
        await user.press("/")
        await user.type("alpine")
        await user.press("enter")
        assert user.cursor == "alpine-4"


async def test_the_cursor_comes_back_when_the_filter_that_hid_its_machine_is_cleared() -> None:
    async with driving() as user:
        await user.press("j", "/")
        await user.type("win11")
        await user.press("enter")
        assert user.cursor.startswith("win11")
        await user.press("escape")
        assert user.cursor == "alpine-2"


async def test_the_cursor_goes_to_the_next_row_when_its_machine_goes() -> None:
    async with driving() as user:
        await user.press("j")
        gone = user.machine("alpine-2").uuid
        user.fleet.hypervisor.undefine(gone)
        user.fleet.catalogue.forget([gone])
        await user.until(lambda: "alpine-2" not in user.names())
        assert user.cursor == "alpine-3"


async def test_marks_survive_filter_sort_and_changes_from_outside() -> None:
    async with driving() as user:
        await user.press("space", "space")
        await user.press("/")
        await user.type("win11")
        await user.press("enter", ">")
        assert user.marked == {"alpine-1", "alpine-2"}
        user.fleet.hypervisor.set_state(user.machine("alpine-1").uuid, DomainState.PAUSED)
        await user.until(lambda: user.machine("alpine-1").state is DomainState.PAUSED)
        assert user.marked == {"alpine-1", "alpine-2"}
        assert "2 marked (2 hidden)" in user.text()


async def test_marks_of_machines_that_are_gone_go_with_them() -> None:
    async with driving() as user:
        await user.press("space", "space")
        gone = user.machine("alpine-2").uuid
        user.fleet.hypervisor.undefine(gone)
        user.fleet.catalogue.forget([gone])
        await user.until(lambda: user.marked == {"alpine-1"})


async def test_a_change_made_by_another_program_shows_by_itself() -> None:
    async with driving() as user:
        assert "running" in user.row("alpine-1")
        user.fleet.hypervisor.set_state(user.machine("alpine-1").uuid, DomainState.CRASHED)
        await user.until(lambda: "✗ crashed" in user.row("alpine-1"))


async def test_digits_repeat_a_movement() -> None:
    async with driving() as user:
        await user.press("5", "j")
        assert user.cursor == "alpine-6"
        await user.press("1", "0", "j")
        assert user.cursor == "debian12-10"
        await user.press("2", "k")
        assert user.cursor == "debian12-8"


async def test_digits_are_shown_while_they_wait_and_escape_forgets_them() -> None:
    async with driving() as user:
        await user.press("1", "2")
        await user.sees("12 ×")
        await user.press("escape")
        await user.loses("12 ×")
        await user.press("j")
        assert user.cursor == "alpine-2"


async def test_a_number_before_space_marks_that_many_rows() -> None:
    async with driving() as user:
        await user.press("3", "space")
        assert user.marked == {"alpine-1", "alpine-2", "alpine-3"}
        assert user.cursor == "alpine-4"


async def test_space_takes_a_mark_away_again() -> None:
    async with driving() as user:
        await user.press("space", "k", "space")
        assert user.marked == set()


async def test_all_rows_are_marked_inverted_and_unmarked_with_one_key_each() -> None:
    async with driving() as user:
        await user.press("space", "i")
        assert user.marked == set(user.names()) - {"alpine-1"}
        await user.press("a")
        assert user.marked == set(user.names())
        await user.press("u")
        assert user.marked == set()


async def test_top_bottom_and_pages_are_one_key_away() -> None:
    async with driving() as user:
        await user.press("G")
        assert user.cursor == "win11-12"
        await user.press("g")
        assert user.cursor == "alpine-1"
        await user.press("pagedown")
        assert user.main.desk.index == user.main.table.page
        await user.press("7", "G")
        assert user.cursor == "debian12-1"


async def test_the_row_under_the_cursor_is_always_in_sight() -> None:
    async with driving(size=(80, 24)) as user:
        for key in ("G", "g", "pagedown", "4", "0", "j", "k"):
            await user.press(key)
            await user.pilot.pause()
            assert user.cursor in user.text("#table")


async def test_the_table_sorts_by_any_column_in_both_directions() -> None:
    async with driving() as user:
        for _ in range(4):
            await user.press(">")
        assert user.main.desk.sort == "cpu"
        await user.press("-")
        rates = [user.app.desk.rates.get(uuid) for uuid in user.app.desk.rows]
        figures = [rate.cpu_percent if rate and rate.cpu_percent is not None else -1.0 for rate in rates]
        assert figures == sorted(figures, reverse=True)
        assert "↓cpu" in user.text("#table")


async def test_names_are_shown_as_they_are_and_never_read_as_markup() -> None:
    fleet = StagedFleet()
    fleet.fill("[red]x[/]", 256, [DomainState.RUNNING])
    async with driving(fleet) as user:
        await user.sees("[red]x[/]-1")
        assert user.text().count("[red]x[/]") >= 3  # tree, table, title of the live pane


async def test_control_characters_in_names_are_shown_escaped() -> None:
    fleet = StagedFleet()
    fleet.fill("bell", 256, [DomainState.RUNNING])
    uuid = next(iter(fleet.hypervisor._domains))
    fleet.hypervisor.rename(uuid, "a\x1b[2Jb\n\u202ec")
    async with driving(fleet) as user:
        await user.sees(r"a\x1b[2Jb\n\u202ec")
        assert "\x1b[2J" not in user.text()


async def test_a_machine_that_the_hypervisor_does_not_know_is_shown_as_missing() -> None:
    async with driving() as user:
        user.fleet.hypervisor.undefine(user.machine("alpine-3").uuid)
        await user.until(lambda: "? missing" in user.row("alpine-3"))


async def test_a_thousand_machines_are_sorted_filtered_and_scrolled_like_ten() -> None:
    fleet = StagedFleet()
    fleet.fill("many", 256, [DomainState.OFF] * 1000)
    async with driving(fleet) as user:
        await user.press("G")
        assert user.cursor == "many-1000"
        await user.press("/")
        await user.type("many-99")
        assert user.names() == ["many-99", *(f"many-{number}" for number in range(990, 1000))]


async def test_a_click_puts_the_cursor_on_a_row() -> None:
    async with driving() as user:
        await user.pilot.click("#table", offset=(12, 5))
        assert user.cursor == "alpine-4"
