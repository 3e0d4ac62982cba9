"""Conditions that are designed and not accidental: empty, small, stale, read-only, hanging."""

import threading
import time

import pytest
from textual import events
from textual.geometry import Size
from textual.strip import Strip

from qq2clone_tui.domain.inventory import ConnectionState
from qq2clone_tui.ui.commands import COMMANDS
from qq2clone_tui.ui.widgets.sheet import Sheet
from tests.snapshots.fleet import StagedFleet

from .driving import driving


async def test_without_a_template_the_screen_says_both_ways_on() -> None:
    async with driving(StagedFleet(), make_sample=lambda: None) as user:
        await user.sees("No template yet.")
        assert "Import a machine" in user.text()
        assert "Make the sample template" in user.text()


async def test_the_sample_template_is_one_key_away() -> None:
    fleet = StagedFleet()
    async with driving(fleet, make_sample=lambda: fleet.add_template("tiny")) as user:
        await user.sees("No template yet.")
        await user.press("M")
        await user.sees("The sample template is ready")
        fleet.hypervisor._tell("-")
        await user.sees("▾ tiny")
        await user.sees("No clones yet: c makes some.")


async def test_a_machine_is_imported_in_one_key_and_its_name() -> None:
    fleet = StagedFleet()
    template = fleet.add_template("gone")
    fleet.catalogue.remove_template("gone")
    fleet.hypervisor.define(template.xml)
    async with driving(fleet) as user:
        await user.sees("No template yet.")
        assert "Make the sample template" not in user.text()
        await user.press("I")
        await user.sees("Import a template")
        await user.type("gone")
        await user.press("tab")
        await user.type("fresh")
        await user.press("enter")
        await user.sees("▾ fresh")


async def test_read_only_mode_has_no_command_that_changes_anything() -> None:
    async with driving(read_only=True) as user:
        await user.sees("read-only")
        assert "start" not in user.text("#footer")
        for command in COMMANDS:
            if command.writes:
                await user.press(command.keys[0])
                await user.sees("this is read-only mode")
                await user.press("j")
        assert not user.app.session.jobs.history
        assert len(user.app.screen_stack) == 1
        await user.press("?")
        await user.sees("Keys")
        assert "remove" not in user.text()


async def test_read_only_mode_suggests_no_change() -> None:
    fleet = StagedFleet()
    fleet.add_template("bare")
    async with driving(fleet, read_only=True) as user:
        await user.sees("No clones yet.")
        assert "makes some" not in user.text()


async def test_read_only_mode_still_marks_filters_and_sorts() -> None:
    async with driving(read_only=True) as user:
        await user.press("space", "/")
        await user.type("alpine")
        await user.press("enter", ">")
        assert user.marked == {"alpine-1"}


@pytest.mark.parametrize("size", [(59, 24), (80, 15)])
async def test_a_terminal_too_small_says_what_is_needed_and_recovers(size: tuple[int, int]) -> None:
    async with driving(size=size) as user:
        await user.sees("Too small")
        await user.sees("60×16")
        await user.pilot.resize_terminal(100, 30)
        await user.sees("debian12-1")
        assert "Too small" not in user.text()


async def test_an_echo_of_a_former_size_starts_no_layout() -> None:
    async with driving(size=(100, 30)) as user:
        stale = Size(90, 25)
        user.main.post_message(events.Resize(stale, stale))
        await user.pilot.pause()
        await user.pilot.pause(0.1)
        assert user.main.size == (100, 30)


async def test_a_terminal_too_small_takes_no_command_but_quit() -> None:
    async with driving(size=(40, 10)) as user:
        await user.press("s", "D", "c", ":")
        assert not user.app.session.jobs.history
        assert len(user.app.screen_stack) == 1
        await user.press("q")
        await user.until(lambda: user.app._exit)


