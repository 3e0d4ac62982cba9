"""States of machines are seen, kept, gone back to and deleted on a screen of their own."""

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.screens.checkpoints import CheckpointsScreen
from tests.snapshots.fleet import NOW, StagedFleet

from .driving import Driver, driving


def keep(user: Driver, name: str, *checkpoints: Checkpoint) -> None:
    user.fleet.hypervisor.checkpoints.kept[user.machine(name).uuid] = list(checkpoints)


async def test_a_checkpoint_is_made_under_a_name_with_a_note_and_listed() -> None:
    async with driving() as user:
        await user.press("K")
        await user.sees("No checkpoints yet: c makes one.")
        assert "alpine-1" in user.text("#summary")
        await user.press("c")
        await user.sees("Make a checkpoint of 1 machine")
        assert "Its memory is kept too" in user.text()
        await user.press("ctrl+u", *"base", "tab", *"fresh", "enter")
        await user.sees("1 checkpoint")
        await user.sees("base")
        assert "fresh" in user.text("#checkpoint-remark")
        assert "running again, with the memory of then" in user.text("#checkpoint-remark")


async def test_a_machine_goes_back_once_what_is_lost_was_agreed_to() -> None:
    async with driving() as user:
        keep(user, "alpine-1", Checkpoint("base", NOW, state=DomainState.OFF, current=True))
        await user.press("K")
        await user.sees("base")
        await user.press("r")
        await user.sees("Take 1 machine back to a checkpoint?")
        assert "all that was written since base is lost" in user.text()
        await user.press("escape")
        await user.loses("Take 1 machine back")
        assert user.machine("alpine-1").state is DomainState.RUNNING
        await user.press("r")
        await user.sees("Take 1 machine back")
        await user.press("y")
        await user.sees("revert 1: 1 machine done")
        await user.until(lambda: user.machine("alpine-1").state is DomainState.OFF)
        assert isinstance(user.app.screen, CheckpointsScreen)


async def test_the_checkpoint_under_the_cursor_is_deleted_once_agreed_to() -> None:
    async with driving() as user:
        first, second = Checkpoint("first", NOW), Checkpoint("second", NOW + 1, parent="first", current=True)
        keep(user, "alpine-1", first, second)
        await user.press("K")
        await user.sees("second")
        await user.press("g", "D")
        await user.sees("Delete a checkpoint of 1 machine?")
        await user.press("y")
        await user.sees("checkpoint-rm 1: 1 machine done")
        await user.until(lambda: [row.newest.name for row in user.app.screen.list.rows] == ["second"])  # type: ignore[attr-defined]


async def test_the_tree_shows_what_was_made_after_what_and_where_the_machine_came_from() -> None:
    async with driving() as user:
        keep(
            user,
            "alpine-1",
            Checkpoint("first", NOW),
            Checkpoint("second", NOW + 1, parent="first", current=True),
            Checkpoint("other", NOW + 2, parent="first"),
        )
        await user.press("K")
        await user.sees("other")
        rows = user.text("#checkpoint-list").splitlines()
        assert [row[:12].rstrip() for row in rows[1:4]] == ["   first", " ▸   second", "     other"]
        assert "It came from this one last." in user.text("#checkpoint-remark")


async def test_marked_machines_are_kept_and_taken_back_together() -> None:
    async with driving() as user:
        await user.press("space", "space", "K")
        await user.sees("2 machines: alpine-1, alpine-2")
        await user.press("c")
        await user.sees("Make a checkpoint of 2 machines")
        await user.press("ctrl+u", *"base", "enter")
        await user.sees("2 of 2")
        kept = user.fleet.hypervisor.checkpoints.kept
        assert {names[0].name for names in kept.values()} == {"base"}
        await user.press("r")
        await user.sees("Take 2 machines back")
        await user.press("y")
        await user.sees("revert 2: 2 machines done")


