"""Versions that nobody needs go by keys: the plan first, then in the background, with how far it has got."""

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.desk import Place
from tests.engine.version_samples import add_versions, numbers_of
from tests.snapshots.fleet import StagedFleet
from tests.snapshots.versions_fleet import VersionedFleet

from .driving import Driver, driving

PLACE = "/var/lib/libvirt/images/qq2clone"


@asynccontextmanager
async def looking_at(*names: str) -> AsyncIterator[Driver]:
    """Run the app over templates of four versions each, the first chosen in the tree; a clone is of version 1."""
    fleet = StagedFleet()
    for name in names:
        fleet.add_clones(add_versions(fleet, name, 4).at(1), (DomainState.OFF,))
    async with driving(fleet, template=names[0]) as user:
        yield user


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Give what lets a slow merge go on, and let it go in the end."""
    gate = threading.Event()
    yield gate
    gate.set()


async def test_y_shows_the_plan_and_y_again_carries_it_out() -> None:
    async with looking_at("deb") as user:
        await user.press("Y")
        await user.sees("Remove 2 versions?")
        screen = user.text()
        assert "removes v2, v3   5.0M" in screen
        assert "merges them into v4   a copy of 9.0M at most" in screen
        assert "which then stands on /srv/templates/deb.qcow2" in screen
        assert "keeps v1" in screen
        assert "it has 1 clone" in screen
        await user.press("y")
        await user.sees("deb has no v2, v3 any more")
        assert numbers_of(user.fleet, "deb") == [1, 4]


async def test_the_plan_can_be_read_as_commands() -> None:
    async with looking_at("deb") as user:
        await user.press("Y")
        await user.sees("Remove 2 versions?")
        await user.press("e")
        await user.sees("qemu-img rebase -f qcow2 -b /srv/templates/deb.qcow2 -F qcow2")
        await user.press("e")
        await user.sees("removes v2, v3")


async def test_escape_leaves_everything_as_it_is() -> None:
    async with looking_at("deb") as user:
        await user.press("Y")
        await user.sees("Remove 2 versions?")
        await user.press("escape")
        await user.loses("Remove 2 versions?")
        assert numbers_of(user.fleet, "deb") == [1, 2, 3, 4]


async def test_tab_goes_on_to_shortening_chains_only_and_to_all_templates() -> None:
    async with looking_at("deb", "web") as user:
        await user.press("Y")
        await user.sees("Remove 2 versions?")
        assert "web" not in user.text("#dialog-text")
        await user.press("tab")
        await user.sees("Nothing can go")  # four files are not too many
        await user.press("y", "tab")
        await user.sees("Remove 4 versions?")
        await user.press("y")
        await user.sees("deb has no v2, v3; web has no v2, v3 any more")


async def test_chains_deeper_than_the_setting_can_be_shortened() -> None:
    async with looking_at("deb") as user:
        user.app.session.pruning.limit = 3
        await user.press("Y", "tab")
        await user.sees("Remove 1 version?")
        await user.press("y")
        await user.sees("deb has no v2 any more")


async def test_what_cannot_be_done_is_said_in_a_dialog() -> None:
    async with looking_at("deb") as user:
        await user.press("Y")
        await user.sees("Remove 2 versions?")
        user.fleet.images.full = True
        await user.press("y")
        await user.sees("deb.v4.vda.merged.qcow2': No space")
        assert numbers_of(user.fleet, "deb") == [1, 2, 3, 4]


async def test_it_works_in_the_background_and_can_be_stopped(gate: threading.Event) -> None:
    async with looking_at("deb") as user:
        merging = user.fleet.images.merging
        assert merging is not None
        merging.slowly = lambda: gate.wait(20)  # type: ignore[attr-defined]
        await user.press("Y")
        await user.sees("Remove 2 versions?")
        await user.press("y")
        await user.sees("pruning deb 50%")
        await user.press("q")
        await user.sees("Versions are still being removed")
        await user.press("n", "Y")
        await user.sees("Stop it?")
        await user.press("y")
        gate.set()
        await user.sees("the work was stopped")
        assert numbers_of(user.fleet, "deb") == [1, 2, 3, 4]


async def test_a_version_chosen_in_the_tree_goes_alone() -> None:
    async with looking_at("deb") as user:
        tree = user.main.tree_pane
        tree.focus()
        await user.until(lambda: tree.has_focus)
        for _ in range(20):
            if user.app.desk.place.version == 3:
                break
            await user.press("j")
        await user.press("Y")
        await user.sees("removes v3")
        assert "removes v2" not in user.text()
        await user.press("y")
        await user.sees("deb has no v3 any more")
        assert numbers_of(user.fleet, "deb") == [1, 2, 4]
        await user.until(lambda: "v3 " not in user.text("#tree"))
        assert user.app.desk.place == Place("deb")


async def test_a_commit_that_makes_chains_too_deep_offers_to_shorten_them() -> None:
    fleet = VersionedFleet().stage()
    for record in fleet.catalogue.clones("debian12"):
        if not record.identity.staging:
            fleet.catalogue.forget([record.identity.uuid])
            fleet.images.facts.pop(record.files[0])
            fleet.hypervisor.undefine(record.identity.uuid)
    async with driving(fleet, template="debian12") as user:
        user.app.session.pruning.limit = 3
        await user.press("y", "c")
        await user.sees("Make v4?")
        await user.press("enter")
        await user.sees("Remove 1 version?")
        assert "debian12   4 deep, then 3" in user.text("#dialog-text")
        assert numbers_of(fleet, "debian12") == [1, 2, 3, 4]
        await user.press("y")
        await user.sees("debian12 has no v2 any more")
        assert numbers_of(fleet, "debian12") == [1, 3, 4]
