"""What a user may rely on of the picture that follows the hypervisor."""

import threading

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.inventory import ConnectionState, Inventory
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Sample, StatGroup
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.session import Session

from .conftest import Wait


def fill(fleet: SampleFleet, template: Template, count: int) -> list[str]:
    fleet.add_clones(template, [DomainState.OFF] * count)
    return [record.identity.uuid for record in fleet.catalogue.clones(template.name)]


def running(picture: Inventory) -> int:
    return sum(machine.state is DomainState.RUNNING for machine in picture.machines.values())


def test_a_change_made_by_another_program_shows_by_itself(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    first, second = fill(fleet, template, 2)
    session.inventory.start()
    wait_until(lambda: len(session.inventory.current.machines) == 2)
    fleet.hypervisor.set_state(first, DomainState.RUNNING)
    wait_until(lambda: session.inventory.current.machines[first].state is DomainState.RUNNING)
    fleet.hypervisor.undefine(second)
    wait_until(lambda: session.inventory.current.machines[second].state is DomainState.MISSING)


def test_a_burst_of_changes_becomes_few_pictures_and_ends_right(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    uuids = fill(fleet, template, 1000)
    pictures: list[int] = []
    session.inventory.subscribe(lambda picture: pictures.append(running(picture)))
    session.inventory.start()
    wait_until(lambda: len(session.inventory.current.machines) == 1000)
    for uuid in uuids:
        fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    wait_until(lambda: running(session.inventory.current) == 1000)
    assert len(pictures) < 50


def test_beginning_twice_follows_the_hypervisor_once(session: Session, fleet: SampleFleet, template: Template) -> None:
    def followers() -> int:
        return sum(thread.name == "inventory" for thread in threading.enumerate())

    before = followers()
    session.inventory.start()
    session.start()
    assert followers() == before + 1


def test_whoever_waits_for_the_first_picture_gets_it(session: Session, fleet: SampleFleet, template: Template) -> None:
    fill(fleet, template, 5)
    session.inventory.start(wait_seconds=30.0)
    assert len(session.inventory.current.machines) == 5


def test_clones_recorded_by_another_process_appear(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    session.inventory.start()
    fill(fleet, template, 3)
    wait_until(lambda: len(session.inventory.current.machines) == 3)


def test_a_lost_connection_keeps_the_last_picture_and_comes_back_whole(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    uuids = fill(fleet, template, 3)
    session.inventory.start()
    wait_until(lambda: len(session.inventory.current.machines) == 3)
    session.inventory.connection_lost("the daemon was stopped")
    wait_until(lambda: session.inventory.current.connection is ConnectionState.RECONNECTING)
    assert len(session.inventory.current.machines) == 3
    assert "stopped" in session.inventory.current.problem
    fleet.hypervisor.set_state(uuids[0], DomainState.RUNNING)
    session.inventory.connection_restored()
    wait_until(lambda: session.inventory.current.connection is ConnectionState.LIVE)
    assert running(session.inventory.current) == 1
    assert session.inventory.current.problem == ""


def test_a_failing_read_is_tried_again_until_it_succeeds(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    (uuid,) = fill(fleet, template, 1)
    session.inventory.start()
    wait_until(lambda: uuid in session.inventory.current.machines)
    fleet.hypervisor.gone = True
    fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    wait_until(lambda: session.inventory.current.connection is ConnectionState.RECONNECTING)
    fleet.hypervisor.gone = False
    wait_until(lambda: running(session.inventory.current) == 1)


def test_an_unchanged_world_publishes_nothing(session: Session, fleet: SampleFleet, template: Template) -> None:
    fill(fleet, template, 5)
    first = session.inventory.refresh()
    assert session.inventory.refresh() is first


def test_rates_need_two_samples_and_only_the_groups_on_screen(
    session: Session, fleet: SampleFleet, template: Template
) -> None:
    (uuid,) = fill(fleet, template, 1)
    fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    fleet.hypervisor.figures = {uuid: Sample(at=1.0, cpu_ns=0, vcpus=2)}
    session.sampler.sample_once()
    assert session.sampler.current == {}
    session.sampler.want(StatGroup.CPU)
    session.sampler.sample_once()
    assert session.sampler.current[uuid].cpu_percent is None
    fleet.hypervisor.figures = {uuid: Sample(at=2.0, cpu_ns=10**9, vcpus=2)}
    session.sampler.sample_once()
    assert session.sampler.current[uuid].cpu_percent == 50.0
