"""Nothing that somebody else needs is removed, forced off or written to."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.clone import CloneRecord, CloneStatus
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.template import Template, TemplateDisk
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

STRANGER = "<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><devices>{disk}</devices></domain>"
DISK = "<disk type='file' device='disk'><source file='{path}'/><target dev='vda'/></disk>"


def first(session: Session) -> Machine:
    """Make one clone and return it."""
    session.jobs.run(session.plan_clone("web", 1))
    session.inventory.refresh()
    return session.select("1", "web")[0]


def put_in_place(fleet: SampleFleet, machine: Machine, disk: str = "") -> None:
    """Let another tool put a running machine of its own in a clone's place."""
    fleet.hypervisor.undefine(machine.uuid)
    fleet.hypervisor.define(STRANGER.format(name="precious", uuid=machine.uuid, disk=disk))
    fleet.hypervisor.set_state(machine.uuid, DomainState.RUNNING)


def failure(ledger: Ledger) -> str:
    assert [entry.state for entry in ledger.entries] == [EntryState.FAILED]
    assert ledger.exit_code == BadArgument.exit_code
    return ledger.entries[0].reason


@pytest.mark.parametrize("verb", ["rm", "destroy"])
def test_a_machine_that_another_tool_put_in_a_clones_place_is_left_alone(
    session: Session, fleet: SampleFleet, verb: str
) -> None:
    machine = first(session)
    put_in_place(fleet, machine)
    session.inventory.refresh()
    uuids = [machine.uuid]
    plan = session.plan_remove(uuids) if verb == "rm" else session.plan_power(PowerVerb.DESTROY, uuids)
    assert "another program" in failure(session.jobs.run(plan))
    left = fleet.hypervisor.read_domain(machine.uuid)
    assert left is not None
    assert left.state is DomainState.RUNNING
    assert machine.files[0] in fleet.images.facts
    record = fleet.catalogue.clone(machine.uuid)
    assert record is not None
    assert record.status is CloneStatus.READY


