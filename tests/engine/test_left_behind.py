"""Images of imports and templates that were cut short are found again and deleted, and no others."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts, ImageSpec
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

from .test_importing import IMAGE, XML

COPY = "/var/lib/libvirt/images/qq2clone/golden.vda.base.qcow2"


@pytest.fixture
def golden(fleet: SampleFleet) -> str:
    """Return the name of a machine that can be imported."""
    fleet.images.facts[IMAGE] = ImageFacts(IMAGE, "qcow2", 1 << 30, 1 << 20)
    fleet.hypervisor.define(XML)
    return "golden"


def recovered(fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, *paths: str) -> tuple[str, ...]:
    """Recover as if the process that had these files in its journal had been killed."""
    fleet.catalogue.journal.note(paths)
    monkeypatch.setattr(fleet.catalogue.journal, "take_over", lambda: list(paths))
    return recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))


def test_a_copy_is_in_the_journal_from_before_it_begins_until_the_template_is_recorded(
    session: Session, fleet: SampleFleet, golden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    create = fleet.images.create

    def watched(spec: ImageSpec) -> None:
        noted.extend(fleet.catalogue.journal.ours())
        create(spec)

    monkeypatch.setattr(fleet.images, "create", watched)
    session.import_template(golden, copy=True)
    assert noted == [COPY]
    assert fleet.catalogue.journal.ours() == []


def test_what_a_killed_import_copied_is_deleted_at_the_next_start(
    fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.images.facts[COPY] = ImageFacts(COPY, "qcow2", 1 << 30)
    assert recovered(fleet, monkeypatch, COPY, "/var/lib/libvirt/images/qq2clone/never.made") == (
        f"{COPY}: a killed process left it behind and it is deleted",
    )
    assert COPY not in fleet.images.facts
    assert fleet.catalogue.journal.ours() == []


def test_an_image_that_could_not_be_deleted_with_its_template_is_deleted_later(
    session: Session, fleet: SampleFleet, golden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(path: str) -> None:
        raise AccessError("cannot delete the image", subject=path, why="Operation not permitted")

    session.import_template(golden, copy=True)
    with monkeypatch.context() as patch, pytest.raises(AccessError):
        patch.setattr(fleet.images, "delete", refused)
        session.delete_template(golden)
    assert COPY in fleet.images.facts
    assert fleet.catalogue.journal.ours() == [COPY]
    assert recovered(fleet, monkeypatch, COPY)
    assert COPY not in fleet.images.facts


@pytest.mark.parametrize("needed_by", ["template", "clone", "machine"])
def test_a_file_that_anybody_needs_is_kept_whatever_the_journal_says(
    session: Session, fleet: SampleFleet, golden: str, monkeypatch: pytest.MonkeyPatch, needed_by: str
) -> None:
    fleet.images.facts[COPY] = ImageFacts(COPY, "qcow2", 1 << 30)
    if needed_by == "template":
        base = fleet.catalogue.template("web").disks[0].image
        fleet.images.facts[base] = replace(fleet.images.facts[base], backing=COPY)
    elif needed_by == "clone":
        session.jobs.run(session.plan_clone("web", 1))
        disk = fleet.catalogue.clones()[0].files[0]
        fleet.images.facts[disk] = replace(fleet.images.facts[disk], backing=COPY)
    else:
        fleet.images.facts[IMAGE] = replace(fleet.images.facts[IMAGE], backing=COPY)
    (sentence,) = recovered(fleet, monkeypatch, COPY)
    assert "is kept" in sentence
    assert COPY in fleet.images.facts


def test_ctrl_c_just_after_a_template_was_recorded_leaves_it_its_images(
    session: Session, fleet: SampleFleet, golden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = fleet.catalogue.add_template

    def interrupted(template: object) -> None:
        add(template)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(fleet.catalogue, "add_template", interrupted)
    with pytest.raises(KeyboardInterrupt):
        session.import_template(golden, copy=True)
    assert fleet.catalogue.template(golden).disks[0].image == COPY
    assert COPY in fleet.images.facts
