"""What has changed between a plan about checkpoints and its execution is noticed."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import Ledger
from qq2clone_tui.domain.plan import Action, Danger
from qq2clone_tui.domain.room import Room
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.session import Session

OFF, RUNNING, SAVED = DomainState.OFF, DomainState.RUNNING, DomainState.SAVED


@pytest.fixture
def machines(fleet: SampleFleet, template: Template, session: Session) -> list[Machine]:
    """Three clones: off, running, off."""
    fleet.add_clones(template, [OFF, RUNNING, OFF])
    return list(session.inventory.refresh().machines.values())


def uuids(machines: list[Machine]) -> list[str]:
    return [machine.uuid for machine in machines]


def reason(ledger: Ledger) -> str:
    (entry,) = ledger.failed()
    return entry.reason


def test_all_of_a_set_get_the_same_name_made_of_the_time(session: Session, machines: list[Machine]) -> None:
    session.checkpoints._now = lambda: datetime(2026, 11, 21, 9, 5, 7, tzinfo=UTC)
    plan = session.checkpoints.plan_make(uuids(machines))
    assert {step.checkpoint.name for step in plan.steps if step.checkpoint} == {"20261121-090507"}
    assert plan.checkpoint == "20261121-090507"
    assert session.jobs.run(plan).exit_code == 0


def test_only_going_back_and_deleting_can_lose_something(session: Session, machines: list[Machine]) -> None:
    chosen = uuids(machines)
    assert session.checkpoints.plan_make(chosen, "base").danger is Danger.NONE
    assert session.checkpoints.plan_revert(chosen, "base").danger is Danger.LOSES
    assert session.checkpoints.plan_delete(chosen, "base").danger is Danger.LOSES


def test_all_disks_that_the_machine_writes_to_are_named_to_libvirt(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    session.jobs.run(session.checkpoints.plan_make(uuids(machines[:1]), "base"))
    assert fleet.hypervisor.checkpoints.disks[machines[0].uuid, "base"] == ("vda",)


UEFI = "boots with UEFI, and libvirt is too old"


def test_a_hypervisor_that_cannot_keep_such_a_machine_is_believed(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    fleet.hypervisor.checkpoints.why_not = UEFI
    fleet.images.kept.reachable = False
    plan = session.checkpoints.plan_make(uuids(machines), "base")
    assert not plan.steps
    assert {refusal.why for refusal in plan.refusals} == {UEFI}


def test_what_the_hypervisor_cannot_keep_is_kept_in_the_disks_of_a_machine_that_is_off(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    fleet.hypervisor.checkpoints.why_not = UEFI
    plan = session.checkpoints.plan_make(uuids(machines), "base", "a note")
    assert [(refusal.name, "while it is off" in refusal.why) for refusal in plan.refusals] == [("web-2", True)]
    assert plan.warnings == ("of 2 of them, UEFI variables are not kept: going back leaves them as they are then",)
    assert plan.steps[0].equivalent[0].startswith("qemu-img snapshot -c base /")
    assert session.jobs.run(plan).exit_code == 0
    for machine in (machines[0], machines[2]):
        assert fleet.images.kept.tags(machine.files[0]) == {"base"}
        assert [each.description for each in session.checkpoints.of(machine.uuid)] == ["a note"]


def test_what_the_hypervisor_does_not_take_over_is_taken_out_of_the_disks_again(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    fleet.hypervisor.checkpoints.why_not = UEFI
    plan = session.checkpoints.plan_make(uuids(machines[:1]), "base")
    fleet.hypervisor.failing["checkpoint"] = {"web-1"}
    assert "told to fail" in reason(session.jobs.run(plan))
    assert fleet.images.kept.tags(machines[0].files[0]) == frozenset()


@pytest.mark.parametrize("what", ["started", "in use"])
def test_disks_that_are_in_use_by_now_are_not_changed_by_hand(
    fleet: SampleFleet, session: Session, machines: list[Machine], what: str
) -> None:
    fleet.hypervisor.checkpoints.why_not = UEFI
    plan = session.checkpoints.plan_make(uuids(machines[:1]), "base")
    if what == "started":
        fleet.hypervisor.set_state(machines[0].uuid, RUNNING)
    else:
        fleet.images.writers.add(machines[0].files[0])
    assert "by now" in (why := reason(session.jobs.run(plan))) or "open" in why
    assert fleet.images.kept.tags(machines[0].files[0]) == frozenset()


def test_a_machine_whose_qemu_deletes_no_state_is_to_be_off_for_that(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    chosen = uuids(machines[:2])
    session.jobs.run(session.checkpoints.plan_make(chosen, "base"))
    fleet.hypervisor.checkpoints.why_not = UEFI
    plan = session.checkpoints.plan_delete(chosen, "base")
    assert [(refusal.name, refusal.why) for refusal in plan.refusals] == [("web-2", f"{UEFI}; turn it off first")]
    fleet.hypervisor.set_state(chosen[0], RUNNING)
    assert "deletes no state" in reason(session.jobs.run(plan))
    assert len(session.checkpoints.of(chosen[0])) == 1


def test_memory_that_may_not_fit_is_warned_of(fleet: SampleFleet, session: Session, machines: list[Machine]) -> None:
    fleet.images.file_system = Room(1 << 20, 2 << 40)
    assert any("may not fit" in text for text in session.checkpoints.plan_make(uuids(machines), "base").warnings)
    assert session.checkpoints.plan_make(uuids(machines[:1]), "base").warnings == ()


@pytest.mark.parametrize("what", ["plan_make", "plan_revert", "plan_delete"])
def test_a_machine_that_was_saved_since_the_plan_is_left_alone(
    fleet: SampleFleet, session: Session, machines: list[Machine], what: str
) -> None:
    chosen = uuids(machines[:1])
    if what != "plan_make":
        session.jobs.run(session.checkpoints.plan_make(chosen, "base"))
    plan = getattr(session.checkpoints, what)(chosen, "base")
    before = list(fleet.hypervisor.checkpoints.kept.get(chosen[0], ()))
    fleet.hypervisor.set_state(chosen[0], SAVED)
    assert "saved by now" in reason(session.jobs.run(plan))
    assert fleet.hypervisor.checkpoints.kept.get(chosen[0], []) == before


@pytest.mark.parametrize("what", ["plan_make", "plan_revert", "plan_delete"])
def test_a_machine_that_is_being_removed_is_left_alone(
    fleet: SampleFleet, session: Session, machines: list[Machine], what: str
) -> None:
    chosen = uuids(machines[:1])
    session.jobs.run(session.checkpoints.plan_make(chosen, "base"))
    plan = getattr(session.checkpoints, what)(chosen, "base" if what != "plan_make" else "more")
    record = fleet.catalogue.clone(chosen[0])
    assert record is not None
    fleet.catalogue.restore([replace(record, status=CloneStatus.REMOVING)])
    assert "being made or removed" in reason(session.jobs.run(plan))
    session.inventory.refresh()
    assert not getattr(session.checkpoints, what)(chosen, "base").steps


def test_one_that_was_deleted_since_the_plan_is_not_gone_back_to(session: Session, machines: list[Machine]) -> None:
    chosen = uuids(machines[:1])
    session.jobs.run(session.checkpoints.plan_make(chosen, "base"))
    plan = session.checkpoints.plan_revert(chosen, "base")
    session.jobs.run(session.checkpoints.plan_delete(chosen, "base"))
    assert "has no checkpoint base" in reason(session.jobs.run(plan))


def test_a_machine_that_another_program_put_in_the_clones_place_is_not_touched(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    machine = machines[0]
    plan = session.checkpoints.plan_make([machine.uuid], "base")
    xml = fleet.hypervisor.inactive_xml(machine.uuid)
    fleet.hypervisor.define(xml.replace(machine.files[0], "/somewhere/else.qcow2"))
    assert "another program" in reason(session.jobs.run(plan))
    assert machine.uuid not in fleet.hypervisor.checkpoints.kept


def test_what_is_left_behind_in_a_disk_is_told_after_deleting(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    machine = machines[0]
    fleet.hypervisor.checkpoints.kept[machine.uuid] = [Checkpoint("base", files=machine.files)]
    fleet.images.kept.found[machine.files[0]] = frozenset({"base"})
    ledger = session.jobs.run(session.checkpoints.plan_delete([machine.uuid], "base"))
    assert "what it took is not free" in reason(ledger)
    assert ledger.exit_code == 16


def test_going_back_marks_the_machine_as_it_is_known_now(
    fleet: SampleFleet, session: Session, machines: list[Machine]
) -> None:
    chosen = uuids(machines[:1])
    session.jobs.run(session.checkpoints.plan_make(chosen, "base"))
    session.jobs.run(session.checkpoints.plan_revert(chosen, "base"))
    assert 'template="web"' in fleet.hypervisor.definitions.marks[chosen[0]]


@pytest.mark.parametrize(
    ("call", "action"),
    [("checkpoint", Action.CHECKPOINT), ("revert", Action.REVERT), ("checkpoint-rm", Action.CHECKPOINT_REMOVE)],
)
def test_what_failed_can_be_done_again_under_the_same_name(
    fleet: SampleFleet, session: Session, machines: list[Machine], call: str, action: Action
) -> None:
    chosen, checkpoints = uuids(machines), session.checkpoints
    if action is not Action.CHECKPOINT:
        session.jobs.run(checkpoints.plan_make(chosen, "base"))
    plans = {
        Action.CHECKPOINT: lambda: checkpoints.plan_make(chosen, "base", "a note"),
        Action.REVERT: lambda: checkpoints.plan_revert(chosen, "base"),
        Action.CHECKPOINT_REMOVE: lambda: checkpoints.plan_delete(chosen, "base"),
    }
    fleet.hypervisor.failing[call] = {"web-2"}
    ledger = session.jobs.run(plans[action]())
    assert len(ledger.failed()) == 1
    fleet.hypervisor.failing.clear()
    again = session.jobs.retry_plan(ledger.job)
    assert (again.action, again.checkpoint, [step.name for step in again.steps]) == (action, "base", ["web-2"])
    assert session.jobs.run(again).exit_code == 0


def test_machines_that_are_gone_are_passed_over(session: Session, machines: list[Machine]) -> None:
    assert session.checkpoints.of_all(["no-such-uuid"]) == {}
    assert session.checkpoints.plan_make(["no-such-uuid"], "base").steps == ()
