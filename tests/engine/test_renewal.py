"""Clones get fresh disks over a version, and are otherwise who they were; or they keep the disks they have."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError, BadXml, HypervisorError
from qq2clone_tui.domain.image_graph import Image
from qq2clone_tui.domain.intent import Intent, IntentKind
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action, Danger, Plan
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

from .test_cloning import clone

_STRANGER = """<domain type='qemu'><name>stranger</name><uuid>00000000-0000-4000-8000-000000000001</uuid>
<memory unit='MiB'>32</memory><os><type arch='x86_64' machine='pc'>hvm</type></os><devices>
<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='{path}'/>
<target dev='vda' bus='virtio'/></disk></devices></domain>"""


def machine(session: Session, number: int = 1) -> Machine:
    session.inventory.refresh()
    return session.select(str(number), "web")[0]


def done(session: Session, plan: Plan) -> Ledger:
    ledger = session.jobs.run(plan)
    session.inventory.refresh()
    return ledger


def second_version(session: Session, fleet: SampleFleet) -> str:
    session.staging.prepare("web")
    session.staging.commit("web")
    return fleet.catalogue.template("web").disks[0].image


def test_a_reset_gives_fresh_disks_and_keeps_who_the_machine_is(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    before, xml = machine(session), fleet.hypervisor.inactive_xml(machine(session).uuid)
    plan = session.renewal.plan_reset([before.uuid])
    assert plan.danger is Danger.LOSES
    assert plan.files_removed == before.files
    assert done(session, plan).exit_code == 0
    after = machine(session)
    assert after.files == plan.files_made != before.files
    assert replace(after, files=before.files) == before
    assert fleet.hypervisor.inactive_xml(before.uuid) == xml.replace(before.files[0], after.files[0])
    assert fleet.images.facts[after.files[0]].backing == fleet.catalogue.template("web").disks[0].image
    assert before.files[0] not in fleet.images.facts
    assert fleet.catalogue.journal.ours() == []
    assert fleet.catalogue.intents.of(before.uuid) is None


def test_a_running_machine_is_restarted_and_one_that_is_off_stays_off(session: Session, fleet: SampleFleet) -> None:
    clone(session, 2)
    fleet.hypervisor.power(PowerVerb.START, machine(session, 1).uuid)
    uuids = [machine(session, number).uuid for number in (1, 2)]
    assert done(session, session.renewal.plan_reset(uuids)).exit_code == 0
    assert [machine(session, number).state for number in (1, 2)] == [DomainState.RUNNING, DomainState.OFF]


def test_an_upgrade_moves_to_the_newest_version_or_to_the_one_that_is_named(
    session: Session, fleet: SampleFleet
) -> None:
    clone(session, 1)
    image, uuid = second_version(session, fleet), machine(session).uuid
    assert done(session, session.renewal.plan_upgrade([uuid])).exit_code == 0
    assert machine(session).version == 2
    assert fleet.images.facts[machine(session).files[0]].backing == image
    assert 'version="2"' in fleet.hypervisor.inactive_xml(uuid)
    assert "already" in session.renewal.plan_upgrade([uuid]).refusals[0].why
    done(session, session.renewal.plan_upgrade([uuid], 1))
    assert machine(session).version == 1


def test_a_saved_machine_is_refused_unless_its_state_may_go(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    uuid = machine(session).uuid
    fleet.hypervisor.power(PowerVerb.START, uuid)
    fleet.hypervisor.power(PowerVerb.SAVE, uuid)
    session.inventory.refresh()
    (refusal,) = session.renewal.plan_reset([uuid]).refusals
    assert refusal.lifted_by == "drop_saved"
    plan = session.renewal.plan_reset([uuid], drop_saved=True)
    assert plan.warnings == ("what these machines have written is lost", "1 saved state will be lost")
    assert done(session, plan).exit_code == 0
    assert machine(session).state is DomainState.OFF


def test_a_machine_that_was_saved_since_the_plan_keeps_its_disks(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    before = machine(session)
    plan = session.renewal.plan_reset([before.uuid])
    fleet.hypervisor.power(PowerVerb.START, before.uuid)
    fleet.hypervisor.power(PowerVerb.SAVE, before.uuid)
    ledger = done(session, plan)
    assert "is saved" in ledger.entries[0].reason
    assert machine(session).files == before.files
    assert before.files[0] in fleet.images.facts


def test_checkpoints_go_with_the_old_disks_only_when_told_to(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    uuid = machine(session).uuid
    fleet.hypervisor.checkpoints.make(uuid, "before", "", ["vda"])
    assert session.renewal.plan_reset([uuid]).refusals[0].lifted_by == "drop_checkpoints"
    assert done(session, session.renewal.plan_reset([uuid], drop_checkpoints=True)).exit_code == 0
    assert fleet.hypervisor.checkpoints.of(uuid) == ()


def test_a_full_disk_leaves_the_machine_as_it_was(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    before, facts = machine(session), dict(fleet.images.facts)
    plan = session.renewal.plan_reset([before.uuid])
    fleet.images.full = True
    ledger = done(session, plan)
    assert ledger.entries[0].state is EntryState.FAILED
    fleet.images.full = False
    assert machine(session) == before
    assert fleet.images.facts == facts
    assert fleet.catalogue.intents.of(before.uuid) is None
    assert done(session, session.renewal.again(plan)).exit_code == 0


def test_xml_that_is_refused_leaves_the_machine_as_it_was(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)
    before, facts = machine(session), dict(fleet.images.facts)

    def refused(_xml: str) -> None:
        raise BadXml("libvirt does not take it")

    fleet.hypervisor.power(PowerVerb.START, before.uuid)
    monkeypatch.setattr(fleet.hypervisor, "define", refused)
    ledger = done(session, session.renewal.plan_reset([before.uuid]))
    assert ledger.entries[0].state is EntryState.FAILED
    assert (machine(session).files, machine(session).state) == (before.files, DomainState.RUNNING)
    assert fleet.images.facts == facts


def test_a_disk_that_somebody_stands_on_is_not_taken_away(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    before = machine(session)
    plan = session.renewal.plan_reset([before.uuid])
    foreign = f"{session.storage}/theirs.qcow2"
    fleet.images.facts[foreign] = ImageFacts(foreign, "qcow2", 10 << 30, 1, before.files[0])
    assert "theirs" in done(session, plan).entries[0].reason
    assert machine(session).files == before.files


def stand_on(fleet: SampleFleet, path: str) -> str:
    """Put a foreign image on another, and return its path."""
    foreign = f"{fleet.images.place}/theirs.qcow2"
    fleet.images.facts[foreign] = ImageFacts(foreign, "qcow2", 10 << 30, 1, path)
    return foreign


def all_swaps(session: Session, uuids: list[str]) -> list[Plan]:
    """Return the plan of each verb that takes disks away; the machines are to stand on another version than 2."""
    renewal = session.renewal
    return [renewal.plan_reset(uuids), renewal.plan_upgrade(uuids, 2), renewal.plan_detach(uuids)]


def test_a_plan_names_who_stands_on_a_disk_and_leaves_that_machine_out(session: Session, fleet: SampleFleet) -> None:
    clone(session, 2)
    second_version(session, fleet)
    first, second = machine(session, 1), machine(session, 2)
    foreign = stand_on(fleet, first.files[0])
    for plan in all_swaps(session, [first.uuid, second.uuid]):
        assert [step.name for step in plan.steps] == [second.name]
        (refusal,) = plan.refusals
        assert (refusal.name, refusal.lifted_by) == (first.name, "")
        assert refusal.why == f"has a disk that is needed by the image {foreign}"
        assert first.files[0] not in plan.files_removed


def test_a_plan_names_another_machine_that_was_given_the_disk(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    second_version(session, fleet)
    one = machine(session)
    fleet.hypervisor.define(_STRANGER.format(path=one.files[0]))
    for plan in all_swaps(session, [one.uuid]):
        assert (plan.steps, plan.danger) == ((), Danger.NONE)
        assert plan.refusals[0].why == "has a disk that is needed by the machine stranger"


def test_an_ephemeral_clone_is_not_started_whose_disk_another_machine_was_given(
    session: Session, fleet: SampleFleet
) -> None:
    done(session, session.plan_clone("web", 1, ephemeral=True))
    one = machine(session)
    fleet.hypervisor.define(_STRANGER.format(path=one.files[0]))
    (refusal,) = session.plan_power(PowerVerb.START, [one.uuid]).refusals
    assert refusal.why == "has a disk that is needed by the machine stranger"


def test_a_plan_for_many_machines_asks_the_index_no_more_often_than_one_for_a_single_machine(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 20)
    asked, look = [], fleet.images.survey.look

    def counted(directories: Collection[str], paths: Collection[str]) -> Mapping[str, Image]:
        asked.append(directories)
        return look(directories, paths)

    monkeypatch.setattr(fleet.images.survey, "look", counted)
    uuids = [machine(session, number).uuid for number in range(1, 21)]
    for plan in (session.renewal.plan_reset, session.renewal.plan_detach):
        asked.clear()
        plan(uuids[:1])
        for_one = len(asked)
        assert len(plan(uuids).steps) == 20
        assert len(asked) == 2 * for_one > 0


def test_an_index_that_cannot_be_made_leaves_the_machines_out_with_the_reason(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)

    def unreadable(*_: object) -> object:
        raise AccessError("cannot look at the images", subject="/srv", why="permission denied")

    monkeypatch.setattr(fleet.images.survey, "look", unreadable)
    plan = session.renewal.plan_detach([machine(session).uuid])
    assert plan.steps == ()
    assert "permission denied" in plan.refusals[0].why


def test_no_fresh_disks_are_made_over_a_version_that_was_changed(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    image = fleet.catalogue.template("web").disks[0]
    session.versions.acknowledge("web")
    fleet.catalogue.versions.replace_disks("web", 1, [replace(image, stamp="1:1:1")])
    fleet.images.facts[image.image] = replace(fleet.images.facts[image.image], stamp="2:2:2")
    assert "acknowledge-image" in session.renewal.plan_reset([machine(session).uuid]).refusals[0].why
    with pytest.raises(AccessError):
        session.plan_clone("web", 1)


def test_an_ephemeral_clone_begins_afresh_at_every_start(session: Session, fleet: SampleFleet) -> None:
    done(session, session.plan_clone("web", 1, ephemeral=True))
    first = machine(session)
    assert first.ephemeral
    done(session, session.plan_power(PowerVerb.START, [first.uuid]))
    second = machine(session)
    assert (second.files != first.files, second.state) == (True, DomainState.RUNNING)
    fleet.hypervisor.power(PowerVerb.SAVE, first.uuid)
    session.inventory.refresh()
    done(session, session.plan_power(PowerVerb.START, [first.uuid]))
    assert machine(session).files == second.files  # what was saved goes on where it was


def test_a_detached_clone_stands_on_nothing_and_can_be_taken_back(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    uuid = machine(session).uuid
    assert done(session, session.renewal.plan_detach([uuid])).exit_code == 0
    alone = machine(session)
    assert alone.detached
    assert fleet.images.facts[alone.files[0]].backing is None
    assert "already" in session.renewal.plan_detach([uuid]).refusals[0].why
    done(session, session.renewal.plan_reset([uuid]))
    assert not machine(session).detached


def test_a_running_machine_is_not_detached(session: Session, fleet: SampleFleet) -> None:
    clone(session, 1)
    fleet.hypervisor.power(PowerVerb.START, machine(session).uuid)
    assert "shut it down" in session.renewal.plan_detach([machine(session).uuid]).refusals[0].why


@pytest.mark.parametrize("defined", [False, True])
def test_a_kill_in_the_middle_ends_with_the_old_disks_or_the_new_ones(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, defined: bool
) -> None:
    clone(session, 1)
    before = machine(session)
    old, new = before.files[0], before.files[0].replace(".qcow2", ".r2.qcow2")
    fleet.images.facts[new] = replace(fleet.images.facts[old], path=new)
    if defined:
        fleet.hypervisor.definitions.redefine(fleet.hypervisor.inactive_xml(before.uuid).replace(old, new))
    intent = Intent(IntentKind.SWAP, before.uuid, {"files": [[old, new]], "version": 1, "detached": 0})
    monkeypatch.setattr(fleet.catalogue.intents, "take_over", lambda: [intent])
    (sentence,) = recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))
    kept, gone = (new, old) if defined else (old, new)
    assert machine(session).files == (kept,)
    assert kept in fleet.images.facts
    assert gone not in fleet.images.facts
    assert before.name in sentence


def test_what_failed_is_planned_again_in_its_own_manner(session: Session, fleet: SampleFleet) -> None:
    clone(session, 2)
    second_version(session, fleet)
    plan = session.renewal.plan_upgrade([machine(session, number).uuid for number in (1, 2)])
    fleet.images.full = True
    failed = done(session, plan)
    fleet.images.full = False
    again = session.jobs.retry_plan(failed.job)
    assert again.action is Action.UPGRADE
    assert len(again.steps) == 2


def test_a_hypervisor_that_cannot_be_asked_loses_nothing(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)
    before, plan = machine(session), session.renewal.plan_reset([machine(session).uuid])

    def gone(*_: object) -> str:
        raise HypervisorError("the connection broke")

    with monkeypatch.context() as patched:
        patched.setattr(fleet.hypervisor, "inactive_xml", gone)
        assert session.jobs.run(plan).exit_code != 0
    assert before.files[0] in fleet.images.facts
    assert machine(session).files == before.files


def test_ephemeral_clones_that_failed_are_made_ephemeral_the_second_time(session: Session, fleet: SampleFleet) -> None:
    fleet.images.full = True
    plan = session.plan_clone("web", 2, ephemeral=True)
    failed = done(session, plan)
    fleet.images.full = False
    done(session, session.jobs.retry_plan(failed.job))
    assert [machine(session, number).ephemeral for number in (1, 2)] == [True, True]
