"""A template takes its clones along to its new name, whatever comes between, and images outlive none of their users."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.clone import SavedState
from qq2clone_tui.domain.errors import BadArgument, TemplateError
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.recovery.recover import recover
from qq2clone_tui.engine.session import Session
from qq2clone_tui.engine.tools import Tools

OFF, RUNNING, PAUSED, SAVED = DomainState.OFF, DomainState.RUNNING, DomainState.PAUSED, DomainState.SAVED
STRANGER = "<domain type='qemu'><name>{}</name><uuid>{}</uuid><devices/></domain>"


@pytest.fixture
def tools(fleet: SampleFleet) -> Tools:
    return Tools(fleet.hypervisor, fleet.images, fleet.catalogue)


@pytest.fixture
def fill(fleet: SampleFleet, template: Template) -> Callable[..., list[str]]:
    def fill(*states: DomainState) -> list[str]:
        fleet.add_clones(template, states)
        return [record.identity.uuid for record in fleet.catalogue.clones()]

    return fill


def names(fleet: SampleFleet) -> list[str]:
    """Return what the machines are called, which is what the records say, and is in the order of numbers."""
    domains = {domain.uuid: domain.name for domain in fleet.hypervisor.list_domains()}
    found = [domains[record.identity.uuid] for record in fleet.catalogue.clones()]
    assert found == [record.identity.name for record in fleet.catalogue.clones()]
    return found


def rename(session: Session, old: str, new: str) -> list[str]:
    """Rename a template and return what is said of the machines that stay behind."""
    plan = session.naming.plan(old, new)
    session.naming.rename(old, new)
    assert session.jobs.run(plan).exit_code == 0
    return [f"{refusal.name} {refusal.why}" for refusal in plan.refusals]


def test_clones_that_are_off_go_along_and_the_others_at_the_next_start(
    session: Session, fleet: SampleFleet, tools: Tools, fill: Callable[..., list[str]]
) -> None:
    uuids = fill(OFF, RUNNING, SAVED, PAUSED, OFF)
    left = rename(session, "web", "site")
    assert names(fleet) == ["site-1", "web-2", "web-3", "web-4", "site-5"]
    assert [line.partition(" and")[0] for line in left] == ["web-2 is running", "web-3 is saved", "web-4 is paused"]
    assert {record.identity.template for record in fleet.catalogue.clones()} == {"site"}
    assert all('template="site"' in fleet.hypervisor.definitions.marks[uuid] for uuid in uuids)
    assert recover(tools) == ()
    fleet.hypervisor.set_state(uuids[1], OFF)
    assert recover(tools) == ("web-2 is called site-2 now, after its template",)
    fleet.hypervisor.set_state(uuids[2], OFF)
    assert len(rename(session, "site", "site")) == 1
    assert names(fleet) == ["site-1", "site-2", "site-3", "web-4", "site-5"]


def test_a_rename_that_was_killed_anywhere_is_finished_at_the_next_start(
    session: Session, fleet: SampleFleet, tools: Tools, fill: Callable[..., list[str]]
) -> None:
    uuids = fill(OFF, OFF, OFF)
    fleet.catalogue.rewrite.template_name("web", "site")
    fleet.hypervisor.rename(uuids[1], "site-2")
    sentences = recover(tools)
    assert names(fleet) == ["site-1", "site-2", "site-3"]
    assert len(sentences) == 3
    assert all('template="site"' in fleet.hypervisor.definitions.marks[uuid] for uuid in uuids)
    assert recover(tools) == ()


def test_a_name_that_somebody_gave_a_machine_is_left_to_it_at_a_start(
    session: Session, fleet: SampleFleet, tools: Tools, fill: Callable[..., list[str]]
) -> None:
    uuids = fill(OFF)
    fleet.catalogue.rewrite.template_name("web", "site")
    fleet.hypervisor.rename(uuids[0], "precious")
    assert recover(tools) == ()
    assert [domain.name for domain in fleet.hypervisor.list_domains()] == ["precious"]


def test_a_name_that_a_stranger_has_is_not_taken(
    session: Session, fleet: SampleFleet, tools: Tools, fill: Callable[..., list[str]]
) -> None:
    fill(OFF, OFF)
    fleet.hypervisor.define(STRANGER.format("site-1", "6f0e0d80-0000-4000-8000-00000000000a"))
    (left,) = rename(session, "web", "site")
    assert left == "web-1 keeps its name: there is another machine called site-1"
    assert names(fleet) == ["web-1", "site-2"]
    assert recover(tools) == ()


def test_a_stranger_in_a_clones_place_is_neither_renamed_nor_marked(
    session: Session, fleet: SampleFleet, tools: Tools, fill: Callable[..., list[str]]
) -> None:
    (uuid,) = fill(OFF)
    fleet.hypervisor.undefine(uuid)
    fleet.hypervisor.define(STRANGER.format("web-1", uuid))
    plan = session.naming.plan("web", "site")
    session.naming.rename("web", "site")
    assert "another program" in session.jobs.run(plan).entries[0].reason
    recover(tools)
    domain = fleet.hypervisor.read_domain(uuid)
    assert domain is not None
    assert domain.name == "web-1"
    assert uuid not in fleet.hypervisor.definitions.marks
    with pytest.raises(BadArgument, match="another program"):
        session.editing.open_machine(uuid)


@pytest.mark.parametrize("name", ["", "../up", "a b", "-x", "$(reboot)", "x" * 61, "a\nb", "other"])
def test_names_that_no_template_may_have_are_refused(session: Session, fleet: SampleFleet, name: str) -> None:
    fleet.add_template("other")
    for call in (session.naming.plan, session.naming.copy):
        with pytest.raises(TemplateError):
            call("web", name)
    assert [template.name for template in session.templates()] == ["other", "web"]


def test_an_image_that_two_templates_share_goes_with_the_last_of_them(session: Session, fleet: SampleFleet) -> None:
    owner = _owning(fleet)
    copy = session.naming.copy("own", "twin")
    assert [disk.owned for disk in copy.disks] == [False]
    assert session.delete_template("own").removes == ()
    assert [disk.owned for disk in fleet.catalogue.template("twin").disks] == [True]
    assert owner.disks[0].image in fleet.images.facts
    assert session.delete_template("twin").removes == (owner.disks[0].image,)
    assert owner.disks[0].image not in fleet.images.facts


def test_an_image_that_came_to_be_shared_while_its_owner_is_deleted_stays(
    session: Session, fleet: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = _owning(fleet).disks[0].image
    remove = fleet.catalogue.remove_template

    def copied_just_before(
        name: str, deletes: tuple[str, ...] = (), heirs: Mapping[str, str] = MappingProxyType({})
    ) -> tuple[str, ...]:
        session.naming.copy("own", "twin")
        return remove(name, deletes, heirs)

    monkeypatch.setattr(fleet.catalogue, "remove_template", copied_just_before)
    removal = session.delete_template("own")
    assert (removal.removes, removal.keeps) == ((), (image,))
    assert image in fleet.images.facts
    assert fleet.catalogue.template("twin").disks[0].owned


def _owning(fleet: SampleFleet) -> Template:
    made = fleet.add_template("own")
    fleet.catalogue.remove_template("own")
    image = f"{fleet.images.place}/own.vda.qcow2"
    fleet.images.facts[image] = replace(fleet.images.facts[made.disks[0].image], path=image)
    owning = replace(made, disks=(replace(made.disks[0], image=image, owned=True),))
    fleet.catalogue.add_template(owning)
    return owning


def test_a_machine_saved_to_a_file_since_the_decision_keeps_the_name_that_the_file_knows(
    session: Session, fleet: SampleFleet, fill: Callable[..., list[str]]
) -> None:
    (uuid,) = fill(OFF)
    plan = session.naming.plan("web", "site")
    session.naming.rename("web", "site")
    fleet.catalogue.saved.put(uuid, SavedState("/images/web-1.save", (("/images/web-1.qcow2", "as it was"),)))
    (entry,) = session.jobs.run(plan).failed()
    assert "could not be restored under another name" in entry.reason
    assert names(fleet) == ["web-1"]
