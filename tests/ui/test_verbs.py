"""Verbs: on what they act, when they ask, and what they say when they cannot."""

import pytest

from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.dialogs.confirm import ConfirmDialog
from tests.snapshots.fleet import StagedFleet

from .driving import driving


async def test_a_verb_acts_on_the_row_under_the_cursor_when_nothing_is_marked() -> None:
    async with driving() as user:
        await user.press("j", "s")
        await user.until(lambda: user.machine("alpine-2").state is DomainState.RUNNING)
        assert user.machine("alpine-4").state is DomainState.OFF


async def test_a_verb_acts_on_all_marks_wherever_the_cursor_is() -> None:
    async with driving() as user:
        await user.press("j", "space", "j", "space", "G", "s")
        await user.until(lambda: user.machine("alpine-4").state is DomainState.RUNNING)
        assert user.machine("alpine-2").state is DomainState.RUNNING
        assert user.machine("win11-12").state is DomainState.OFF


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("s", DomainState.OFF, DomainState.RUNNING),
        ("S", DomainState.RUNNING, DomainState.OFF),
        ("p", DomainState.RUNNING, DomainState.PAUSED),
        ("r", DomainState.PAUSED, DomainState.RUNNING),
    ],
)
async def test_verbs_that_lose_nothing_never_ask(key: str, before: DomainState, after: DomainState) -> None:
    fleet = StagedFleet()
    fleet.fill("one", 256, [before])
    async with driving(fleet) as user:
        await user.press(key)
        await user.until(lambda: user.machine("one-1").state is after)
        assert len(user.app.screen_stack) == 1


async def test_forcing_off_asks_and_escape_does_nothing() -> None:
    async with driving() as user:
        await user.press("x")
        await user.sees("Force off 1 machine?")
        await user.press("escape")
        await user.loses("Force off 1 machine?")
        assert user.machine("alpine-1").state is DomainState.RUNNING
        assert not user.app.session.jobs.history


async def test_forcing_off_is_done_once_agreed_to() -> None:
    async with driving() as user:
        await user.press("x")
        await user.sees("Force off 1 machine?")
        await user.press("y")
        await user.until(lambda: user.machine("alpine-1").state is DomainState.OFF)


async def test_removal_shows_states_files_and_bytes_before_anything_is_lost() -> None:
    async with driving() as user:
        await user.press("space", "space", "D")
        await user.sees("Remove 2 machines?")
        text = user.text()
        assert "● 1 running" in text
        assert "○ 1 off" in text
        assert "Deletes 2 files" in text
        assert "alpine-1.vda.qcow2" in text
        assert "freed" in text
        await user.press("y")
        await user.until(lambda: "alpine-2" not in user.names())
        assert "alpine-1" not in user.names()


async def test_the_plan_says_how_many_of_its_machines_are_out_of_sight() -> None:
    async with driving() as user:
        await user.press("3", "space", "/")
        await user.type("win11")
        await user.press("enter", "D")
        await user.sees("3 of them cannot be seen")


async def test_removing_more_than_twenty_machines_wants_a_typed_phrase() -> None:
    async with driving() as user:
        await user.press("2", "1", "space", "D")
        await user.sees("To go on, type remove 21")
        await user.press("enter")
        await user.type("remove 20")
        await user.press("enter")
        assert isinstance(user.app.screen, ConfirmDialog)
        assert len(user.names()) == 60
        await user.press("backspace")
        await user.type("1")
        await user.press("enter")
        await user.until(lambda: len(user.names()) == 39)


async def test_removing_twenty_machines_wants_one_key() -> None:
    async with driving() as user:
        await user.press("2", "0", "space", "D")
        await user.sees("Remove 20 machines?")
        assert "To go on, type" not in user.text()


async def test_the_plan_can_be_read_as_shell_commands() -> None:
    async with driving() as user:
        await user.press("D")
        await user.sees("Deletes 1 file")
        await user.press("e")
        await user.sees("virsh")
        await user.press("e")
        await user.sees("Deletes 1 file")


