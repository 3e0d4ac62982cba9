"""Whatever happens between two steps of a change, nothing is deleted, kept or written that should not be."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import BadArgument, TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.names import MAX_LENGTH
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.jobs.execute import perform
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.renewal.swap import swap_disks
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

from .test_cloning import clone


class Killed(BaseException):
    """The process ends here: nothing catches this."""


def kill(*_: object, **__: object) -> None:
    raise Killed


def machine(session: Session) -> Machine:
    session.inventory.refresh()
    return session.select("1", "web")[0]


def tools(fleet: SampleFleet) -> Tools:
    return Tools(fleet.hypervisor, fleet.images, fleet.catalogue)


def begin_again(fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, subject: str) -> tuple[str, ...]:
    """Do what the next start does with what was left of one undertaking."""
    left = fleet.catalogue.intents.of(subject)
    assert left is not None
    monkeypatch.setattr(fleet.catalogue.intents, "take_over", lambda: [left])
    return recover(tools(fleet))


def carry_out(fleet: SampleFleet, plan: Plan) -> None:
    perform(tools(fleet), plan.steps[0], None)


def test_memory_that_was_to_go_does_not_outlive_the_disks_it_fits(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)
    uuid = machine(session).uuid
    fleet.hypervisor.power(PowerVerb.START, uuid)
    fleet.hypervisor.power(PowerVerb.SAVE, uuid)
    old = machine(session).files[0]
    plan = session.renewal.plan_reset([uuid], drop_saved=True)
    with monkeypatch.context() as patched:
        patched.setattr("qq2clone_tui.engine.renewal.swap.discard", kill)
        with pytest.raises(Killed):
            carry_out(fleet, plan)
    begin_again(fleet, monkeypatch, uuid)
    assert machine(session).files == plan.files_made
    assert old not in fleet.images.facts
    assert machine(session).state is DomainState.OFF


def test_a_file_that_somebody_put_where_a_fresh_disk_was_to_be_stays(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)
    before = machine(session)
    plan = session.renewal.plan_reset([before.uuid])
    (theirs,) = plan.files_made
    fleet.images.facts[theirs] = ImageFacts(theirs, "raw", 1 << 30)
    with monkeypatch.context() as patched:
        patched.setattr(fleet.images, "create", kill)
        with pytest.raises((Killed, BadArgument)):
            carry_out(fleet, plan)
    if fleet.catalogue.intents.of(before.uuid) is not None:
        begin_again(fleet, monkeypatch, before.uuid)
    assert theirs in fleet.images.facts
    assert machine(session).files == before.files


@pytest.mark.parametrize("runs", [False, True])
def test_a_machine_that_is_started_while_its_disks_are_made_keeps_those_it_runs_on(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, runs: bool
) -> None:
    clone(session, 1)
    uuid = machine(session).uuid
    if runs:
        fleet.hypervisor.power(PowerVerb.START, uuid)
    before = machine(session)
    plan, read = session.renewal.plan_reset([uuid]), fleet.hypervisor.inactive_xml
    made = plan.files_made[0]

    def start_before_the_point(which: str) -> str:
        domain = fleet.hypervisor.read_domain(which)
        if made in fleet.images.facts and domain is not None and not domain.state.active:
            fleet.hypervisor.power(PowerVerb.START, which)
        return read(which)

    monkeypatch.setattr(fleet.hypervisor, "inactive_xml", start_before_the_point)
    with pytest.raises(BadArgument, match="running"):
        carry_out(fleet, plan)
    assert before.files[0] in fleet.images.facts
    assert machine(session).files == before.files


@pytest.mark.parametrize("kind", [IntentKind.COMMIT, IntentKind.PROMOTE])
def test_what_somebody_is_throwing_away_is_not_made_a_version_or_template(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, kind: IntentKind
) -> None:
    if kind is IntentKind.COMMIT:
        uuid, subject = session.staging.prepare("web").uuid, template_subject("web")
    else:
        clone(session, 1)
        uuid = subject = machine(session).uuid
    module = "versions.commit" if kind is IntentKind.COMMIT else "templates.promote"
    with monkeypatch.context() as patched:
        patched.setattr(f"qq2clone_tui.engine.{module}.undefine_stopped", kill)
        with pytest.raises(Killed):
            _ = session.staging.commit("web") if kind is IntentKind.COMMIT else session.promotion.promote(uuid, "new")
    fleet.catalogue.mark_removing([uuid])  # by another process, which undefines it, and is killed too
    fleet.hypervisor.undefine(uuid)
    begin_again(fleet, monkeypatch, subject)
    assert [template.name for template in fleet.catalogue.templates()] == ["web"]
    assert fleet.catalogue.template("web").version == 1
    assert fleet.catalogue.intents.of(subject) is None


def test_an_interrupted_commit_in_place_is_not_gone_on_with_under_what_stands_on_it_by_now(
    session: Session, fleet: SampleFleet
) -> None:
    session.staging.prepare("web")
    session.staging.commit("web")
    image, made = fleet.catalogue.template("web").disks[0].image, session.staging.prepare("web")
    payload = {"machine": made.uuid, "number": 2, "first": "vda"}
    fleet.catalogue.intents.begin(Intent(IntentKind.IN_PLACE, template_subject("web"), payload))
    foreign = f"{session.storage}/theirs.qcow2"
    fleet.images.facts[foreign] = ImageFacts(foreign, "qcow2", 10 << 30, 1, image)
    stamp = fleet.images.facts[image].stamp
    with pytest.raises(BadArgument, match="theirs"):
        session.staging.commit("web", in_place=True)
    assert fleet.images.facts[image].stamp == stamp
    assert fleet.catalogue.clone(made.uuid) is not None
    del fleet.images.facts[foreign]
    session.staging.commit("web", in_place=True)
    assert fleet.catalogue.clone(made.uuid) is None


def test_a_name_that_is_taken_while_a_clone_becomes_a_template_costs_no_machine(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)
    before, begin = machine(session), fleet.catalogue.intents.begin

    def begin_after_another(intent: Intent) -> None:
        begin(intent)
        fleet.catalogue.add_template(replace(fleet.catalogue.template("web"), name="new"))

    monkeypatch.setattr(fleet.catalogue.intents, "begin", begin_after_another)
    with pytest.raises(TemplateError, match="of that name"):
        session.promotion.promote(before.uuid, "new")
    assert machine(session).state is DomainState.OFF
    assert machine(session).files == before.files
    assert fleet.catalogue.intents.of(before.uuid) is None


def test_a_clone_that_got_other_disks_since_it_was_looked_at_is_no_template_of_the_old_ones(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(session, 1)
    before, begin = machine(session), fleet.catalogue.intents.begin
    plan = session.renewal.plan_reset([before.uuid])

    def begin_after_a_reset(intent: Intent) -> None:
        monkeypatch.undo()
        swap = plan.steps[0].swap
        assert swap is not None
        swap_disks(tools(fleet), plan.steps[0], swap)
        begin(intent)

    monkeypatch.setattr(fleet.catalogue.intents, "begin", begin_after_a_reset)
    with pytest.raises(BadArgument, match="meanwhile"):
        session.promotion.promote(before.uuid, "new")
    assert machine(session).state is DomainState.OFF
    assert machine(session).files == plan.files_made
    assert fleet.catalogue.intents.of(before.uuid) is None


@pytest.mark.parametrize(
    ("name", "other"), [("new", "new-2"), ("n" * MAX_LENGTH, f"{'n' * (MAX_LENGTH - 2)}-2")], ids=["short", "longest"]
)
def test_a_promotion_whose_name_was_taken_while_it_was_interrupted_ends_under_another_that_is_no_longer_than_may_be(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, name: str, other: str
) -> None:
    clone(session, 1)
    before = machine(session)
    with monkeypatch.context() as patched:
        patched.setattr("qq2clone_tui.engine.templates.promote._complete", kill)
        with pytest.raises(Killed):
            session.promotion.promote(before.uuid, name)
    fleet.catalogue.add_template(replace(fleet.catalogue.template("web"), name=name))
    (sentence,) = begin_again(fleet, monkeypatch, before.uuid)
    assert f"it is the template {other} now" in sentence
    assert fleet.catalogue.template(other).disks[0].image == before.files[0]
    assert fleet.catalogue.clones() == []
    assert fleet.catalogue.intents.of(before.uuid) is None


def test_memory_saved_after_a_commit_in_place_was_interrupted_is_not_lost(session: Session, fleet: SampleFleet) -> None:
    session.staging.prepare("web")
    session.staging.commit("web")
    made = session.staging.prepare("web")
    payload = {"machine": made.uuid, "number": 2, "first": "vda"}
    fleet.catalogue.intents.begin(Intent(IntentKind.IN_PLACE, template_subject("web"), payload))
    fleet.hypervisor.power(PowerVerb.START, made.uuid)
    fleet.hypervisor.power(PowerVerb.SAVE, made.uuid)
    with pytest.raises(BadArgument, match="saved"):
        session.staging.commit("web", in_place=True)
    assert fleet.catalogue.clone(made.uuid) is not None
