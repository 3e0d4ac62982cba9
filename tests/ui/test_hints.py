"""The line at the bottom names the keys that matter where the cursor stands, in one line however narrow."""

import re

import pytest

from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.commands import Scope, command
from qq2clone_tui.ui.desk import Place
from qq2clone_tui.ui.hints import Ground
from tests.snapshots.fleet import StagedFleet
from tests.snapshots.versions_fleet import STAGED, VersionedFleet

from .driving import Driver, driving

SMALL = (80, 24)


def hints(user: Driver) -> list[str]:
    """Return the hints as they stand at the bottom: ``s start``, ``S shutdown``."""
    return re.split(r" {2,}", user.text("#footer").strip())


async def stand_on(user: Driver, place: Place) -> None:
    """Put the cursor of the tree on a row."""
    tree = user.main.tree_pane
    if user.app.focused is not tree:
        await user.press("shift+tab")
    places = [tree.place_at(index) for index in range(tree.line_count)]
    await user.press("g", *["j"] * places.index(place))
    await user.pilot.pause()


def test_each_place_names_commands_that_there_are_once_each() -> None:
    for ground in Ground:
        assert len(set(ground.commands)) == len(ground.commands), ground
        assert all(command(ident).scope is Scope.MAIN for ident in ground.commands), ground


async def test_a_machine_is_told_what_can_be_done_with_it_in_its_state() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL) as user:
        user.main.table.move_to(user.names().index("alpine-1"))
        await user.pilot.pause()
        assert user.machine("alpine-1").state is DomainState.RUNNING
        assert hints(user) == [
            "S shutdown", "o console", "c clone", "B reset", "U upgrade", "K checkpoints", "? help",
        ]  # fmt: skip
        await user.press("j")
        await user.pilot.pause()
        assert user.machine(user.cursor).state is DomainState.OFF
        assert hints(user) == [
            "s start", "o console", "c clone", "B reset", "U upgrade", "K checkpoints", "w uses", "? help",
        ]  # fmt: skip


async def test_marked_machines_are_told_what_is_done_to_many() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL) as user:
        await user.press("space", "space")
        await user.pilot.pause()
        assert {"s start", "S shutdown", "B reset", "D remove", "K checkpoints"} <= set(hints(user))
        await user.press("u")
        await user.pilot.pause()
        assert "D remove" not in hints(user)
        assert "o console" in hints(user)


async def test_a_template_and_a_version_in_the_tree_are_told_what_is_done_to_those() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL) as user:
        await stand_on(user, Place("debian12"))
        assert hints(user)[:4] == ["c clone", "y next version", "w uses", "K checkpoints"]
        assert "E edit" in hints(user)
        await stand_on(user, Place("debian12", version=2))
        assert {"c clone", "y next version", "w uses", "K checkpoints", "Y prune"} <= set(hints(user))


async def test_a_version_that_drifted_names_the_key_that_shows_it() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL) as user:
        await user.until(lambda: "v1 !" in user.text("#tree"))
        await stand_on(user, Place("win11", version=1))
        assert "A acknowledge" in hints(user)
        assert "c clone" not in hints(user)


async def test_the_staging_machine_is_told_what_comes_next_in_the_tree_and_in_the_table() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL) as user:
        await stand_on(user, Place("debian12", staging=True))
        assert hints(user)[:2] == ["y next version", "s start"]
        assert "B reset" not in hints(user)
        await user.press("tab")
        await user.until(lambda: user.app.focused is user.main.table)
        assert user.cursor == STAGED
        assert hints(user)[:2] == ["y next version", "s start"]


async def test_the_hints_follow_the_keys_from_pane_to_pane() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL) as user:
        assert "K checkpoints" in hints(user)
        await user.press("shift+tab")
        await user.until(lambda: "I import" in hints(user))
        await user.press("tab")
        await user.until(lambda: "o console" in hints(user))


async def test_without_a_template_the_ways_to_one_are_named() -> None:
    async with driving(StagedFleet(), size=SMALL) as user:
        await user.until(lambda: hints(user)[0] == "I import")
        assert hints(user)[-1] == "? help"


@pytest.mark.parametrize("width", [60, 80, 100, 160])
async def test_the_line_never_grows_wider_than_the_terminal_and_always_names_help(width: int) -> None:
    async with driving(VersionedFleet().stage(), size=(width, 24)) as user:
        await user.press("shift+tab", "g")
        for _ in range(user.main.tree_pane.line_count):
            await user.pilot.pause()
            bare = user.text("#footer")
            assert len(bare) <= width
            assert bare.rstrip().endswith("? help")
            assert len(hints(user)) >= 5
            await user.press("j")


async def test_a_wide_terminal_shows_also_what_is_not_possible_now_in_its_place() -> None:
    async with driving(VersionedFleet().stage(), size=(240, 40)) as user:
        await user.pilot.pause()
        assert hints(user)[:2] == ["s start", "S shutdown"]
        cells = {cell.text.strip(): cell.tone for cell in user.main.footer.line_on(0).cells}
        assert (cells["s"], cells["S"]) == ("dim", "key")


async def test_read_only_names_only_what_looks() -> None:
    async with driving(VersionedFleet().stage(), size=SMALL, read_only=True) as user:
        assert not any(command(ident).writes for ident in ("uses.show", "checkpoints.see"))
        assert {"w uses", "K checkpoints", "/ filter", "? help"} <= set(hints(user))
        assert "s start" not in hints(user)
        await stand_on(user, Place("debian12"))
        assert hints(user)[:2] == ["w uses", "K checkpoints"]
