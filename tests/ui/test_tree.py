"""The tree: choosing a version, looking at it, and working on the staging machine alone."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from qq2clone_tui.adapters.host.shell import HostShell
from qq2clone_tui.adapters.memory.viewers import MemoryViewers
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.ports.programs import Programs
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.screens.results import ResultsScreen
from tests.snapshots.versions_fleet import STAGED, VersionedFleet

from .driving import Driver, driving
from .test_serial import PlayedTerminal


async def to_row(user: Driver, wanted: str) -> None:
    """Put the tree's cursor on the first row below debian12 that holds some words."""
    if user.app.focused is not user.main.tree_pane:
        await user.press("shift+tab")
    await user.press("g")
    for _ in range(user.main.tree_pane.line_count):
        place, row = user.app.desk.place, user.main.tree_pane.line_at(user.main.tree_pane.cursor)
        if place.template == "debian12" and wanted in "".join(cell.text for cell in row.cells):
            return
        await user.press("j")
    raise AssertionError(user.text())


def tree() -> VersionedFleet:
    return VersionedFleet().stage()


async def test_choosing_a_version_shows_its_clones_and_its_note() -> None:
    async with driving(tree()) as user:
        await to_row(user, "v2")
        assert user.names() == [f"debian12-{number}" for number in range(4, 9)]
        assert "debian12 · v2 · openssl 3.0.11 · 5" in user.text()


async def test_the_pane_shows_the_version_while_the_tree_has_the_keys_and_the_machine_after() -> None:
    async with driving(tree()) as user:
        await to_row(user, "v2")
        await user.sees("debian12@v2")
        await user.sees("debian12.v2.vda.qcow2 ← debian12.q")
        await user.sees("sha256 2e7a2e7a2e7a2e7a…")
        await user.press("enter")
        await user.loses("debian12@v2")
        assert "debian12-4" in user.text("#live") or user.main.live.border_title == "debian12-4"


async def test_a_version_without_clones_says_how_to_make_some() -> None:
    fleet = tree()
    fleet.catalogue.forget([record.identity.uuid for record in fleet.catalogue.clones("debian12")][:4])
    async with driving(fleet) as user:
        await to_row(user, "v1")
        await user.sees("No clones stand on this version: c makes some of it.")


async def test_the_staging_machine_is_in_the_table_only_when_its_row_is_chosen() -> None:
    async with driving(tree()) as user:
        assert STAGED not in user.names()
        await to_row(user, "staging v4")
        assert user.names() == [STAGED]
        assert "debian12 · staging machine · 1" in user.text()
        await user.press("g")
        assert STAGED not in user.names()


async def test_power_keys_work_on_the_staging_machine_and_on_it_alone() -> None:
    async with driving(tree()) as user:
        await user.press("a")
        await to_row(user, "staging v4")
        await user.press("s")
        await user.until(lambda: user.machine(STAGED).state is DomainState.RUNNING)
        assert user.machine("debian12-1").state is DomainState.OFF
        await user.press("x", "y")
        await user.until(lambda: user.machine(STAGED).state is DomainState.OFF)
        assert user.machine("debian12-4").state is DomainState.RUNNING


async def test_what_acts_on_marks_never_means_the_staging_machine() -> None:
    async with driving(tree()) as user:
        await to_row(user, "staging v4")
        await user.press("enter", "space")
        await to_row(user, "v3")
        await user.press("g")
        assert user.marked == set()
        await user.press("a")
        assert STAGED not in user.marked
        await user.press(":")
        await user.type("all")
        await user.press("enter")
        assert STAGED not in user.marked
        assert len(user.marked) == 21


async def test_a_staging_machine_cannot_be_removed_like_a_clone() -> None:
    async with driving(tree()) as user:
        await to_row(user, "staging v4")
        for key in ("D", "W", "H", "t"):
            await user.press(key)
            await user.sees(f"{STAGED} is a staging machine: y commits or discards it")
            assert user.app.screen is user.main