def test_a_clone_that_lost_its_mark_but_has_its_disk_is_still_removed(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    put_in_place(fleet, machine, DISK.format(path=machine.files[0]))
    session.inventory.refresh()
    assert session.jobs.run(session.plan_remove([machine.uuid])).exit_code == 0
    assert fleet.hypervisor.read_domain(machine.uuid) is None
    assert machine.files[0] not in fleet.images.facts


def refusals(session: Session, machine: Machine) -> list[Plan]:
    plans = [session.plan_remove([machine.uuid]), session.plan_power(PowerVerb.START, [machine.uuid])]
    assert [plan.steps for plan in plans] == [(), ()]
    return plans


def test_a_disk_that_a_template_names_by_another_path_is_its_base_image_all_the_same(
    session: Session, fleet: SampleFleet
) -> None:
    machine = first(session)
    roundabout = machine.files[0].replace("/srv/", "/srv/../srv//")
    fleet.catalogue.add_template(Template("child", "<domain/>", (TemplateDisk("vda", roundabout, "qcow2", 1 << 30),)))
    for plan in refusals(session, machine):
        assert plan.refusals[0].why == "has a disk that is needed by the template child@v1"


def test_a_disk_below_a_templates_base_image_is_kept_too(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    top = replace(fleet.images.facts[machine.files[0]], path="/srv/top.qcow2", backing=machine.files[0])
    fleet.images.facts[top.path] = top
    fleet.catalogue.add_template(Template("child", "<domain/>", (TemplateDisk("vda", top.path, "qcow2", 1 << 30),)))
    for plan in refusals(session, machine):
        assert plan.refusals[0].why == "has a disk that is needed by the template child@v1"


def test_a_disk_that_another_machine_uses_is_not_deleted(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    other = "00000000-0000-4000-8000-000000000001"
    fleet.hypervisor.define(STRANGER.format(name="other", uuid=other, disk=DISK.format(path=machine.files[0])))
    plan = session.plan_remove([machine.uuid])
    assert plan.steps == ()
    assert plan.refusals[0].why == "has a disk that is needed by the machine other"


def test_deleting_a_template_keeps_an_image_that_another_machine_stands_on(
    session: Session, fleet: SampleFleet
) -> None:
    image = "/srv/clones/own.vda.base.qcow2"
    fleet.images.facts[image] = replace(fleet.images.facts["/srv/templates/web.qcow2"], path=image)
    disk = TemplateDisk("vda", image, "qcow2", 1 << 30, owned=True)
    fleet.catalogue.add_template(Template("own", "<domain/>", (disk,)))
    overlay = replace(fleet.images.facts[image], path="/srv/mine.qcow2", backing=image)
    fleet.images.facts[overlay.path] = overlay
    other = "00000000-0000-4000-8000-000000000001"
    fleet.hypervisor.define(STRANGER.format(name="other", uuid=other, disk=DISK.format(path=overlay.path)))
    removal = session.delete_template("own")
    assert (removal.removes, removal.keeps) == ((), (image,))
    assert image in fleet.images.facts


def test_a_clone_removed_before_its_turn_came_is_not_made(session: Session, fleet: SampleFleet) -> None:
    plan = session.plan_clone("web", 1)
    session.inventory.refresh()
    assert session.jobs.run(session.plan_remove([plan.steps[0].uuid])).exit_code == 0
    assert "removed before its turn" in failure(session.jobs.run(plan))
    assert fleet.hypervisor.list_domains() == []
    assert list(fleet.images.facts) == ["/srv/templates/web.qcow2"]


def test_two_jobs_never_remove_one_machine_at_the_same_time(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    step = session.plan_remove([machine.uuid])
    tools = session._tools
    with tools.at_work.on(machine.uuid, machine.name):
        assert "another job" in failure(session.jobs.run(step))
    assert machine.files[0] in fleet.images.facts
    assert session.jobs.run(step).exit_code == 0


def left_behind(fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, uuid: str, status: CloneStatus) -> tuple[str, ...]:
    """Recover as if the process that was making or removing this clone had been killed."""
    record = fleet.catalogue.clone(uuid)
    assert record is not None
    killed = replace(record, status=status)
    fleet.catalogue.restore([killed])
    monkeypatch.setattr(fleet.catalogue, "abandoned", lambda: [killed])
    return recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))


def test_a_file_that_somebody_else_made_under_a_number_only_reserved_survives_recovery(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = session.plan_clone("web", 1).steps[0]
    assert step.clone is not None
    path = step.clone.images[0].path
    fleet.images.facts[path] = replace(fleet.images.facts["/srv/templates/web.qcow2"], path=path)
    assert left_behind(fleet, monkeypatch, step.uuid, CloneStatus.MAKING) == (
        "web-1: it was only half made and is undone",
    )
    assert path in fleet.images.facts
    assert fleet.catalogue.clones() == []


@pytest.mark.parametrize("status", [CloneStatus.MAKING, CloneStatus.REMOVING])
def test_recovery_keeps_a_file_that_another_machine_uses_and_deletes_the_rest(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, status: CloneStatus
) -> None:
    machine = first(session)
    record = fleet.catalogue.clone(machine.uuid)
    assert record is not None
    second = "/srv/clones/web-1.vdb.qcow2"
    fleet.images.facts[second] = replace(fleet.images.facts[machine.files[0]], path=second)
    fleet.catalogue.restore([replace(record, files=(*record.files, second))])
    other = "00000000-0000-4000-8000-000000000001"
    fleet.hypervisor.define(STRANGER.format(name="other", uuid=other, disk=DISK.format(path=second)))
    assert left_behind(fleet, monkeypatch, machine.uuid, status)
    assert second in fleet.images.facts
    assert machine.files[0] not in fleet.images.facts
    assert fleet.hypervisor.read_domain(machine.uuid) is None


def test_recovery_leaves_alone_what_another_process_has_begun_to_clear_up(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = first(session)
    record = fleet.catalogue.clone(machine.uuid)

    def abandoned() -> list[CloneRecord]:
        return [record] if record else []

    def busy(_: object) -> None:
        raise BadArgument("cannot remove the machine", why="process 1 is removing it")

    monkeypatch.setattr(fleet.catalogue, "abandoned", abandoned)
    monkeypatch.setattr(fleet.catalogue, "mark_removing", busy)
    assert recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue)) == ()
    assert machine.files[0] in fleet.images.facts
