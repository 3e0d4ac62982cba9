"""What a user may rely on of the figures of the host while it works, hangs, is gone or tells nothing."""

import threading

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.room import Room
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import StatGroup
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.live.host_use import EVERY_SECONDS, SHARE, HostUse
from qq2clone_tui.engine.session import Session

from .conftest import Wait


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_second_look_tells_the_load_and_the_next_waits_its_time(fleet: SampleFleet) -> None:
    clock = Clock()
    use = HostUse(fleet.hypervisor, fleet.images, clock)
    assert use.current().cpu_percent is None
    assert use.current().cpu_percent == 12.0
    fleet.hypervisor.host_use.busy_percent = 80
    assert use.current().cpu_percent == 12.0
    clock.now += EVERY_SECONDS
    assert use.current().cpu_percent == 80.0


def test_a_place_that_is_slow_to_tell_its_room_is_asked_seldom(fleet: SampleFleet) -> None:
    clock = Clock()
    use = HostUse(fleet.hypervisor, fleet.images, clock)
    asked: list[float] = []

    def room() -> Room:
        asked.append(clock.now)
        clock.now += 4.0
        return Room(1, 1)

    fleet.images.room = room  # type: ignore[method-assign]
    use.current()
    use.current()
    clock.now += SHARE * 4.0 - 1.0
    use.current()
    assert len(asked) == 2
    clock.now += 1.0
    use.current()
    assert len(asked) == 3


def test_a_place_that_cannot_be_looked_at_takes_no_other_figure_away(fleet: SampleFleet) -> None:
    def room() -> Room:
        raise AccessError("cannot measure the storage place", subject="/srv", why="Permission denied")

    fleet.images.room = room  # type: ignore[method-assign]
    figures = HostUse(fleet.hypervisor, fleet.images).current()
    assert figures.room is None
    assert figures.memory_bytes == 64 << 30


def test_a_place_that_fills_up_is_told_although_no_machine_changes(session: Session, fleet: SampleFleet) -> None:
    told: list[Room | None] = []
    session.sampler.want(StatGroup.CPU)
    session.sampler.subscribe(lambda _: told.append(session.sampler.host.room))
    session.sampler.sample_once()
    fleet.images.file_system = Room(1, 100)
    session.sampler.sample_once()
    assert [room.scarce for room in told if room] == [False, True]


def test_a_hypervisor_that_hangs_keeps_nobody_waiting_for_figures(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    fleet.add_clones(template, [DomainState.RUNNING])
    session.sampler.want(StatGroup.CPU)
    session.sampler.sample_once()
    known = session.sampler.host
    fleet.hypervisor.open_gate.clear()
    session.sampler.start(0.01)
    wait_until(lambda: any(thread.name == "sampler" for thread in threading.enumerate()))
    assert session.sampler.host is known
    fleet.hypervisor.open_gate.set()
    wait_until(lambda: session.sampler.host.cpu_percent is not None)


def test_a_connection_that_is_lost_leaves_the_last_figures(session: Session, fleet: SampleFleet) -> None:
    session.sampler.want(StatGroup.CPU)
    session.sampler.sample_once()
    session.sampler.sample_once()
    known = session.sampler.host
    fleet.hypervisor.gone = True
    session.sampler.start(0.01)
    session.sampler.stop()
    assert session.sampler.host is known
    assert known.cpu_percent == 12.0