async def test_the_tree_goes_to_the_template_when_what_was_chosen_is_gone() -> None:
    async with driving(tree()) as user:
        await to_row(user, "staging v4")
        gone = user.machine(STAGED).uuid
        user.fleet.hypervisor.undefine(gone)
        user.fleet.catalogue.forget([gone])
        await user.until(lambda: STAGED not in user.names())
        assert user.app.desk.place.template == "debian12"
        assert len(user.names()) == 16
        assert "staging" not in user.text("#tree")


async def test_c_on_a_version_makes_clones_of_that_version() -> None:
    async with driving(tree()) as user:
        await to_row(user, "v2")
        await user.press("2", "c")
        await user.sees("of debian12@v2")
        await user.press("enter")
        await user.until(lambda: {"debian12-17", "debian12-18"} <= set(user.names()))
        assert {user.machine(name).version for name in ("debian12-17", "debian12-18")} == {2}
        made = user.fleet.images.facts[f"{user.fleet.images.place}/debian12-17.vda.qcow2"]
        assert made.backing == f"{user.fleet.images.place}/debian12.v2.vda.qcow2"


async def test_c_elsewhere_makes_clones_of_the_newest_version() -> None:
    async with driving(tree()) as user:
        await to_row(user, "running")
        await user.press("c")
        await user.sees("of debian12")
        await user.press("enter")
        await user.until(lambda: any(m.name == "debian12-17" for m in user.app.desk.inventory.machines.values()))
        assert user.machine("debian12-17").version == 3


async def test_the_console_of_the_staging_machine_opens_and_starts_it() -> None:
    fleet = tree()
    viewers = MemoryViewers(on_start=lambda _, call: fleet.hypervisor.graphics.come(call.arguments[-1]))
    fleet.programs = Programs(viewers=viewers)
    async with driving(fleet) as user:
        await to_row(user, "staging v4")
        await user.press("o")
        await user.sees(f"{STAGED}: virt-viewer shows spice")
        assert len(viewers.started) == 1
        assert user.machine(STAGED).state is DomainState.RUNNING


async def test_the_serial_console_of_the_staging_machine_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QqApp, "suspend", lambda _: nullcontext())
    fleet, terminal = tree(), PlayedTerminal()
    fleet.programs = replace(fleet.programs, terminal=terminal)
    async with driving(fleet) as user:
        await to_row(user, "staging v4")
        await user.press("s")
        await user.until(lambda: user.machine(STAGED).state is DomainState.RUNNING)
        await user.press("O")
        await user.sees(f"You have left the console of {STAGED}.")
        assert len(terminal.lines) == 1


async def test_leaving_asks_while_a_staging_machine_is_being_committed() -> None:
    fleet = tree()
    async with driving(fleet) as user:
        await to_row(user, "staging v4")
        await user.press("y", "c")
        await user.sees("Make v4?")
        fleet.hypervisor.open_gate.clear()
        await user.press("enter", "q")
        await user.sees("A staging machine is still being committed.")
        await user.press("escape")
        fleet.hypervisor.open_gate.set()
        await user.sees("debian12@v4 is made")


async def test_clones_can_be_made_to_begin_afresh_at_every_start() -> None:
    async with driving(tree()) as user:
        await to_row(user, "v3")
        await user.press("c")
        await user.sees("an ephemeral clone begins afresh at every start")
        await user.press("tab", "tab", "space", "enter")
        await user.until(lambda: "debian12-17" in user.names())
        assert user.machine("debian12-17").ephemeral
        assert not user.machine("debian12-16").ephemeral


async def test_a_command_is_run_for_the_staging_machine_and_marks_it_for_nothing() -> None:
    fleet = tree()
    fleet.programs = replace(fleet.programs, bash=HostShell())
    async with driving(fleet) as user:
        await to_row(user, "staging v4")
        await user.press("exclamation_mark")
        await user.sees("Run a command for each machine")
        await user.type("exit 3")
        await user.press("enter")
        await user.until(lambda: isinstance(user.app.screen, ResultsScreen))
        await user.until(lambda: user.app.session.exec.history[-1].finished)
        assert [entry.name for entry in user.app.session.exec.history[-1].entries] == [STAGED]
        await user.press("m")
        await user.sees("a staging machine is worked on alone")
        await user.press("escape")
        assert user.marked == set()
