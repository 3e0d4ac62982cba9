"""Removal that overwrites: only what is the machine's own, before it is deleted, and to the end."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.clone import CloneStatus, SavedState
from qq2clone_tui.domain.erasure import Erasure, ErasureKind
from qq2clone_tui.domain.errors import BadArgument, CommandFailed, WrongFileKind
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Danger, Plan
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

SHRED, WIPE = Erasure(ErasureKind.SHRED, passes=2), Erasure(ErasureKind.WIPE, algorithm="dod")


@pytest.fixture
def machine(fleet: SampleFleet, template: Template, session: Session) -> Machine:
    """Return a running clone."""
    fleet.add_clones(template, [DomainState.RUNNING])
    (found,) = session.inventory.refresh().machines.values()
    return found


def plan(session: Session, machine: Machine, erasure: Erasure) -> Plan:
    return session.erasures.plan(session.plan_remove([machine.uuid]), erasure)


def test_shred_overwrites_the_machines_own_images_and_then_deletes_them(
    fleet: SampleFleet, session: Session, machine: Machine, template: Template
) -> None:
    decided = plan(session, machine, SHRED)
    assert decided.danger is Danger.LOSES
    assert any("base image" in warning for warning in decided.warnings)
    assert any(line.startswith("shred --iterations=2") for line in decided.steps[0].equivalent)
    assert not session.jobs.run(decided).failed()
    assert fleet.images.eraser.overwritten == [(machine.files[0], 2)]
    assert machine.files[0] in fleet.images.deleted
    assert template.disks[0].image in fleet.images.facts
    assert not session.inventory.refresh().machines


def test_wipe_is_libvirts_where_it_has_storage_and_ours_where_it_has_none(
    fleet: SampleFleet, template: Template, session: Session, machine: Machine
) -> None:
    assert not session.jobs.run(plan(session, machine, WIPE)).failed()
    assert fleet.hypervisor.wiping.wiped == [(machine.files[0], "dod")]
    fleet.hypervisor.wiping.there = False
    fleet.add_clones(template, [DomainState.OFF])
    (other,) = session.inventory.refresh().machines.values()
    with pytest.raises(BadArgument, match="only zeros can be written"):
        plan(session, other, WIPE)
    assert not session.jobs.run(plan(session, other, Erasure(ErasureKind.WIPE))).failed()
    assert fleet.images.eraser.overwritten == [(other.files[0], 0)]


def test_without_permission_nothing_at_all_happens(fleet: SampleFleet, session: Session, machine: Machine) -> None:
    fleet.images.writers.add(machine.files[0])
    (entry,) = session.jobs.run(plan(session, machine, SHRED)).failed()
    assert "Permission denied" in entry.reason
    assert entry.exit_code == 10
    (still,) = session.inventory.refresh().machines.values()
    assert (still.state, still.status) == (DomainState.RUNNING, CloneStatus.READY)


def test_an_interrupted_removal_is_overwritten_to_the_end_by_the_next_start(
    fleet: SampleFleet, session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_path: str, _passes: int) -> None:
        raise CommandFailed("cannot overwrite the image", why="killed")

    with monkeypatch.context() as patch:
        patch.setattr(fleet.images.eraser, "overwrite", dies)
        assert session.jobs.run(plan(session, machine, SHRED)).failed()
    assert fleet.hypervisor.read_domain(machine.uuid) is None, "half overwritten, it must never be started"
    record = fleet.catalogue.clone(machine.uuid)
    assert record is not None
    assert (record.status, record.erase) == (CloneStatus.REMOVING, "shred:2")
    monkeypatch.setattr(fleet.catalogue, "abandoned", lambda: [replace(record)])
    assert recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))
    assert fleet.images.eraser.overwritten == [(machine.files[0], 2)]
    assert fleet.catalogue.clone(machine.uuid) is None


@pytest.mark.parametrize("text", ["wipe:zero", "wipe:pfitzner33", "shred:0", "shred:100"])
def test_an_erasure_is_read_as_it_was_written(text: str) -> None:
    erasure = Erasure.read(text)
    assert erasure is not None
    assert erasure.written() == text


def test_nonsense_is_no_erasure() -> None:
    with pytest.raises(BadArgument, match="There are zero"):
        Erasure(ErasureKind.WIPE, algorithm="magic")
    with pytest.raises(BadArgument):
        Erasure(ErasureKind.SHRED, passes=101)


@pytest.mark.parametrize("erasure", [SHRED, WIPE])
def test_what_became_a_link_since_the_removal_was_interrupted_is_not_followed(
    fleet: SampleFleet, session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch, erasure: Erasure
) -> None:
    def link(path: str, *_: object) -> bool:
        raise WrongFileKind("will not overwrite", subject=path, why="it is no regular file")

    fleet.catalogue.mark_removing([machine.uuid], erasure.written())
    record = fleet.catalogue.clone(machine.uuid)
    assert record is not None
    monkeypatch.setattr(fleet.catalogue, "abandoned", lambda: [record])
    monkeypatch.setattr(fleet.images.eraser, "check", link)
    monkeypatch.setattr(fleet.hypervisor.wiping, "check", link)
    (sentence,) = recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))
    assert "it is no regular file" in sentence
    assert (fleet.images.eraser.overwritten, fleet.hypervisor.wiping.wiped) == ([], [])
    assert fleet.catalogue.clone(machine.uuid) is not None, "it is told of again until it is mended"


def test_a_state_file_that_came_after_the_decision_is_looked_at_too_before_anything_happens(
    fleet: SampleFleet, session: Session, machine: Machine
) -> None:
    decided = plan(session, machine, SHRED)
    state = SavedState("/images/web-1.save")
    fleet.catalogue.saved.put(machine.uuid, state)
    fleet.images.facts[state.path] = replace(fleet.images.facts[machine.files[0]], path=state.path)
    fleet.images.writers.add(state.path)
    assert session.jobs.run(decided).failed()
    assert fleet.hypervisor.read_domain(machine.uuid) is not None
    assert fleet.images.eraser.overwritten == []
