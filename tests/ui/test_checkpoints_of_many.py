"""From the tree, the checkpoints of all clones of a template or a version are seen, machine by machine."""

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.desk import Place
from qq2clone_tui.ui.screens.checkpoints import CheckpointsScreen
from tests.snapshots.fleet import NOW
from tests.snapshots.versions_fleet import STAGED, VersionedFleet

from .driving import Driver, driving


def keep(user: Driver, name: str, *checkpoints: Checkpoint) -> None:
    user.fleet.hypervisor.checkpoints.kept[user.machine(name).uuid] = list(checkpoints)


def kept(user: Driver, name: str) -> list[str]:
    """Return the names of a machine's checkpoints as the hypervisor knows them."""
    return [each.name for each in user.fleet.hypervisor.checkpoints.kept.get(user.machine(name).uuid, [])]


async def look(user: Driver, place: Place) -> None:
    """Put the cursor of the tree on a row and press K."""
    tree = user.main.tree_pane
    if user.app.focused is not tree:
        await user.press("shift+tab")
    places = [tree.place_at(index) for index in range(tree.line_count)]
    await user.press("g", *["j"] * places.index(place), "K")
    await user.until(lambda: isinstance(user.app.screen, CheckpointsScreen))


def machines(user: Driver) -> list[str]:
    """Return the first column of the list, row by row."""
    rows = user.text("#checkpoint-list").splitlines()[1:]
    return [row.split()[0] for row in rows if row.strip()]


def listed(user: Driver) -> int:
    assert isinstance(user.app.screen, CheckpointsScreen)
    return len(user.app.screen.list.rows)


async def test_a_version_lists_its_clones_one_after_the_other() -> None:
    async with driving(VersionedFleet().stage()) as user:
        keep(user, "debian12-4", Checkpoint("base", NOW), Checkpoint("tuned", NOW + 1, parent="base", current=True))
        keep(user, "debian12-6", Checkpoint("base", NOW, description="by hand"))
        keep(user, "debian12-1", Checkpoint("of another version", NOW))
        await look(user, Place("debian12", version=2))
        await user.sees("debian12@v2: 5 machines   2 of them have any   3 checkpoints")
        assert machines(user) == ["debian12-4", "debian12-4", "debian12-6"]
        assert "▸   tuned" in user.text("#checkpoint-list")
        assert "of another version" not in user.text()
        assert "debian12-4: tuned" in user.text("#checkpoint-remark")


async def test_a_template_lists_all_its_clones_but_not_the_staging_machine() -> None:
    async with driving(VersionedFleet().stage()) as user:
        keep(user, "debian12-1", Checkpoint("one", NOW))
        keep(user, "debian12-9", Checkpoint("nine", NOW))
        keep(user, STAGED, Checkpoint("staged", NOW))
        await look(user, Place("debian12"))
        await user.sees("debian12: 16 machines   2 of them have any   2 checkpoints")
        assert machines(user) == ["debian12-1", "debian12-9"]
        await user.press("escape")
        await look(user, Place("debian12", staging=True))
        await user.sees("staged")
        assert STAGED in user.text("#summary")


async def test_going_back_and_deleting_mean_the_machine_of_the_row_alone() -> None:
    async with driving(VersionedFleet().stage()) as user:
        for name in ("debian12-4", "debian12-6"):
            keep(user, name, Checkpoint("base", NOW, state=DomainState.OFF))
        await look(user, Place("debian12", version=2))
        await user.sees("2 checkpoints")
        await user.press("j", "D")
        await user.sees("Delete a checkpoint of 1 machine?")
        await user.press("y")
        await user.until(lambda: listed(user) == 1)
        assert (kept(user, "debian12-4"), kept(user, "debian12-6")) == (["base"], [])
        await user.press("r")
        await user.sees("Take 1 machine back to a checkpoint?")
        await user.press("y")
        await user.sees("revert 1: 1 machine done")


async def test_t_lists_them_by_name_and_then_a_row_means_all_that_have_it() -> None:
    async with driving(VersionedFleet().stage()) as user:
        for name in ("debian12-4", "debian12-6"):
            keep(user, name, Checkpoint("base", NOW, state=DomainState.OFF))
        await look(user, Place("debian12", version=2))
        await user.until(lambda: listed(user) == 2)
        await user.press("j", "t")
        await user.sees("2 of 5")
        assert listed(user) == 1
        await user.press("D")
        await user.sees("Delete a checkpoint of 2 machines?")
        await user.press("escape")
        await user.loses("Delete a checkpoint")
        await user.press("t")
        await user.until(lambda: listed(user) == 2)


async def test_marked_machines_can_be_seen_one_by_one_too() -> None:
    async with driving(VersionedFleet().stage()) as user:
        keep(user, "alpine-2", Checkpoint("two", NOW))
        await user.press("space", "space", "K")
        await user.sees("1 of 2")
        await user.press("t")
        await user.until(lambda: machines(user) == ["alpine-2"])


async def test_marks_count_before_the_row_of_the_tree() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await user.press("space", "space")
        await look(user, Place("debian12", version=2))
        await user.sees("2 machines: alpine-1, alpine-2")


async def test_making_one_from_the_tree_is_for_all_of_the_row() -> None:
    async with driving(VersionedFleet().stage(), size=(80, 24)) as user:
        await look(user, Place("alpine"))
        await user.sees("None of the 3 machines has a checkpoint yet: c makes one of each.")
        await user.press("c")
        await user.sees("Make a checkpoint of 3 machines")
        await user.press("ctrl+u", *"base", "enter")
        await user.sees("3 of them have any")
        assert machines(user) == ["alpine-1", "alpine-2", "alpine-3"]
        assert all(kept(user, f"alpine-{number}") == ["base"] for number in (1, 2, 3))


async def test_the_filter_of_the_table_counts_and_is_named() -> None:
    async with driving(VersionedFleet().stage()) as user:
        keep(user, "alpine-1", Checkpoint("one", NOW))
        await user.press("/", *"running", "enter")
        await look(user, Place("alpine"))
        await user.sees("alpine, filter running: 2 machines   1 of them has any   1 checkpoint")


async def test_a_row_without_machines_says_so() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await user.press("/", *"nothing-at-all", "enter", "shift+tab", "g", "j", "K")
        await user.sees("no machine of alpine, filter nothing-at-all is in the table")


async def test_the_palette_means_the_row_of_the_tree_as_the_key_does() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await user.press("shift+tab", "g", "j", "ctrl+p", *"snapshots", "enter")
        await user.sees("alpine: 3 machines")


async def test_one_machine_alone_has_no_other_way_to_be_listed() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await user.press("K")
        await user.sees("No checkpoints yet")
        assert "by machine" not in user.text("#footer")
        await user.press("t")
        await user.sees("this is one machine alone")


async def test_the_columns_fit_a_small_terminal() -> None:
    async with driving(VersionedFleet().stage(), size=(80, 24)) as user:
        keep(user, "debian12-4", Checkpoint("before-the-move-to-the-new-host", NOW, description="n" * 90))
        await look(user, Place("debian12", version=2))
        await user.sees("debian12-4")
        row = user.text("#checkpoint-list").splitlines()[1]
        assert "before-the-move-…" in row
        assert "nnnn" in row
        assert len(user.text("#footer")) <= 80
        keep(user, "debian12-4", Checkpoint("20261121-134456", NOW))
        await user.press("escape", "K")
        await user.sees("20261121-134456 ")
        assert "? help" in user.text("#footer")
