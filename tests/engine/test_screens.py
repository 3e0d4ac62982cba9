"""Pictures of screens are fetched for those in view only, and never two at once of one machine."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.screenshot import Screenshot
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.live import screens as module
from qq2clone_tui.engine.live.screens import Screens

SECONDS = 10.0


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


class Camera:
    """Displays that show a word, count, and can be told to wait or to fail."""

    def __init__(self) -> None:
        self.word = "one"
        self.asked: Counter[str] = Counter()
        self.at_once = self.most_at_once = self.doubled = 0
        self.failing: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()
        self._under_way: Counter[str] = Counter()
        self._lock = threading.Lock()

    def screenshot(self, uuid: str, screen: int = 0) -> Screenshot:
        with self._lock:
            self.asked[uuid] += 1
            self._under_way[uuid] += 1
            self.doubled += self._under_way[uuid] > 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        self.gate.wait(SECONDS)
        with self._lock:
            self._under_way[uuid] -= 1
            self.at_once -= 1
        if uuid in self.failing:
            raise HypervisorError("cannot see the screen", why="it was told to fail")
        return Screenshot("image/png", self.word.encode())


class World:
    """Eight running machines, one that is off, and somebody who looks."""

    def __init__(self) -> None:
        self.fleet = SampleFleet()
        self.fleet.add_clones(self.fleet.add_template("web"), [DomainState.RUNNING] * 8 + [DomainState.OFF])
        self.session = self.fleet.session()
        self.camera = Camera()
        self.screens = Screens(self.camera, lambda: self.session.inventory.current, lambda: 1000.0)
        self.uuids = list(self.session.inventory.current.machines)
        self.told: list[str] = []
        self.screens.subscribe(self.told.append)

    def turn(self, uuid: str, state: DomainState) -> None:
        self.fleet.hypervisor.set_state(uuid, state)
        self.session.inventory.refresh()


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    yield world
    world.camera.gate.set()
    world.screens.watch((), None)
    until(lambda: not world.screens.working)
    world.session.close()


def test_only_running_machines_in_view_are_asked(world: World) -> None:
    world.screens.watch([*world.uuids[:3], world.uuids[8]], None)
    until(lambda: len(world.camera.asked) == 3)
    until(lambda: world.screens.of(world.uuids[2]).shot is not None)
    assert world.camera.asked == dict.fromkeys(world.uuids[:3], 1)
    assert world.screens.of(world.uuids[8]).shot is None


def test_few_are_asked_at_once_and_none_twice_at_once(world: World) -> None:
    world.camera.gate.clear()
    world.screens.watch(world.uuids, 0.01)
    until(lambda: world.camera.at_once == module.WORKERS)
    world.screens.watch((), None)
    world.screens.watch(world.uuids, 0.01)
    world.screens.refresh()
    world.camera.gate.set()
    until(lambda: all(world.camera.asked[uuid] > 5 for uuid in world.uuids[:8]))
    assert world.camera.most_at_once == module.WORKERS
    assert world.camera.doubled == 0


def test_a_picture_that_stays_the_same_is_told_of_once(world: World) -> None:
    uuid = world.uuids[0]
    world.screens.watch([uuid], 0.005)
    until(lambda: world.camera.asked[uuid] > 10)
    assert world.told == [uuid]
    before = world.screens.of(uuid).shot
    world.camera.word = "two"
    until(lambda: world.told == [uuid, uuid])
    assert world.screens.of(uuid).shot != before


def test_the_threads_end_when_nobody_looks(world: World) -> None:
    world.screens.watch(world.uuids, 0.01)
    until(lambda: len(world.told) == 8)
    assert world.screens.working
    world.screens.watch((), None)
    until(lambda: not world.screens.working)
    asked = sum(world.camera.asked.values())
    world.screens.refresh()
    assert not world.screens.working
    assert sum(world.camera.asked.values()) == asked


def test_a_refresh_does_not_wait_for_the_time_to_come(world: World) -> None:
    uuid = world.uuids[0]
    world.screens.watch([uuid], 3600.0)
    until(lambda: world.camera.asked[uuid] == 1 and world.screens.of(uuid).shot)
    world.screens.refresh()
    until(lambda: world.camera.asked[uuid] == 2)


def test_a_failing_machine_keeps_its_last_picture_and_is_asked_ever_less_often(world: World) -> None:
    good, bad = world.uuids[:2]
    world.screens.watch([good, bad], 0.005)
    until(lambda: world.screens.of(bad).shot)
    world.camera.failing = {bad}
    until(lambda: world.screens.of(bad).problem)
    assert world.screens.of(bad).problem == "it was told to fail"
    assert world.screens.of(bad).shot is not None
    asked, others = world.camera.asked[bad], world.camera.asked[good]
    until(lambda: world.camera.asked[good] > others + 20)
    assert world.camera.asked[bad] - asked <= 1
    world.camera.failing = set()
    world.screens.refresh([bad])
    until(lambda: not world.screens.of(bad).problem)


def test_a_machine_that_starts_is_asked_at_once_though_it_failed_before(world: World) -> None:
    uuid = world.uuids[0]
    world.camera.failing = {uuid}
    world.screens.watch([uuid], 3600.0)
    until(lambda: world.screens.of(uuid).problem)
    world.turn(uuid, DomainState.OFF)
    world.screens.watch([uuid], 3600.0)
    assert world.screens.of(uuid).problem == ""
    world.camera.failing = set()
    world.turn(uuid, DomainState.RUNNING)
    world.screens.watch([uuid], 3600.0)
    until(lambda: world.screens.of(uuid).shot)


def test_a_machine_that_is_switched_off_while_asked_leaves_no_picture(world: World) -> None:
    uuid = world.uuids[0]
    world.camera.gate.clear()
    world.screens.watch([uuid], None)
    until(lambda: world.camera.at_once == 1)
    world.turn(uuid, DomainState.OFF)
    world.screens.watch([uuid], None)
    world.camera.gate.set()
    until(lambda: world.camera.at_once == 0)
    world.screens.watch((), None)
    until(lambda: not world.screens.working)
    assert world.screens.of(uuid).shot is None


def test_nothing_is_asked_while_the_connection_is_broken(world: World) -> None:
    store = world.session.inventory
    world.session.start()
    until(lambda: store.live and store.current.connection.value == "live")
    store.connection_lost("the daemon was stopped")
    until(lambda: store.current.connection.value == "reconnecting")
    world.screens.watch(world.uuids, 0.005)
    world.screens.refresh()
    store.connection_restored()
    until(lambda: store.current.connection.value == "live")
    assert sum(world.camera.asked.values()) == 0
    world.screens.watch(world.uuids, 3600.0)
    until(lambda: len(world.camera.asked) == 8)


def test_another_pace_counts_from_now_on(world: World) -> None:
    uuid = world.uuids[0]
    world.screens.watch([uuid], None)
    until(lambda: world.screens.of(uuid).shot)
    world.screens.watch([uuid], 0.01)
    until(lambda: world.camera.asked[uuid] > 3)
    world.screens.watch([uuid], 3600.0)
    world.screens.watch([uuid], None)
    until(lambda: world.camera.at_once == 0)


def test_pictures_out_of_view_are_kept_for_a_while_but_not_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 4)
    for uuid in world.uuids[:8]:
        world.screens.watch([uuid], None)
        until(lambda: world.screens.of(uuid).shot)  # noqa: B023 - awaited within the loop
    world.screens.watch([world.uuids[7]], None)
    kept = [uuid for uuid in world.uuids if world.screens.of(uuid).shot]
    assert kept == world.uuids[4:8]
