"""The next version of a template made by keys, with real machines: they read what their version held."""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.adapters.xml_file import read_xml
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.session import Session
from qq2clone_tui.ui.app import QqApp
from tests.snapshots.fleet import StagedFleet
from tests.ui.driving import Driver

from .disk_lab import booted, starts

_PATIENCE = 40


class Patient(Driver):
    """A user who knows that real machines take their time."""

    async def comes(self, text: str) -> None:
        """Wait longer for a text on the screen."""
        for _ in range(_PATIENCE * 20):
            if text in self.text():
                return
            await self.pilot.pause(0.05)
        await self.sees(text)

    async def is_in(self, state: DomainState) -> None:
        """Wait until the one machine in the table is in a state."""
        for _ in range(_PATIENCE * 20):
            if [self.machine(name).state for name in self.names()] == [state]:
                return
            await self.pilot.pause(0.05)
        raise AssertionError(self.text())


@asynccontextmanager
async def seated(host: LibvirtHypervisor, directory: Path) -> AsyncIterator[Patient]:
    """Run the app over the embedded hypervisor, with the sample machine as the template tiny."""
    catalogue = SqliteCatalogue(directory / "catalogue.sqlite", directory / "templates")
    session = Session(host, LocalImages(directory / "images"), catalogue, read_xml)
    session.import_template(str(write_sample(directory / "sample").xml), "tiny")
    app = QqApp(session)
    async with app.run_test(size=(120, 34)) as pilot:
        user = Patient(pilot, StagedFleet())
        await user.until(lambda: user.main.shown and not app.errands.under_way)
        yield user
    for part in (session.inventory, session.version_watch, session.digests, session.sampler, session.addresses):
        part.stop()
    catalogue.close()


@pytest.mark.timeout(240)
async def test_a_version_is_prepared_changed_committed_and_cloned_by_keys(
    embed_host: LibvirtHypervisor, tmp_path: Path
) -> None:
    images = tmp_path / "images"
    async with seated(embed_host, tmp_path) as user:
        await user.comes("tiny")
        await user.press("shift+tab", "j", "c")
        await user.sees("of tiny")
        await user.press("enter")
        await user.comes("tiny-1")

        await user.press("y", "s")
        await user.comes("tiny.v2 is running")
        for _ in range(_PATIENCE * 20):
            if booted(images / "tiny.v2.vda.qcow2"):
                break
            await user.pilot.pause(0.05)
        await user.press("S")
        await user.is_in(DomainState.OFF)
        await user.press("y", "c")
        await user.comes("Make v2?")
        await user.type("started once")
        await user.press("enter")
        await user.comes("tiny@v2 is made")

        version = images / "tiny.v2.vda.qcow2"
        assert version.stat().st_mode & 0o777 == 0o444
        assert (starts(version), starts(images / "tiny-1.vda.qcow2")) == (1, 0)
        assert user.app.desk.place.version == 2
        assert "tiny · v2 · started once" in user.text()

        await user.press("c")
        await user.sees("of tiny@v2")
        await user.press("enter")
        await user.comes("tiny-2")
        assert starts(images / "tiny-2.vda.qcow2") == 1

        os.utime(version, (time.time(), time.time() + 60))
        await user.comes("v2 !")
        await user.press("c")
        await user.comes("tiny@v2 is not what it was: A shows what has changed")
        await user.press("A")
        await user.comes("tiny.v2.vda.qcow2 was written to")
        await user.press("y")
        await user.comes("tiny@v2 is taken as it is now")
        await user.loses("v2 !")


@pytest.mark.timeout(240)
async def test_a_staging_machine_that_runs_is_forced_off_and_thrown_away_by_keys(
    embed_host: LibvirtHypervisor, tmp_path: Path
) -> None:
    image = tmp_path / "images" / "tiny.v2.vda.qcow2"
    async with seated(embed_host, tmp_path) as user:
        await user.comes("tiny")
        await user.press("shift+tab", "j", "y", "s")
        await user.comes("tiny.v2 is running")
        await user.press("y", "d")
        await user.comes("it is running: shut it down first")
        await user.press("f")
        await user.comes("Cut its power?")
        await user.press("y")
        await user.is_in(DomainState.OFF)
        assert image.exists()
        await user.press("y", "d")
        await user.comes("Throw the changes away?")
        await user.press("y")
        await user.comes("tiny.v2 is gone")
        assert not image.exists()
        assert [domain.name for domain in embed_host.list_domains()] == []
        assert "staging" not in user.text("#tree")


@pytest.mark.timeout(240)
async def test_a_staging_machine_is_shut_down_from_the_dialog_that_then_has_the_commit_at_hand(
    embed_host: LibvirtHypervisor, tmp_path: Path
) -> None:
    image = tmp_path / "images" / "tiny.v2.vda.qcow2"
    async with seated(embed_host, tmp_path) as user:
        await user.comes("tiny")
        await user.press("shift+tab", "j", "y", "s")
        await user.comes("tiny.v2 is running")
        for _ in range(_PATIENCE * 20):
            if booted(image):
                break
            await user.pilot.pause(0.05)
        await user.press("y", "S")
        await user.comes("its staging machine  ○ off")
        await user.press("enter")
        await user.comes("Make v2?")
        await user.press("enter")
        await user.comes("tiny@v2 is made")
        assert (starts(image), image.stat().st_mode & 0o777) == (1, 0o444)
