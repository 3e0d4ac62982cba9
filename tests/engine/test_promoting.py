"""A clone becomes a template: of its own files, at once, or of copies, so that it stays."""

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import BadArgument, HypervisorError, TemplateError
from qq2clone_tui.domain.intent import Intent, IntentKind
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.metadata import read_marker
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.domain.template_text import as_values
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.templates.promote import template_of
from qq2clone_tui.engine.tools import Tools

from .test_cloning import clone


def first(session: Session) -> Machine:
    clone(session, 1)
    session.inventory.refresh()
    return session.select("1", "web")[0]


def test_its_own_files_become_the_templates_and_the_machine_goes(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    plan = session.promotion.plan(machine.uuid, "gold")
    assert (plan.images, plan.below) == (machine.files, (fleet.catalogue.template("web").disks[0].image,))
    template = session.promotion.promote(machine.uuid, "gold")
    assert [disk.image for disk in template.disks] == list(machine.files)
    assert template.owned_files == machine.files
    assert set(machine.files) <= fleet.images.sealed
    assert fleet.hypervisor.read_domain(machine.uuid) is None
    assert fleet.catalogue.clones() == []
    assert read_marker(template.xml) is None
    (step,) = session.plan_clone("gold", 1, dry_run=True).steps
    assert step.clone is not None
    assert (step.name, step.clone.images[0].base) == ("gold-1", machine.files[0])


def test_the_version_it_stood_on_stays_as_long_as_it_does(session: Session, fleet: SampleFleet) -> None:
    session.staging.prepare("web")
    session.staging.commit("web")
    machine = first(session)
    image = fleet.catalogue.template("web").disks[0].image
    session.promotion.promote(machine.uuid, "gold")
    assert image in session.plan_delete_template("web").keeps


def test_kept_it_stays_and_the_template_stands_on_nothing(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    template = session.promotion.promote(machine.uuid, "gold", keep=True)
    assert template.disks[0].image not in machine.files
    assert fleet.images.facts[template.disks[0].image].backing is None
    assert fleet.hypervisor.read_domain(machine.uuid) is not None
    assert len(fleet.catalogue.clones("web")) == 1
    assert read_marker(template.xml) is None


@pytest.mark.parametrize("name", ["web", "", "../gold", "a" * 100, "gold\x1b[2J"])
def test_a_name_that_is_taken_or_no_name_is_refused_before_anything_is_done(
    session: Session, fleet: SampleFleet, name: str
) -> None:
    machine = first(session)
    with pytest.raises(TemplateError):
        session.promotion.promote(machine.uuid, name)
    assert fleet.hypervisor.read_domain(machine.uuid) is not None


@pytest.mark.parametrize(("verb", "why"), [(PowerVerb.START, "running"), (PowerVerb.SAVE, "saved")])
def test_a_machine_that_runs_or_is_saved_makes_no_template(
    session: Session, fleet: SampleFleet, verb: PowerVerb, why: str
) -> None:
    machine = first(session)
    fleet.hypervisor.power(PowerVerb.START, machine.uuid)
    if verb is PowerVerb.SAVE:
        fleet.hypervisor.power(verb, machine.uuid)
    with pytest.raises(BadArgument, match=why):
        session.promotion.promote(machine.uuid, "gold")


def test_a_machine_with_checkpoints_makes_no_template(session: Session, fleet: SampleFleet) -> None:
    machine = first(session)
    fleet.hypervisor.checkpoints.make(machine.uuid, "before", "", ["vda"])
    with pytest.raises(BadArgument, match="checkpoints"):
        session.promotion.plan(machine.uuid, "gold")


def test_what_fails_leaves_the_clone_as_it_was(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = first(session)

    def broken(_uuid: str) -> None:
        raise HypervisorError("cannot undefine")

    monkeypatch.setattr(fleet.hypervisor, "undefine", broken)
    with pytest.raises(HypervisorError):
        session.promotion.promote(machine.uuid, "gold")
    assert [template.name for template in fleet.catalogue.templates()] == ["web"]
    assert not set(machine.files) & fleet.images.sealed
    assert fleet.catalogue.intents.of(machine.uuid) is None


@pytest.mark.parametrize("undefined", [False, True])
def test_a_kill_in_the_middle_ends_with_a_clone_or_with_a_template(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch, undefined: bool
) -> None:
    machine, tools = first(session), Tools(fleet.hypervisor, fleet.images, fleet.catalogue)
    record = fleet.catalogue.clone(machine.uuid)
    assert record is not None
    intent = Intent(IntentKind.PROMOTE, machine.uuid, as_values(template_of(tools, record, "gold")))
    if undefined:
        fleet.hypervisor.undefine(machine.uuid)
    monkeypatch.setattr(fleet.catalogue.intents, "take_over", lambda: [intent])
    (sentence,) = recover(tools)
    assert machine.name in sentence
    assert (fleet.catalogue.clone(machine.uuid) is None) is undefined
    assert ("gold" in [template.name for template in fleet.catalogue.templates()]) is undefined
    assert set(machine.files) <= set(fleet.images.facts)
