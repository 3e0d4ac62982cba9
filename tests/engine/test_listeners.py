"""Whoever listens cannot harm the work listened to, nor the others who listen."""

import logging
from collections.abc import Callable

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Sample, StatGroup
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.session import Session

from .conftest import Wait


def faulty(_: object) -> None:
    """Fail as a widget does that is gone."""
    raise RuntimeError("no such widget")


def background(session: Session, wait_until: Wait) -> Ledger:
    number = session.jobs.start(session.plan_clone("web", 3))
    wait_until(lambda: session.jobs.history[-1].finished)
    assert session.jobs.history[-1].job == number
    return session.jobs.history[-1]


def direct(session: Session, _: Wait) -> Ledger:
    return session.jobs.run(session.plan_clone("web", 3), faulty)


@pytest.mark.parametrize("run", [background, direct])
def test_a_listener_that_fails_makes_no_machine_fail(
    session: Session,
    fleet: SampleFleet,
    wait_until: Wait,
    caplog: pytest.LogCaptureFixture,
    run: Callable[[Session, Wait], Ledger],
) -> None:
    heard: list[Ledger] = []
    session.jobs.subscribe(faulty)
    session.jobs.subscribe(heard.append)
    ledger = run(session, wait_until)
    assert [entry.state for entry in ledger.entries] == [EntryState.DONE] * 3
    wait_until(lambda: bool(heard) and heard[-1].finished)
    assert "no such widget" in caplog.text


def test_a_listener_that_fails_does_not_stop_the_picture_or_the_figures(
    session: Session, fleet: SampleFleet, template: Template, wait_until: Wait
) -> None:
    session.inventory.subscribe(faulty)
    session.sampler.subscribe(faulty)
    session.inventory.start()
    fleet.add_clones(template, [DomainState.RUNNING])
    wait_until(lambda: len(session.inventory.current.machines) == 1)
    (uuid,) = session.inventory.current.machines
    session.sampler.want(StatGroup.CPU)
    fleet.hypervisor.figures = {uuid: Sample(at=1.0, cpu_ns=0, vcpus=2)}
    session.sampler.start(0.01)
    wait_until(lambda: uuid in session.sampler.current)
    fleet.hypervisor.figures = {uuid: Sample(at=2.0, cpu_ns=10**9, vcpus=2)}
    wait_until(lambda: session.sampler.current[uuid].cpu_percent == 50.0)
    fleet.hypervisor.set_state(uuid, DomainState.OFF)
    wait_until(lambda: session.inventory.current.machines[uuid].state is DomainState.OFF)


def test_ctrl_c_is_no_fault_of_a_listener(caplog: pytest.LogCaptureFixture) -> None:
    def interrupted(_: object) -> None:
        raise KeyboardInterrupt

    listeners: Listeners[int] = Listeners()
    unsubscribe = listeners.subscribe(interrupted)
    with pytest.raises(KeyboardInterrupt):
        listeners.tell(1)
    unsubscribe()
    heard: list[int] = []
    with caplog.at_level(logging.ERROR):
        listeners.tell(2, also=heard.append)
    assert (heard, caplog.text) == ([2], "")