async def test_a_lost_connection_keeps_the_last_picture_and_comes_back_by_itself() -> None:
    async with driving() as user:
        user.app.session.inventory.connection_lost("the daemon was stopped")
        await user.sees("reconnecting…")
        await user.sees("the daemon was stopped")
        assert "alpine-1" in user.text("#table")
        assert user.main.has_class("-stale")
        await user.press("j", "s")
        await user.sees("the hypervisor is not reachable")
        user.app.session.inventory.connection_restored()
        await user.sees("● live")
        assert not user.main.has_class("-stale")
        assert "the daemon was stopped" not in user.text()


async def test_every_key_is_answered_while_the_hypervisor_hangs() -> None:
    async with driving() as user:
        user.fleet.hypervisor.open_gate.clear()
        user.fleet.hypervisor.set_state(user.machine("alpine-1").uuid, user.machine("alpine-2").state)
        began = time.monotonic()
        await user.press("s", "j", "/")
        await user.type("win11-1")
        assert user.names() == ["win11-1", "win11-10", "win11-11", "win11-12"]
        await user.press("enter", "space", "?", "escape", ">", "tab")
        assert time.monotonic() - began < 4
        assert user.marked == {"win11-1"}
        assert user.app.desk.inventory.connection is ConnectionState.LIVE


async def test_a_dialog_that_comes_late_never_takes_keys_typed_into_a_prompt() -> None:
    async with driving() as user:
        slow, plan = threading.Event(), user.app.session.plan_remove
        user.app.session.plan_remove = lambda uuids: (slow.wait(10), plan(uuids))[1]  # type: ignore[method-assign]
        await user.press("D", "/")
        await user.type("yyy")
        slow.set()
        await user.until(lambda: not user.app.errands.under_way)
        await user.type("y")
        assert user.app.desk.filter == "yyyy"
        assert len(user.app.screen_stack) == 1
        await user.press("escape")
        await user.sees("Remove 1 machine?")


async def test_leaving_works_while_the_hypervisor_hangs() -> None:
    async with driving() as user:
        user.fleet.hypervisor.open_gate.clear()
        await user.press("j", "q")
        await user.until(lambda: user.app._exit)


async def test_what_is_waited_for_is_named_while_it_lasts() -> None:
    async with driving(StagedFleet().stage()) as user:
        gate = user.fleet.hypervisor.open_gate
        gate.clear()
        await user.press("I")
        await user.sees("Import a template")
        await user.type("x")
        await user.press("enter")
        await user.sees("… importing")
        gate.set()
        await user.loses("… importing")


async def test_the_banner_of_a_session_is_shown() -> None:
    fleet = StagedFleet().stage()
    app = fleet.app()
    app.session.banner = "This is libvirt's test driver"
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        assert "test driver" in app.screen.query_one("#banner", Sheet).line_on(0).cells[0].text
    app.session.close()


async def test_nothing_is_written_to_the_terminal_while_nothing_changes() -> None:
    async with driving() as user:
        await user.until(lambda: not user.main.actions.details.pending)
        await user.pilot.pause(0.3)
        written: list[str] = []
        user.app._display, kept = lambda *_: written.append("frame"), user.app._display  # type: ignore[method-assign]
        user.app.take_inventory()
        user.app.take_ledgers()
        await user.pilot.pause(2.5)
        user.app._display = kept  # type: ignore[method-assign]
        assert written == []


async def test_a_state_change_repaints_its_row_and_not_the_table() -> None:
    async with driving() as user:
        await user.until(lambda: not user.main.actions.details.pending)
        painted: set[int] = set()
        table = user.main.table
        paint = table.render_line

        def watched(y: int) -> Strip:
            painted.add(y)
            return paint(y)

        table.render_line = watched  # type: ignore[method-assign]
        user.fleet.hypervisor.set_state(user.machine("alpine-3").uuid, user.machine("alpine-2").state)
        await user.until(lambda: "off" in user.row("alpine-3"))
        await user.pilot.pause()
        assert painted == {3}