async def test_machines_that_are_left_out_are_named_with_the_reason() -> None:
    async with driving() as user:
        await user.press("space", "space", "x")
        await user.sees("Force off 1 machine?")
        assert "Left out: 1" in user.text()
        assert "alpine-2" in user.text()


async def test_a_verb_that_cannot_be_done_is_dim_and_says_why_when_pressed() -> None:
    async with driving() as user:
        assert user.machine("alpine-1").state is DomainState.RUNNING
        await user.press("s")
        await user.sees("alpine-1 is running; start acts on")
        assert not user.app.session.jobs.history
        await user.press("j")
        await user.loses("start acts on")


async def test_clone_asks_how_many_and_makes_them() -> None:
    async with driving() as user:
        await user.press("c")
        await user.sees("New clones")
        assert "of alpine" in user.text()
        await user.press("backspace", "3", "enter")
        await user.until(lambda: "alpine-9" in user.names())
        assert user.machine("alpine-9").state is DomainState.OFF


async def test_digits_typed_before_clone_are_the_number() -> None:
    async with driving() as user:
        await user.press("1", "2", "c")
        await user.sees("New clones")
        await user.press("enter")
        await user.until(lambda: "alpine-18" in user.names())
        assert "alpine-19" not in user.names()


async def test_clones_can_be_started_as_they_are_made() -> None:
    async with driving() as user:
        await user.press("c")
        await user.sees("New clones")
        await user.press("tab", "space", "enter")
        await user.until(lambda: "alpine-7" in user.names())
        await user.until(lambda: user.machine("alpine-7").state is DomainState.RUNNING)


async def test_a_number_of_clones_below_one_is_not_taken() -> None:
    async with driving() as user:
        await user.press("c")
        await user.sees("New clones")
        await user.press("backspace", "0", "enter")
        await user.sees("a number from 1 on")
        assert len(user.names()) == 60


async def test_an_error_says_what_failed_and_why_and_leaves_the_screen_alive() -> None:
    async with driving() as user:
        await user.press("I")
        await user.sees("Import a template")
        await user.type("nosuch")
        await user.press("enter")
        await user.sees("That did not work")
        assert "nosuch" in user.text()
        await user.press("enter")
        await user.loses("That did not work")
        await user.press("j")
        assert user.cursor == "alpine-2"


async def test_a_template_with_clones_is_not_removed_and_says_so() -> None:
    async with driving() as user:
        await user.press("X")
        await user.sees("alpine still has 6 clones")


async def test_a_template_without_clones_is_removed_once_agreed_to() -> None:
    fleet = StagedFleet().stage()
    fleet.add_template("bare")
    async with driving(fleet, template="bare") as user:
        await user.sees("No machines here")
        await user.press("X")
        await user.sees("Remove the template?")
        assert "/srv/templates/bare.qcow2" in user.text()
        await user.press("y")
        await user.until(lambda: "bare" not in {entry.name for entry in user.app.desk.inventory.templates})


async def test_the_app_opens_at_the_template_it_is_told() -> None:
    async with driving(template="win11") as user:
        assert len(user.names()) == 12


async def test_any_command_is_found_in_the_palette_by_a_few_letters() -> None:
    async with driving() as user:
        await user.press("ctrl+p")
        await user.type("force")
        await user.press("enter")
        await user.sees("Force off 1 machine?")


async def test_the_palette_says_why_a_command_is_not_possible() -> None:
    async with driving() as user:
        await user.press("ctrl+p")
        await user.type("start")
        await user.sees("alpine-1 is running; start acts on")


async def test_help_lists_every_key() -> None:
    async with driving(size=(160, 60)) as user:
        await user.press("?")
        await user.sees("Force off, undefine, and delete their own files.")
        await user.press("escape")
        await user.loses("Force off, undefine")
