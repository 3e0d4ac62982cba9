"""What a user may rely on when making and removing clones."""

import threading

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.errors import BadArgument, Qq2cloneError, TemplateError
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action, Danger, Plan, Step
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.jobs.jobs import Jobs
from qq2clone_tui.engine.session import Session

from .conftest import Wait


def names(fleet: SampleFleet) -> list[str]:
    return sorted(domain.name for domain in fleet.hypervisor.list_domains())


def clone(session: Session, count: int, *, start: bool = False) -> Ledger:
    ledger = session.jobs.run(session.plan_clone("web", count, start=start))
    session.inventory.refresh()
    return ledger


def remove(session: Session, text: str) -> Ledger:
    chosen = [machine.uuid for machine in session.select(text, "web")]
    ledger = session.jobs.run(session.plan_remove(chosen))
    session.inventory.refresh()
    return ledger


def test_clones_are_numbered_from_one_and_each_has_a_file_of_its_own(session: Session, fleet: SampleFleet) -> None:
    ledger = clone(session, 3)
    assert ledger.count(EntryState.DONE) == 3
    assert names(fleet) == ["web-1", "web-2", "web-3"]
    records = fleet.catalogue.clones("web")
    assert [record.status for record in records] == [CloneStatus.READY] * 3
    files = [path for record in records for path in record.files]
    assert len(set(files)) == 3
    assert all(fleet.images.facts[path].backing == "/srv/templates/web.qcow2" for path in files)


def test_numbers_that_are_free_again_are_used_first(session: Session, fleet: SampleFleet) -> None:
    clone(session, 4)
    remove(session, "2,3")
    clone(session, 3)
    assert names(fleet) == ["web-1", "web-2", "web-3", "web-4", "web-5"]


def test_a_name_that_another_tool_took_is_passed_over(session: Session, fleet: SampleFleet) -> None:
    foreign = fleet.add_template("foreign").xml.replace("<name>foreign<", "<name>web-1<")
    fleet.hypervisor.define(foreign)
    clone(session, 1)
    assert names(fleet) == ["web-1", "web-2"]
    assert [record.identity.name for record in fleet.catalogue.clones("web")] == ["web-2"]


def test_a_file_that_is_in_the_way_is_passed_over_and_survives(session: Session, fleet: SampleFleet) -> None:
    first = session.plan_clone("web", 1, dry_run=True).files_made[0]
    fleet.images.facts[first] = fleet.images.facts["/srv/templates/web.qcow2"]
    clone(session, 1)
    assert names(fleet) == ["web-2"]
    remove(session, "all")
    assert first in fleet.images.facts


def test_one_failure_leaves_nothing_behind_and_does_not_stop_the_others(session: Session, fleet: SampleFleet) -> None:
    fleet.hypervisor.failing["define"] = {"web-2"}
    ledger = clone(session, 3)
    assert [entry.step.name for entry in ledger.failed()] == ["web-2"]
    assert ledger.exit_code == 16
    assert names(fleet) == ["web-1", "web-3"]
    assert not [path for path in fleet.images.facts if "web-2" in path]
    assert len(fleet.catalogue.clones("web")) == 2


def test_a_full_disk_undoes_every_clone_it_stopped(session: Session, fleet: SampleFleet) -> None:
    before = dict(fleet.images.facts)
    fleet.images.full = True
    ledger = clone(session, 3)
    assert ledger.count(EntryState.FAILED) == 3
    assert ledger.exit_code == 10
    assert names(fleet) == []
    assert fleet.images.facts == before
    assert fleet.catalogue.clones() == []


def test_a_clone_that_does_not_start_is_kept_and_said_to_be_made(session: Session, fleet: SampleFleet) -> None:
    fleet.hypervisor.failing["start"] = {"web-1"}
    ledger = clone(session, 2, start=True)
    assert "was made but did not start" in ledger.failed()[0].reason
    assert names(fleet) == ["web-1", "web-2"]
    fleet.hypervisor.failing.clear()
    again = session.jobs.run(session.jobs.retry_plan(ledger.job))
    assert again.count(EntryState.DONE) == 1
    assert {domain.state for domain in fleet.hypervisor.list_domains()} == {DomainState.RUNNING}


def test_retrying_makes_only_the_clones_that_failed(session: Session, fleet: SampleFleet) -> None:
    fleet.hypervisor.failing["define"] = {"web-2"}
    ledger = clone(session, 3)
    fleet.hypervisor.failing.clear()
    again = session.jobs.run(session.jobs.retry_plan(ledger.job))
    assert [entry.step.name for entry in again.entries] == ["web-2"]
    assert names(fleet) == ["web-1", "web-2", "web-3"]


def test_trying_again_makes_anew_what_could_not_even_be_undone(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: str) -> None:
        raise Qq2cloneError("cannot undefine")

    fleet.images.full = True
    with monkeypatch.context() as patch:
        patch.setattr(fleet.hypervisor, "undefine", refused)
        ledger = clone(session, 1)
    assert [record.status for record in fleet.catalogue.clones("web")] == [CloneStatus.MAKING]
    fleet.images.full = False
    again = session.jobs.run(session.jobs.retry_plan(ledger.job))
    assert [(entry.step.action, entry.state) for entry in again.entries] == [(Action.CLONE, EntryState.DONE)]
    assert [record.status for record in fleet.catalogue.clones("web")] == [CloneStatus.MAKING, CloneStatus.READY]


def test_a_connection_that_breaks_in_the_middle_leaves_a_record_to_undo_later(
    session: Session, fleet: SampleFleet
) -> None:
    plan = session.plan_clone("web", 2)
    fleet.hypervisor.gone = True
    ledger = session.jobs.run(plan)
    assert ledger.count(EntryState.FAILED) == 2
    assert {record.status for record in fleet.catalogue.clones()} == {CloneStatus.MAKING}


