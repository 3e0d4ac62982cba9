"""The next version of a template is made in a machine of its own, and nobody who stands on an older one notices."""

from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import AccessError, BadArgument, HypervisorError, SelectionError, TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind, template_subject
from qq2clone_tui.domain.states import CutShort, DomainState, PowerVerb
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

from .test_cloning import clone


def owned(session: Session, fleet: SampleFleet) -> str:
    """Make a first version that is the template's own, so that it may be written, and return its image."""
    session.staging.prepare("web")
    session.staging.commit("web")
    return fleet.catalogue.template("web").disks[0].image


def test_a_staging_machine_stands_on_the_newest_version_and_is_no_clone(session: Session, fleet: SampleFleet) -> None:
    made = session.staging.prepare("web")
    assert (made.name, made.version, made.fresh) == ("web.v2", 1, True)
    assert made.files == (f"{session.storage}/web.v2.vda.qcow2",)
    assert fleet.images.facts[made.files[0]].backing == fleet.catalogue.template("web").disks[0].image
    clone(session, 2)
    session.inventory.refresh()
    assert [machine.number for machine in session.select("all", "web")] == [1, 2]
    assert [machine.name for machine in session.select("staging", "web")] == ["web.v2"]
    (summary,) = session.inventory.current.templates
    assert (summary.clones, summary.staging) == (2, made.uuid)


def test_preparing_again_starts_the_machine_there_is(session: Session, fleet: SampleFleet) -> None:
    first = session.staging.prepare("web")
    again = session.staging.prepare("web", start=True)
    assert (again.uuid, again.fresh, again.started) == (first.uuid, False, True)
    domain = fleet.hypervisor.read_domain(first.uuid)
    assert domain is not None
    assert domain.state is DomainState.RUNNING


def test_a_commit_makes_the_next_version_and_copies_nothing(session: Session, fleet: SampleFleet) -> None:
    clone(session, 2)
    before = {record.identity.uuid: record for record in fleet.catalogue.clones()}
    made = session.staging.prepare("web")
    assert str(session.staging.commit("web", "with a kernel")) == "web@v2"
    template = fleet.catalogue.template("web")
    assert (template.version, template.newest.note) == (2, "with a kernel")
    (disk,) = template.disks
    assert (disk.image, disk.owned) == (made.files[0], True)
    assert made.files[0] in fleet.images.sealed
    assert fleet.hypervisor.read_domain(made.uuid) is None
    assert {record.identity.uuid: record for record in fleet.catalogue.clones()} == before
    plan = session.plan_clone("web", 1, dry_run=True)
    assert plan.steps[0].clone is not None
    assert plan.steps[0].clone.images[0].base == made.files[0]
    older = session.plan_clone("web@v1", 1, dry_run=True)
    assert older.steps[0].clone is not None
    assert older.steps[0].clone.images[0].base == template.at(1).disks[0].image


@pytest.mark.parametrize(("verb", "why"), [(PowerVerb.START, "running"), (PowerVerb.SAVE, "saved")])
def test_a_machine_that_runs_or_is_saved_makes_no_version(
    session: Session, fleet: SampleFleet, verb: PowerVerb, why: str
) -> None:
    made = session.staging.prepare("web", start=True)
    if verb is PowerVerb.SAVE:
        fleet.hypervisor.power(verb, made.uuid)
    with pytest.raises(BadArgument, match=why):
        session.staging.commit("web")
    assert fleet.catalogue.template("web").version == 1
    assert made.files[0] not in fleet.images.sealed


@pytest.mark.parametrize(
    ("verbs", "told"),
    [
        ([], ""),
        ([PowerVerb.START, PowerVerb.SHUTDOWN], ""),
        ([PowerVerb.START, PowerVerb.DESTROY], "was forced off, not shut down: what its guest had not written"),
        ([PowerVerb.START, PowerVerb.DESTROY, PowerVerb.START, PowerVerb.SHUTDOWN], ""),
        (
            [PowerVerb.START, PowerVerb.SAVE, PowerVerb.SAVE_REMOVE],
            "was saved and its memory thrown away, not shut",
        ),
    ],
)
@pytest.mark.parametrize("in_place", [False, True])
def test_a_guest_that_was_not_shut_down_is_warned_of_before_its_disks_make_a_version(
    session: Session, fleet: SampleFleet, verbs: list[PowerVerb], told: str, in_place: bool
) -> None:
    owned(session, fleet)
    made = session.staging.prepare("web")
    for verb in verbs:
        fleet.hypervisor.power(verb, made.uuid)
    plan = session.staging.plan_commit("web", in_place=in_place)
    assert [told in warning for warning in plan.warnings if "not shut down" in warning] == ([True] if told else [])
    assert session.staging.commit("web", in_place=in_place).name == "web"


