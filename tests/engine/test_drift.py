"""What others do to the images of a version is noticed, and nothing is built upon it until somebody has looked."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import AccessError, BadArgument
from qq2clone_tui.engine.session import Session


@pytest.fixture
def image(session: Session, fleet: SampleFleet) -> str:
    """Return the image of a version whose stamp is known."""
    path = fleet.catalogue.template("web").disks[0].image
    fleet.images.facts[path] = replace(fleet.images.facts[path], stamp="7:100:1")
    fleet.catalogue.versions.replace_disks(
        "web", 1, [replace(fleet.catalogue.template("web").disks[0], stamp="7:100:1")]
    )
    assert session.versions.drift("web") == ()
    return path


@pytest.mark.parametrize(
    ("stamp", "word"), [("7:100:2", "written to"), ("7:99:2", "99 bytes long"), ("8:100:1", "another file")]
)
def test_a_change_is_told_by_what_it_was(
    session: Session, fleet: SampleFleet, image: str, stamp: str, word: str
) -> None:
    fleet.images.facts[image] = replace(fleet.images.facts[image], stamp=stamp)
    (clause,) = session.versions.drift("web")
    assert word in clause
    with pytest.raises(AccessError, match="acknowledge-image"):
        session.plan_clone("web", 1)
    assert fleet.catalogue.clones() == []


def test_an_image_that_is_gone_cannot_be_acknowledged(session: Session, fleet: SampleFleet, image: str) -> None:
    del fleet.images.facts[image]
    assert "cannot be used" in session.versions.drift("web")[0]
    with pytest.raises(AccessError):
        session.versions.acknowledge("web")


def test_an_image_that_a_machine_was_started_from_is_noticed_before_a_byte_is_written(
    session: Session, fleet: SampleFleet, image: str
) -> None:
    fleet.images.writers.add(image)
    assert "some machine was started from it" in session.versions.drift("web")[0]
    with pytest.raises(AccessError):
        session.plan_clone("web", 1)
    with pytest.raises(BadArgument, match="Shut that machine off"):
        session.versions.acknowledge("web")
    fleet.images.writers.clear()
    assert session.versions.drift("web") == ()


def test_what_was_acknowledged_counts_from_then_on(session: Session, fleet: SampleFleet, image: str) -> None:
    fleet.images.facts[image] = replace(fleet.images.facts[image], stamp="7:100:5", virtual_size=20 << 30)
    assert len(session.versions.acknowledge("web")) == 1
    disk = fleet.catalogue.template("web").disks[0]
    assert (disk.stamp, disk.virtual_size, disk.digest) == ("7:100:5", 20 << 30, "")
    assert session.versions.acknowledge("web") == ()
    assert session.plan_clone("web", 1, dry_run=True).steps


def test_an_image_that_shrank_cuts_off_no_clone(session: Session, fleet: SampleFleet, image: str) -> None:
    fleet.images.facts[image] = replace(fleet.images.facts[image], stamp="7:50:5", virtual_size=1 << 20)
    assert "smaller" in session.versions.drift("web")[0]
