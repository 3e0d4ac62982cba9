"""Who stands on an image: the tree of images, overlays and machines, with the bytes that each takes."""

import pytest

from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.uses_tree import UsesTree
from qq2clone_tui.ui.screens.uses import UsesScreen
from tests.snapshots.uses_fleet import STRANGER, UsedFleet

from .driving import Driver, driving

TO_DEBIAN = ("shift+tab", *"jjjjj")
"""From the table to the template in the tree: below all machines and the four rows of alpine."""


def names(user: Driver) -> list[str]:
    """Return what the rows of the tree are called, also those scrolled out of sight."""
    screen = user.app.screen
    assert isinstance(screen, UsesScreen)
    return [row.name for row in screen.list.rows]


def under_cursor(user: Driver) -> str:
    screen = user.app.screen
    assert isinstance(screen, UsesScreen)
    return screen.list.chosen.name if screen.list.chosen else ""


async def test_w_in_the_tree_shows_all_that_stands_on_the_template() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12.v3.vda.qcow2  v3 · 9 machines")
        await user.sees("■ debian12.qcow2  v1 · 18 machines")
        assert sum(name.startswith("debian12-") for name in names(user)) == 16
        assert under_cursor(user) == "debian12.qcow2"


async def test_versions_stand_on_the_ones_before_and_below_their_clones() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12.v3.vda")
        order = ["debian12.qcow2", "debian12-1", "debian12.v2.vda.qcow2", "debian12-4", "debian12.v3.vda.qcow2"]
        assert [name for name in names(user) if name in order] == order
        assert names(user)[-1] == "debian12.v4"


async def test_strangers_and_overlays_of_nobody_are_told_apart_and_free_nothing() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees(f"◇ {STRANGER}  foreign · running · web.qcow2")
        await user.sees("□ try.qcow2  foreign, used by nobody known")
        await user.sees("1 foreign  1 overlay of nobody")
        text = user.text()
        frees = {line.split()[3]: line.split()[-2] for line in text.splitlines() if " own " not in line and "├" in line}
        assert (frees[STRANGER], frees["try.qcow2"], frees["debian12-1"]) == ("0", "0", "819M")


async def test_w_on_a_version_shows_what_it_stands_on_and_all_above() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "j", "w")
        await user.sees("debian12@v3  ")
        assert names(user)[:3] == ["debian12.qcow2", "debian12.v2.vda.qcow2", "debian12.v3.vda.qcow2"]
        assert names(user)[3:] == [f"debian12-{number}" for number in range(9, 17)] + ["debian12.v4"]


async def test_w_in_the_table_shows_the_chain_of_one_machine_and_t_the_whole_template() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*"jjjjj", "w")
        await user.sees("What stands on it")
        await user.until(lambda: len(names(user)) == 2)
        assert under_cursor(user) == "debian12-3"
        await user.press("t")
        await user.until(lambda: len(names(user)) > 20)
        assert under_cursor(user) == "debian12-3"
        await user.press("t")
        await user.until(lambda: len(names(user)) == 2)


async def test_the_screen_scrolls_with_the_usual_keys() -> None:
    async with driving(UsedFleet().stage(), size=(80, 24)) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12-1 ")
        await user.press("G")
        await user.sees("debian12.v4")
        assert under_cursor(user) == "debian12.v4"
        await user.press("k")
        assert under_cursor(user) == "debian12-16"
        await user.press("g", "3", "j")
        assert under_cursor(user) == "debian12-3"


async def test_left_closes_an_image_and_goes_down_to_what_a_machine_stands_on() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12-16")
        await user.press("G", "h")
        assert under_cursor(user) == "debian12.v3.vda.qcow2"
        await user.press("h")
        await user.loses("debian12-16")
        assert under_cursor(user) == "debian12.v3.vda.qcow2"
        await user.press("l")
        await user.sees("debian12-16")


async def test_z_leaves_only_images_and_shows_machines_again() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12-16")
        await user.press("z")
        await user.loses("debian12-16")
        assert names(user) == [
            "debian12.qcow2",
            "debian12.v2.vda.qcow2",
            "try.qcow2",
            "debian12.v3.vda.qcow2",
        ]
        await user.press("z")
        await user.sees("debian12-16")


async def test_slash_finds_a_machine_by_a_part_of_its_name() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12-16")
        await user.press("slash", *"WEB", "enter")
        await user.until(lambda: under_cursor(user) == STRANGER)
        await user.press("n")
        assert under_cursor(user) == STRANGER
        await user.press("slash", *"nosuch", "enter")
        await user.sees("nothing here is called nosuch")


async def test_enter_goes_back_with_the_cursor_on_the_machine() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12-16")
        await user.press("slash", *"12-11", "enter")
        await user.until(lambda: under_cursor(user) == "debian12-11")
        await user.press("enter")
        await user.until(lambda: user.app.screen is user.main)
        assert user.cursor == "debian12-11"
        assert user.main.table.has_focus


async def test_enter_on_a_stranger_says_that_it_is_not_in_the_table() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees(STRANGER)
        await user.press("slash", *"web", "enter")
        await user.until(lambda: under_cursor(user) == STRANGER)
        await user.press("enter")
        await user.sees("is none of ours")


async def test_a_machine_that_starts_meanwhile_is_shown_running() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("○ debian12-1  off")
        user.fleet.hypervisor.set_state(user.machine("debian12-1").uuid, DomainState.RUNNING)
        user.app.session.inventory.refresh()
        await user.sees("● debian12-1  running")


async def test_a_clone_that_goes_meanwhile_goes_from_the_tree() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("debian12-3 ")
        session = user.app.session
        session.jobs.run(session.plan_remove([user.machine("debian12-3").uuid]))
        session.inventory.refresh()
        await user.loses("debian12-3 ")


async def test_what_cannot_be_looked_at_is_said_and_escape_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: str) -> UsesTree:
        raise AccessError("cannot look at the images", subject="/srv/templates", why="Permission denied")

    async with driving(UsedFleet().stage()) as user:
        monkeypatch.setattr(user.app.session.uses, "of", refuse)
        await user.press(*TO_DEBIAN, "w")
        await user.sees("cannot look at the images '/srv/templates': Permission denied")
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)


async def test_question_mark_shows_the_keys_of_this_screen_first() -> None:
    async with driving(UsedFleet().stage(), size=(120, 40)) as user:
        await user.press(*TO_DEBIAN, "w")
        await user.sees("What stands on it")
        await user.press("question_mark")
        await user.sees("Who stands on an image")


async def test_enter_on_the_staging_machine_or_on_one_elsewhere_goes_there_in_the_tree() -> None:
    async with driving(UsedFleet().stage()) as user:
        await user.press(*TO_DEBIAN, "j", "w")
        await user.sees("debian12.v4")
        await user.press("G", "enter")
        await user.until(lambda: user.app.screen is user.main)
        assert user.names() == ["debian12.v4"]
        assert user.cursor == "debian12.v4"
        await user.press("shift+tab", "w")
        await user.sees("debian12-9")
        await user.press("g", *"j" * names(user).index("debian12-9"))
        assert under_cursor(user) == "debian12-9"
        await user.press("enter")
        await user.until(lambda: user.app.screen is user.main)
        assert user.cursor == "debian12-9"
        assert len(user.names()) == 16