def test_a_plan_that_is_abandoned_gives_its_numbers_back(session: Session, fleet: SampleFleet) -> None:
    plan = session.plan_clone("web", 5)
    assert len(fleet.catalogue.clones()) == 5
    session.abandon(plan)
    assert fleet.catalogue.clones() == []


def test_a_dry_run_reserves_nothing_and_shows_the_real_names(session: Session, fleet: SampleFleet) -> None:
    plan = session.plan_clone("web", 2, dry_run=True)
    assert [step.name for step in plan.steps] == ["web-1", "web-2"]
    assert fleet.catalogue.clones() == []
    assert any("qemu-img create" in line for step in plan.steps for line in step.equivalent)


@pytest.mark.parametrize("count", [0, -1, 10_001])
def test_a_senseless_number_of_clones_is_refused(session: Session, count: int) -> None:
    with pytest.raises(BadArgument):
        session.plan_clone("web", count)


def test_an_unknown_template_is_named(session: Session) -> None:
    with pytest.raises(TemplateError, match="'nothing'"):
        session.plan_clone("nothing", 1)


def test_removal_forces_off_and_deletes_only_the_clones_own_files(session: Session, fleet: SampleFleet) -> None:
    clone(session, 3, start=True)
    chosen = [machine.uuid for machine in session.select("1-2", "web")]
    plan = session.plan_remove(chosen)
    assert plan.danger is Danger.LOSES
    assert "forced off" in plan.warnings[0]
    assert plan.bytes_freed > 0
    session.jobs.run(plan)
    assert names(fleet) == ["web-3"]
    assert "/srv/templates/web.qcow2" in fleet.images.facts
    assert not [path for path in plan.files_removed if path in fleet.images.facts]


def test_removal_finishes_for_a_machine_that_another_program_undefined(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    machine = session.select("1", "web")[0]
    fleet.hypervisor.undefine(machine.uuid)
    session.inventory.refresh()
    assert session.inventory.current.machines[machine.uuid].state is DomainState.MISSING
    remove(session, "1")
    assert fleet.catalogue.clones() == []
    assert not [path for path in machine.files if path in fleet.images.facts]


def test_a_machine_whose_disk_is_a_base_image_is_neither_removed_nor_started(
    session: Session, fleet: SampleFleet
) -> None:
    clone(session, 1)
    machine = session.select("1", "web")[0]
    disk = TemplateDisk("vda", machine.files[0], "qcow2", 10 << 30)
    fleet.catalogue.add_template(Template("child", "<domain/>", (disk,)))
    for plan in (session.plan_remove([machine.uuid]), session.plan_power(PowerVerb.START, [machine.uuid])):
        assert plan.steps == ()
        assert "needed by the template child@v1" in plan.refusals[0].why


def test_power_verbs_refuse_by_state_with_the_reason(session: Session) -> None:
    clone(session, 2)
    uuids = [machine.uuid for machine in session.select("all", "web")]
    session.jobs.run(session.plan_power(PowerVerb.START, uuids[:1]))
    session.inventory.refresh()
    plan = session.plan_power(PowerVerb.SHUTDOWN, uuids)
    assert [step.name for step in plan.steps] == ["web-1"]
    assert plan.refusals[0].why.startswith("is off")


def jobs_with(act: "threading.Event | BaseException") -> Jobs:
    def step(_: Step) -> None:
        if isinstance(act, BaseException):
            raise act
        act.wait()

    return Jobs(lambda _: step, lambda plan: plan, lambda _: None, 1, lambda: None)


def three() -> Plan:
    return Plan(Action.START, tuple(Step(Action.START, str(n), f"web-{n}") for n in range(3)))


def test_cancelling_skips_what_is_queued_and_lets_the_rest_finish(wait_until: Wait) -> None:
    gate = threading.Event()
    jobs = jobs_with(gate)
    number = jobs.start(three())
    wait_until(lambda: jobs.history[0].count(EntryState.RUNNING) == 1)
    jobs.cancel(number)
    gate.set()
    wait_until(lambda: jobs.history[0].finished)
    ledger = jobs.history[0]
    assert (ledger.count(EntryState.DONE), ledger.count(EntryState.SKIPPED)) == (1, 2)
    assert ledger.cancelled


def test_clones_skipped_by_cancelling_give_their_numbers_back(fleet: SampleFleet, template: Template) -> None:
    released: list[Plan] = []
    jobs = Jobs(lambda _: lambda _: jobs.cancel(1), lambda plan: plan, released.append, 1, lambda: None)
    steps = tuple(Step(Action.CLONE, str(n), f"web-{n}") for n in range(3))
    jobs.run(Plan(Action.CLONE, steps, template="web"))
    assert [step.uuid for step in released[0].steps] == ["1", "2"]


def test_a_fault_of_the_program_fails_its_machine_and_not_the_batch() -> None:
    ledger = jobs_with(ZeroDivisionError("oops")).run(three())
    assert ledger.count(EntryState.FAILED) == 3
    assert ledger.exit_code == Qq2cloneError.exit_code == 19
    assert "fault of the program" in ledger.entries[0].reason


def test_ledgers_are_announced_in_order_and_end_finished(session: Session) -> None:
    seen: list[Ledger] = []
    plan = session.plan_clone("web", 20)
    final = session.jobs.run(plan, seen.append)
    done = [ledger.count(EntryState.DONE) for ledger in seen]
    assert done == sorted(done)
    assert seen[-1] == final
    assert final.finished
    assert session.jobs.active == 0
