"""Saved states: kept by libvirt or in files of ours, put back only where they fit, and never lost track of."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.clone import SavedState
from qq2clone_tui.domain.errors import AccessError, HypervisorError
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Danger
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

RUNNING, OFF, SAVED = DomainState.RUNNING, DomainState.OFF, DomainState.SAVED


@pytest.fixture
def machine(fleet: SampleFleet, template: Template, session: Session) -> Machine:
    """Return a running clone."""
    fleet.add_clones(template, [RUNNING])
    (found,) = session.inventory.refresh().machines.values()
    fleet.images.facts[found.files[0]] = replace(fleet.images.facts[found.files[0]], stamp="as it was")
    return found


def now(session: Session) -> Machine:
    (found,) = session.inventory.refresh().machines.values()
    return found


def do(session: Session, verb: PowerVerb, *, to_file: bool = False) -> Ledger:
    plan = session.plan_power(verb, [now(session).uuid])
    return session.jobs.run(session.saves.to_files(plan) if to_file else plan)


def test_a_machine_saved_by_libvirt_is_saved_and_start_goes_on_from_it(session: Session, machine: Machine) -> None:
    assert not do(session, PowerVerb.SAVE).failed()
    assert now(session).state is SAVED
    assert not do(session, PowerVerb.START).failed()
    assert now(session).state is RUNNING


def test_a_machine_saved_to_a_file_is_saved_and_the_file_is_its_own(session: Session, machine: Machine) -> None:
    do(session, PowerVerb.SAVE, to_file=True)
    saved = now(session)
    assert saved.state is SAVED
    assert saved.state_file.endswith("/web-1.save")
    assert saved.state_file in saved.files


def test_start_restores_from_the_file_and_then_deletes_it(
    fleet: SampleFleet, session: Session, machine: Machine
) -> None:
    do(session, PowerVerb.SAVE, to_file=True)
    path = now(session).state_file
    assert not do(session, PowerVerb.START).failed()
    assert (now(session).state, now(session).state_file, now(session).files) == (RUNNING, "", machine.files)
    assert path in fleet.images.deleted


def test_a_state_is_not_put_back_over_disks_that_were_written_since(
    fleet: SampleFleet, session: Session, machine: Machine
) -> None:
    do(session, PowerVerb.SAVE, to_file=True)
    disk = machine.files[0]
    fleet.images.facts[disk] = replace(fleet.images.facts[disk], stamp="written")
    (entry,) = do(session, PowerVerb.START).failed()
    assert f"{disk} was written to since it was saved" in entry.reason
    assert "save-rm" in entry.reason
    assert now(session).state is SAVED, "nothing was thrown away"
    do(session, PowerVerb.SAVE_REMOVE)
    assert now(session).state is OFF


def test_a_save_that_fails_leaves_neither_file_nor_record(
    fleet: SampleFleet, session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_uuid: str, _path: str) -> None:
        raise HypervisorError("cannot save the machine", why="no space left on device")

    monkeypatch.setattr(fleet.hypervisor.saves, "save_to", refuse)
    assert do(session, PowerVerb.SAVE, to_file=True).count(EntryState.FAILED) == 1
    assert (now(session).state, now(session).files) == (RUNNING, machine.files)


def test_a_restore_that_fails_keeps_the_state(fleet: SampleFleet, session: Session, machine: Machine) -> None:
    do(session, PowerVerb.SAVE, to_file=True)
    fleet.hypervisor.saves.files.clear()
    assert do(session, PowerVerb.START).failed()
    assert now(session).state is SAVED


def test_deleting_a_state_is_asked_about_and_tells_the_bytes(session: Session, machine: Machine) -> None:
    do(session, PowerVerb.SAVE)
    plan = session.plan_power(PowerVerb.SAVE_REMOVE, [now(session).uuid])
    assert plan.danger is Danger.LOSES
    assert plan.bytes_freed == 48 << 20
    assert not session.jobs.run(plan).failed()
    assert now(session).state is OFF


def test_removing_a_machine_takes_its_state_file_along(fleet: SampleFleet, session: Session, machine: Machine) -> None:
    do(session, PowerVerb.SAVE, to_file=True)
    path = now(session).state_file
    session.jobs.run(session.plan_remove([machine.uuid]))
    assert not session.inventory.refresh().machines
    assert path in fleet.images.deleted


@pytest.mark.parametrize("state", [OFF, DomainState.CRASHED, SAVED])
def test_what_does_not_run_cannot_be_saved(
    fleet: SampleFleet, template: Template, session: Session, state: DomainState
) -> None:
    fleet.add_clones(template, [state])
    plan = session.plan_power(PowerVerb.SAVE, [now(session).uuid])
    assert not plan.steps
    assert "save acts on running, idle and paused machines" in plan.refusals[0].why


def test_a_save_decided_before_somebody_else_saved_the_machine_does_not_cost_its_memory(
    fleet: SampleFleet, session: Session, machine: Machine
) -> None:
    late = session.saves.to_files(session.plan_power(PowerVerb.SAVE, [machine.uuid]))
    do(session, PowerVerb.SAVE, to_file=True)
    (entry,) = session.jobs.run(late).failed()
    assert "it is saved by now" in entry.reason
    assert not fleet.images.deleted
    assert not do(session, PowerVerb.START).failed()


def test_a_save_that_loses_the_race_for_a_machine_leaves_the_winners_file(
    fleet: SampleFleet, session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = fleet.hypervisor.saves.save_to

    def too_late(uuid: str, path: str) -> None:
        really(uuid, path)
        raise HypervisorError("cannot save the machine", why="domain is not running")

    monkeypatch.setattr(fleet.hypervisor.saves, "save_to", too_late)
    assert do(session, PowerVerb.SAVE, to_file=True).failed()
    assert now(session).state is SAVED
    assert not fleet.images.deleted


def test_a_machine_that_another_process_is_saving_is_left_to_it(
    fleet: SampleFleet, session: Session, machine: Machine
) -> None:
    late = session.saves.to_files(session.plan_power(PowerVerb.SAVE, [machine.uuid]))
    fleet.catalogue.saved.put(machine.uuid, SavedState(late.steps[0].state_file))
    fleet.hypervisor.set_state(machine.uuid, DomainState.PAUSED)
    (entry,) = session.jobs.run(late).failed()
    assert "another process is saving it" in entry.reason
    assert not fleet.images.deleted
    fleet.hypervisor.set_state(machine.uuid, RUNNING)
    assert not session.jobs.run(late).failed(), "what a killed process left is no hindrance to a machine that runs"


def test_a_file_that_came_after_the_decision_is_not_overwritten_by_a_state(
    fleet: SampleFleet, session: Session, machine: Machine
) -> None:
    late = session.saves.to_files(session.plan_power(PowerVerb.SAVE, [machine.uuid]))
    path = late.steps[0].state_file
    fleet.images.facts[path] = replace(fleet.images.facts[machine.files[0]], path=path)
    (entry,) = session.jobs.run(late).failed()
    assert f"there is a file {path} by now" in entry.reason
    assert path in fleet.images.facts
    assert now(session).state is RUNNING


def test_a_state_that_cannot_be_deleted_does_not_keep_the_program_from_starting(
    fleet: SampleFleet, session: Session, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str) -> None:
        raise AccessError("cannot delete the image", subject=path, why="Read-only file system")

    do(session, PowerVerb.SAVE, to_file=True)
    fleet.hypervisor.set_state(machine.uuid, RUNNING)
    monkeypatch.setattr(fleet.catalogue.saved, "interrupted", lambda: [machine.uuid])
    monkeypatch.setattr(fleet.images, "delete", refuse)
    (sentence,) = recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))
    assert "Read-only file system" in sentence