def test_a_guest_that_crashed_is_warned_of_too(session: Session, fleet: SampleFleet) -> None:
    made = session.staging.prepare("web", start=True)
    fleet.hypervisor.set_state(made.uuid, DomainState.OFF, CutShort.CRASHED)
    (warning,) = session.staging.plan_commit("web").warnings
    assert warning.startswith("the staging machine crashed or was killed, not shut down: what its guest")


def test_a_machine_defined_anew_is_still_known_to_have_been_forced_off(session: Session, fleet: SampleFleet) -> None:
    made = session.staging.prepare("web", start=True)
    session.staging.force_off("web")
    fleet.hypervisor.define(fleet.hypervisor.inactive_xml(made.uuid))
    assert "forced off" in session.staging.plan_commit("web").warnings[0]


def test_a_version_that_somebody_has_changed_is_not_built_upon(session: Session, fleet: SampleFleet) -> None:
    image = owned(session, fleet)
    fleet.images.facts[image] = replace(fleet.images.facts[image], stamp="9:9:9")
    with pytest.raises(AccessError, match="acknowledge-image"):
        session.staging.prepare("web")
    assert session.versions.acknowledge("web") != ()
    assert session.versions.drift("web") == ()
    session.staging.prepare("web")


def test_in_place_is_refused_as_long_as_anybody_stands_on_the_version(session: Session, fleet: SampleFleet) -> None:
    owned(session, fleet)
    clone(session, 1)
    session.staging.prepare("web")
    with pytest.raises(BadArgument, match="1 clone of it would be corrupted"):
        session.staging.commit("web", in_place=True)
    assert fleet.catalogue.intents.of(template_subject("web")) is None


def test_in_place_sees_overlays_of_others_too(session: Session, fleet: SampleFleet) -> None:
    image = owned(session, fleet)
    session.staging.prepare("web")
    foreign = f"{session.storage}/theirs.qcow2"
    fleet.images.facts[foreign] = ImageFacts(foreign, "qcow2", 10 << 30, 1, image)
    with pytest.raises(BadArgument, match="theirs"):
        session.staging.plan_commit("web", in_place=True)


def test_in_place_never_writes_to_an_image_that_is_not_ours(session: Session) -> None:
    session.staging.prepare("web")
    with pytest.raises(BadArgument, match="imported by reference"):
        session.staging.commit("web", in_place=True)


def test_in_place_writes_and_leaves_no_machine(session: Session, fleet: SampleFleet) -> None:
    image = owned(session, fleet)
    before = fleet.images.facts[image].stamp
    made = session.staging.prepare("web")
    assert str(session.staging.commit("web", in_place=True)) == "web@v2"
    assert fleet.images.facts[image].stamp != before
    assert fleet.catalogue.template("web").disks[0].stamp == fleet.images.facts[image].stamp
    assert fleet.hypervisor.read_domain(made.uuid) is None
    assert made.files[0] not in fleet.images.facts
    assert image in fleet.images.sealed


def test_an_interrupted_commit_in_place_keeps_everybody_off_until_it_is_finished(
    session: Session, fleet: SampleFleet
) -> None:
    owned(session, fleet)
    made = session.staging.prepare("web")
    payload = {"machine": made.uuid, "number": 2, "first": "vda"}
    fleet.catalogue.intents.begin(Intent(IntentKind.IN_PLACE, template_subject("web"), payload))
    for forbidden in (lambda: session.plan_clone("web", 1), lambda: session.staging.discard("web")):
        with pytest.raises(BadArgument, match="in place"):
            forbidden()
    assert [record.identity.staging for record in fleet.catalogue.clones()] == [True]
    session.staging.commit("web", in_place=True)
    assert session.plan_clone("web", 1, dry_run=True).steps


