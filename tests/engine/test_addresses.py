"""When addresses are asked for, of whom, and how long they are kept."""

import itertools
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.address import Address, AddressSource
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.live.addresses import Addresses

RUN, OFF = DomainState.RUNNING, DomainState.OFF
CHANNEL = "<channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/></channel>"
LEASE = Address("52:54:00:00:00:01", "10.0.0.5", 24, AddressSource.LEASE)
TOLD = Address("52:54:00:00:00:01", "10.0.0.9", 24, AddressSource.AGENT)


class World:
    """A fleet of two machines that run with agents and one that is off."""

    def __init__(self) -> None:
        self.fleet = SampleFleet()
        template = self.fleet.add_template("web", 512)
        self.fleet.add_clones(template, [RUN, RUN, OFF])
        self.session = self.fleet.session()
        machines = self.session.inventory.refresh().machines
        self.first, self.second, self.off = machines
        hypervisor = self.fleet.hypervisor
        plain = hypervisor.live_xml

        def with_agent(uuid: str) -> str:
            return plain(uuid).replace("</devices>", f"{CHANNEL}</devices>")

        hypervisor.live_xml = with_agent  # type: ignore[method-assign]
        self.sources = hypervisor.addresses
        self.addresses = Addresses(hypervisor, lambda: self.session.inventory.current.machines)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.addresses.stop()
    world.session.close()


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_leases_and_agents_are_brought_together(world: World) -> None:
    world.sources.known = {world.first: (TOLD, LEASE), world.off: (LEASE,)}
    assert world.addresses.read([world.first, world.second, world.off]) == {world.first: (LEASE, TOLD)}
    assert world.off not in world.sources.asked, "a machine that is off has no addresses"
    assert world.addresses.of(world.first) == ("10.0.0.5", "10.0.0.9")
    assert world.addresses.of(world.off) == ()


def test_an_agent_is_not_asked_again_while_its_answer_is_fresh(world: World) -> None:
    world.sources.known = {world.first: (TOLD,)}
    for _ in range(5):
        assert world.addresses.of(world.first) == ("10.0.0.9",)
    assert world.sources.asked == [world.first]


def test_an_agent_is_asked_again_after_its_machine_has_changed(world: World) -> None:
    world.sources.known = {world.first: (TOLD,)}
    world.addresses.of(world.first)
    world.sources.known = {world.first: (Address(TOLD.mac, "10.0.0.77", 24, AddressSource.AGENT),)}
    world.addresses.domain_changed(world.first)
    assert world.addresses.of(world.first) == ("10.0.0.77",)


def test_an_agent_that_hangs_is_waited_for_no_longer_than_wanted_and_asked_once(world: World) -> None:
    answer, asked = threading.Event(), []

    def hang(uuid: str) -> list[Address]:
        asked.append(uuid)
        answer.wait(30)
        return [TOLD]

    world.sources.of_agent = hang  # type: ignore[method-assign]
    world.sources.known = {world.first: (LEASE,)}
    began = time.monotonic()
    assert world.addresses.read([world.first], seconds=0.2) == {world.first: (LEASE,)}, "the lease is known at once"
    world.addresses.domain_changed(world.first)
    assert world.addresses.read([world.first], seconds=0.2) == {world.first: (LEASE,)}
    assert time.monotonic() - began < 5
    assert asked == [world.first], "never two at once"
    answer.set()
    eventually(lambda: world.addresses.read([world.first]) == {world.first: (LEASE, TOLD)})


def test_changes_are_told_and_machines_that_went_off_are_forgotten(world: World) -> None:
    told: list[object] = []
    world.addresses.subscribe(told.append)
    world.session.inventory.start(5)
    world.sources.known = {world.first: (LEASE,)}
    world.addresses.start()
    eventually(lambda: world.addresses.current == {world.first: (LEASE,)})
    world.fleet.hypervisor.set_state(world.first, OFF)
    eventually(lambda: world.addresses.current == {})
    assert told == [{world.first: (LEASE,)}, {}]


def test_no_agent_is_asked_where_no_channel_is_connected(world: World) -> None:
    del world.fleet.hypervisor.live_xml
    world.addresses.look_once()
    assert world.sources.asked == []


def test_an_agent_that_knows_nothing_is_asked_less_and_less_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("qq2clone_tui.engine.live.address_book.time.monotonic", lambda: now)
    times = []
    for _ in range(300):
        count = len(world.sources.asked)
        world.addresses.look_once()
        if world.sources.asked[count:].count(world.first):
            times.append(now)
        now += 1.0
    pauses = [after - before for before, after in itertools.pairwise(times)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert set(pauses[4:]) == {60}
