"""Memory that was put aside fits the disks as they were: nothing takes them from under it unless told to."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.domain.states import DomainState, PowerVerb
from tests.adapters.image_files import chain
from tests.adapters.libvirt_worlds import eventually

from .disk_lab import DiskLab, booted, starts


@pytest.fixture(params=["by libvirt", "in a file"])
def saved(request: pytest.FixtureRequest, lab: DiskLab) -> DiskLab:
    """A template with two versions, and a clone of the first that was saved after its guest had written."""
    lab.type(f"import-template {write_sample(lab.home / 'sample').xml} tiny")
    lab.type("clone 1 -t tiny -r")
    assert eventually(lambda: booted(lab.disk("tiny-1")))
    if request.param == "by libvirt":
        lab.power(PowerVerb.SAVE, "tiny-1")
    else:
        lab.storage = str(lab.home / "images")
        lab.type("save 1 -t tiny")
    lab.prepare("tiny")
    lab.type("modify-template tiny commit-image")
    return lab


def states(lab: DiskLab) -> set[str]:
    """Return the names of files with saved memory."""
    return {name for name in lab.leftovers() if "save" in name}


def test_a_saved_clone_keeps_its_disks_unless_told_otherwise(saved: DiskLab) -> None:
    disk, kept = saved.disk("tiny-1"), states(saved)
    for line in ("reset 1", "upgrade 1", "detach 1", "promote 1 fresh"):
        assert "saved" in saved.type(f"{line} -t tiny --yes", code=12).err
        assert (saved.disk("tiny-1"), states(saved)) == (disk, kept), line
    saved.type("start 1 -t tiny")
    assert saved.domain("tiny-1").state is DomainState.RUNNING


@pytest.mark.parametrize(("line", "length"), [("reset 1", 2), ("upgrade 1", 3), ("detach 1", 1)])
def test_told_so_it_loses_its_memory_and_starts_from_its_other_disks(saved: DiskLab, line: str, length: int) -> None:
    saved.type(f"{line} -t tiny --drop-saved --yes")
    assert (saved.domain("tiny-1").state, states(saved)) == (DomainState.OFF, set())
    assert len(chain(saved.disk("tiny-1"))) == length
    assert starts(saved.disk("tiny-1")) == (1 if line == "detach 1" else 0)
    saved.type("start 1 -t tiny")
    assert saved.domain("tiny-1").state is DomainState.RUNNING


def test_an_ephemeral_clone_goes_on_where_it_was_saved(lab: DiskLab) -> None:
    lab.type(f"import-template {write_sample(lab.home / 'sample').xml} tiny")
    lab.type("clone 1 -t tiny --ephemeral -r")
    assert eventually(lambda: booted(lab.disk("tiny-1")))
    lab.type("save 1 -t tiny")
    disk = lab.disk("tiny-1")
    lab.type("start 1 -t tiny")
    assert lab.disk("tiny-1") == disk
    lab.type("destroy 1 -t tiny")
    assert starts(disk) == 1
    lab.type("start 1 -t tiny")
    assert not Path(disk).exists() or lab.disk("tiny-1") != disk
