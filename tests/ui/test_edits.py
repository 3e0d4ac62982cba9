"""Editing and renaming from the app; the editor is a small program, the terminal's hand-over is left out."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host.drafts import FileDrafts
from qq2clone_tui.adapters.host.editor import HostEditor
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.app import QqApp
from tests.snapshots.fleet import StagedFleet

from .driving import driving


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StagedFleet:
    monkeypatch.setattr(QqApp, "suspend", lambda _: nullcontext())
    fleet = StagedFleet()
    fleet.fill("web", 256, [DomainState.OFF, DomainState.OFF, DomainState.RUNNING])
    directory = tmp_path / "drafts"
    fleet.programs = replace(fleet.programs, editor=HostEditor(), drafts=FileDrafts(directory))
    return fleet


def editor(monkeypatch: pytest.MonkeyPatch, sed: str) -> None:
    monkeypatch.setenv("VISUAL", f"sed -i '{sed}'")


async def test_a_machine_is_edited_and_changed(fleet: StagedFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, 's/<memory[^>]*>[0-9]*/<memory unit="MiB">777/')
    async with driving(fleet) as user:
        await user.press("e")
        await user.sees("web-1 is changed.")
        assert "777" in fleet.hypervisor.inactive_xml(user.machine("web-1").uuid)


async def test_a_running_machine_is_changed_for_its_next_start(
    fleet: StagedFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor(monkeypatch, 's/<memory[^>]*>[0-9]*/<memory unit="MiB">777/')
    async with driving(fleet) as user:
        await user.press("G", "e")
        await user.sees("counts from its next start")


async def test_a_refused_text_is_kept_and_edited_again(fleet: StagedFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "s/web-1/other/")
    async with driving(fleet) as user:
        await user.press("e")
        await user.sees("It cannot be stored")
        await user.sees("the name follows from its template")
        editor(monkeypatch, "s/other/web-1/")
        await user.press("y")
        await user.sees("web-1 is as it was.")


async def test_a_kept_text_is_offered_the_next_time(fleet: StagedFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, "s/web-1/other/")
    async with driving(fleet) as user:
        await user.press("e")
        await user.sees("It cannot be stored")
        await user.press("escape")
        editor(monkeypatch, "")
        await user.press("e")
        await user.sees("Go on from the kept text?")
        await user.press("escape")
        await user.sees("web-1 is as it was.")


async def test_an_editor_that_fails_says_so(fleet: StagedFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "false")
    async with driving(fleet) as user:
        await user.press("e")
        await user.sees("the editor failed")


async def test_a_template_is_edited(fleet: StagedFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(monkeypatch, 's/<memory[^>]*>[0-9]*/<memory unit="MiB">333/')
    async with driving(fleet) as user:
        await user.press("E")
        await user.sees("web is changed.")
        assert "333" in fleet.catalogue.template("web").xml


async def test_a_template_gets_a_second_name_for_its_images(fleet: StagedFleet) -> None:
    async with driving(fleet) as user:
        await user.press("N")
        await user.sees("A second web")
        await user.press("enter")
        await user.sees("web-2 is made of the images of web")
        await user.until(lambda: len(user.app.desk.inventory.templates) == 2)


async def test_a_renamed_template_takes_the_clones_that_are_off_along(fleet: StagedFleet) -> None:
    async with driving(fleet) as user:
        await user.press("n")
        await user.sees("Rename web")
        await user.type("/")
        await user.sees("it begins with '/'")
        await user.press("ctrl+u")
        await user.type("site")
        await user.press("enter")
        await user.until(lambda: user.names() == ["site-1", "site-2", "web-3"])
        await user.sees("Left out: web-3, for web-3 is running and keeps its name")