def test_discarding_takes_the_machine_and_its_files_and_nothing_else(session: Session, fleet: SampleFleet) -> None:
    before = set(fleet.images.facts)
    made = session.staging.prepare("web")
    session.staging.discard("web")
    assert set(fleet.images.facts) == before
    assert fleet.hypervisor.read_domain(made.uuid) is None
    with pytest.raises(BadArgument, match="no staging machine"):
        session.staging.discard("web")


def test_only_a_machine_that_is_off_is_discarded(session: Session) -> None:
    session.staging.prepare("web", start=True)
    with pytest.raises(BadArgument, match="is running"):
        session.staging.discard("web")
    session.staging.force_off("web")
    session.staging.discard("web")


def test_a_staging_machine_is_not_removed_reset_or_renamed_with_the_clones(session: Session) -> None:
    made = session.staging.prepare("web")
    session.inventory.refresh()
    assert "discard-image" in session.plan_remove([made.uuid]).refusals[0].why
    assert "staging" in session.renewal.plan_reset([made.uuid]).refusals[0].why
    with pytest.raises(TemplateError, match="staging machine"):
        session.naming.plan("web", "other")
    with pytest.raises(TemplateError, match="staging machine"):
        session.delete_template("web")
    with pytest.raises(SelectionError):
        session.select("web.*", "web")


def test_a_commit_that_fails_leaves_the_machine_as_it_was(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = session.staging.prepare("web")

    def broken(_uuid: str) -> None:
        raise HypervisorError("cannot undefine", subject="web.v2")

    with monkeypatch.context() as patched:
        patched.setattr(fleet.hypervisor, "undefine", broken)
        with pytest.raises(HypervisorError):
            session.staging.commit("web")
    assert fleet.catalogue.template("web").version == 1
    assert made.files[0] not in fleet.images.sealed
    assert fleet.catalogue.intents.of(template_subject("web")) is None
    session.staging.commit("web")
    assert fleet.catalogue.template("web").version == 2


def test_a_commit_that_was_killed_after_the_machine_had_gone_is_finished(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = session.staging.prepare("web")
    intent = Intent(IntentKind.COMMIT, template_subject("web"), {"machine": made.uuid, "note": "late", "number": 2})
    fleet.hypervisor.undefine(made.uuid)
    monkeypatch.setattr(fleet.catalogue.intents, "take_over", lambda: [intent])
    (sentence,) = recover(Tools(fleet.hypervisor, fleet.images, fleet.catalogue))
    assert "v2 is made" in sentence
    assert fleet.catalogue.template("web").newest.note == "late"
    assert fleet.catalogue.clones() == []
    assert made.files[0] in fleet.images.sealed


def test_a_note_can_be_written_later(session: Session, fleet: SampleFleet) -> None:
    owned(session, fleet)
    assert str(session.versions.annotate("web@v1", "the first")) == "web@v1"
    assert [version.note for version in fleet.catalogue.template("web").history] == ["the first", ""]


def test_a_note_is_a_line_and_no_document(session: Session) -> None:
    session.staging.prepare("web")
    with pytest.raises(BadArgument, match="room for 200"):
        session.versions.annotate("web", "x" * 201)
    with pytest.raises(BadArgument, match="room for 200"):
        session.staging.commit("web", "x" * 201)
    session.staging.commit("web", "x" * 200)


def test_a_template_with_versions_takes_all_of_them_along(session: Session, fleet: SampleFleet) -> None:
    image = owned(session, fleet)
    removal = session.delete_template("web")
    assert removal.removes == (image,)
    assert image not in fleet.images.facts


def test_what_others_stand_on_outlives_its_template_and_goes_with_theirs(session: Session, fleet: SampleFleet) -> None:
    image = owned(session, fleet)
    clone(session, 1)
    (machine,) = session.select("1", "web")
    session.promotion.promote(machine.uuid, "gold")
    assert image in session.delete_template("web").keeps
    assert image in fleet.images.facts
    assert set(session.delete_template("gold").removes) >= {image}
    assert image not in fleet.images.facts