async def test_a_name_that_cannot_be_is_said_at_once() -> None:
    async with driving() as user:
        keep(user, "alpine-1", Checkpoint("base", NOW))
        await user.press("K")
        await user.sees("base")
        await user.press("c")
        await user.sees("Make a checkpoint")
        for name, fault in (
            ("12", "it is a number"),
            ("base", "there is a checkpoint base already"),
            ("", "it is empty"),
        ):
            await user.press("ctrl+u", *name)
            await user.sees(fault)
            await user.press("enter")
            await user.sees("Make a checkpoint")


async def test_a_machine_that_cannot_be_kept_says_why() -> None:
    async with driving() as user:
        await user.press("/", *"saved", "enter", "K")
        await user.sees("No checkpoints yet")
        await user.press("c")
        await user.sees("Make a checkpoint")
        await user.press("enter")
        await user.sees("Nothing to do")
        assert "is saved" in user.text()


async def test_the_pane_says_how_many_there_are_and_which_was_the_last() -> None:
    async with driving(size=(120, 40)) as user:
        keep(user, "alpine-1", Checkpoint("base", NOW, current=True))
        await user.press("K")
        await user.sees("base")
        await user.press("escape")
        await user.sees("1 checkpoint  last base")
        await user.press("K")
        await user.sees("Going back leaves it off")
        await user.press("c", "ctrl+u", *"more", "enter")
        await user.sees("2 checkpoints")
        await user.press("escape")
        await user.sees("2 checkpoints  last more")


async def test_what_fails_is_said_with_the_reason() -> None:
    async with driving() as user:
        user.fleet.hypervisor.failing["checkpoint"] = {"alpine-1"}
        await user.press("K", "c")
        await user.sees("Make a checkpoint")
        await user.press("enter")
        await user.sees("1 failed")
        assert "it was told to fail" in user.text("#footer")


async def test_read_only_shows_checkpoints_and_changes_none() -> None:
    async with driving(read_only=True) as user:
        keep(user, "alpine-1", Checkpoint("base", NOW))
        await user.press("K")
        await user.sees("base")
        for key in ("c", "r", "D"):
            await user.press("j", key)
            await user.sees("read-only mode")
            assert isinstance(user.app.screen, CheckpointsScreen)


async def test_read_only_names_no_key_that_changes_anything() -> None:
    async with driving(read_only=True) as user:
        await user.press("K")
        await user.sees("No checkpoints yet.")
        await user.until(lambda: "back" in user.text("#footer"))
        assert user.text("#footer").split() == ["esc", "back", "?", "help"]


async def test_what_another_program_wrote_is_shown_and_never_obeyed() -> None:
    async with driving() as user:
        keep(user, "alpine-1", Checkpoint("[red]x[/] \x1b[2J", NOW, description="\u202e[b]\n" * 50, parent="gone"))
        await user.press("K")
        await user.sees("[red]x[/] \\x1b[2J")
        assert "\\u202e[b]\\n" in user.text("#checkpoint-remark")


async def test_help_names_the_keys_of_this_screen_first_and_escape_goes_back() -> None:
    async with driving() as user:
        await user.press("K", "?")
        await user.sees("Make the machines what they were at the checkpoint.")
        await user.press("escape", "escape")
        await user.until(lambda: user.app.screen is user.main)


async def test_the_list_fits_a_small_terminal() -> None:
    fleet = StagedFleet().stage()
    async with driving(fleet, size=(60, 16)) as user:
        keep(user, "alpine-1", Checkpoint("x" * 60, NOW, description="y" * 300))
        await user.press("K")
        await user.sees("xxx")
        assert all(len(row) <= 60 for row in user.text().splitlines())
        assert "go back" in user.text("#footer")


async def test_the_machines_state_is_followed_while_its_checkpoints_are_shown() -> None:
    async with driving() as user:
        await user.press("K")
        await user.sees("No checkpoints yet")
        assert "● running" in user.text("#summary")
        user.fleet.hypervisor.set_state(user.machine("alpine-1").uuid, DomainState.PAUSED)
        await user.until(lambda: "‖ paused" in user.text("#summary"))
