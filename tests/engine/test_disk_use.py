"""What a user may rely on of the space each machine is said to take."""

from dataclasses import replace

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import StatGroup
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.live.disk_use import EVERY_SECONDS, DiskUse
from qq2clone_tui.engine.session import Session


def test_a_machine_that_is_off_still_shows_the_space_it_takes(
    session: Session, fleet: SampleFleet, template: Template
) -> None:
    fleet.add_clones(template, [DomainState.OFF])
    machines = session.inventory.refresh().machines
    session.sampler.want(StatGroup.BLOCK)
    session.sampler.sample_once()
    ((uuid, machine),) = machines.items()
    assert session.sampler.current[uuid].disk_allocation_bytes == fleet.images.facts[machine.files[0]].actual_size
    assert session.sampler.current[uuid].cpu_percent is None


def test_space_is_measured_anew_after_a_while_or_when_machines_come(fleet: SampleFleet, template: Template) -> None:
    fleet.add_clones(template, [DomainState.OFF])
    now = [0.0]
    session = fleet.session()
    use = DiskUse(fleet.images, lambda: session.inventory.current.machines, lambda: now[0])
    (before,) = use.current().values()
    path = session.inventory.current.machines[next(iter(use.current()))].files[0]
    fleet.images.facts[path] = replace(fleet.images.facts[path], actual_size=before + 1)
    assert list(use.current().values()) == [before]
    now[0] = EVERY_SECONDS
    assert list(use.current().values()) == [before + 1]
    session.jobs.run(session.plan_clone(template.name, 1))
    session.inventory.refresh()
    assert len(use.current()) == 2
