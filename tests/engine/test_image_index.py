"""The index of images is right after every change, and reads no more than it has to."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest

from qq2clone_tui.adapters.memory.census import MemoryCensus
from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import ConnectionFailed
from qq2clone_tui.domain.image_graph import Image, ImageGraph
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.index import domain_disks, image_index
from qq2clone_tui.engine.index.image_index import ImageIndex
from qq2clone_tui.engine.ports.survey import ImageSurvey

Machine = tuple[DomainSummary, tuple[str, ...]]
SWEEP = "all"
STRANGER = "11111111-2222-3333-4444-555555555555"


class Counted:
    """A census that remembers what was read."""

    def __init__(self, census: MemoryCensus) -> None:
        self._census = census
        self.read: list[str] = []

    def all(self) -> Mapping[str, Machine]:
        """Note a sweep."""
        self.read.append(SWEEP)
        return self._census.all()

    def one(self, uuid: str) -> Machine | None:
        """Note a single look."""
        self.read.append(uuid)
        return self._census.one(uuid)


@pytest.fixture
def counted(fleet: SampleFleet, template: Template) -> Counted:
    """What is read of three clones."""
    fleet.add_clones(template, [DomainState.OFF] * 3)
    counted = Counted(fleet.hypervisor.census)
    vars(fleet.hypervisor)["census"] = counted
    return counted


@pytest.fixture
def index(fleet: SampleFleet, counted: Counted) -> ImageIndex:
    """The index of the fleet."""
    return ImageIndex(fleet.hypervisor, fleet.images, fleet.catalogue)


def stranger(path: str, name: str = "stranger", source: str = "file='{}'") -> str:
    """Return the XML of a machine that is not ours, with a disk."""
    named = source.format(path)
    return (
        f"<domain type='qemu'><name>{name}</name><uuid>{STRANGER}</uuid><memory>1</memory>"
        f"<devices><disk type='file'><source {named}/><target dev='vda'/></disk></devices></domain>"
    )


def unseen(fleet: SampleFleet, xml: str) -> None:
    """Change the stranger's definition as ``virsh attach-disk --config`` does: no event tells of it."""
    hypervisor = fleet.hypervisor
    listeners, hypervisor._listeners = hypervisor._listeners, []
    hypervisor.define(xml)
    hypervisor._listeners = listeners


def needs(index: ImageIndex, path: str, *, by_events: bool = False) -> tuple[str, ...]:
    """Return who uses a file, beside the template that it belongs to."""
    return tuple(str(user) for user in index.graph(by_events=by_events).direct_users(path) if "@v" not in str(user))


def test_what_has_not_changed_is_not_read_again(index: ImageIndex, counted: Counted) -> None:
    for _ in range(3):
        index.graph(by_events=True)
    assert counted.read == [SWEEP]


def test_after_an_event_only_the_machine_that_changed_is_read(
    fleet: SampleFleet, index: ImageIndex, counted: Counted
) -> None:
    index.graph(by_events=True)
    uuid = next(iter(fleet.hypervisor.census.all()))
    del counted.read[:]
    fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    path = fleet.catalogue.clones()[0].files[0]
    assert [user.active for user in index.graph(by_events=True).direct_users(path)] == [True]
    assert counted.read == [uuid]


def test_many_changes_are_read_in_one_sweep(
    fleet: SampleFleet, index: ImageIndex, counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_disks, "READ_ALL_FROM", 2)
    index.graph(by_events=True)
    for uuid in list(fleet.hypervisor.census.all()):
        fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    del counted.read[:]
    index.graph(by_events=True)
    assert counted.read == [SWEEP]


def test_a_change_that_no_event_tells_of_is_known_to_who_is_about_to_write(
    fleet: SampleFleet, index: ImageIndex, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_disks, "FRESH_SECONDS", 0.0)
    base = template.disks[0].image
    fleet.hypervisor.define(stranger("/srv/other.qcow2"))
    assert needs(index, base) == ()
    unseen(fleet, stranger(base))
    assert needs(index, base, by_events=True) == ()
    assert needs(index, base) == ("the machine stranger",)


def test_a_job_over_many_machines_reads_them_once(index: ImageIndex, counted: Counted) -> None:
    for _ in range(50):
        index.graph()
    assert counted.read == [SWEEP]


def test_machines_that_come_and_go_are_users_as_long_as_they_are_there(
    fleet: SampleFleet, index: ImageIndex, template: Template
) -> None:
    base = template.disks[0].image
    assert needs(index, base, by_events=True) == ()
    fleet.hypervisor.define(stranger(base))
    assert needs(index, base, by_events=True) == ("the machine stranger",)
    fleet.hypervisor.rename(STRANGER, "renamed")
    assert needs(index, base, by_events=True) == ("the machine renamed",)
    fleet.hypervisor.undefine(STRANGER)
    assert needs(index, base, by_events=True) == ()


def test_a_volume_is_looked_for_at_every_sweep_since_its_pool_may_have_come(
    fleet: SampleFleet, index: ImageIndex, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain_disks, "FRESH_SECONDS", 0.0)
    base = template.disks[0].image
    fleet.hypervisor.define(stranger("pool", source="pool='{}' volume='base'").replace("type='file'", "type='volume'"))
    assert needs(index, base) == ()
    fleet.hypervisor.volumes["pool/base"] = base
    assert needs(index, base) == ("the machine stranger",)


def test_nothing_is_trusted_after_a_question_that_failed(
    fleet: SampleFleet, index: ImageIndex, counted: Counted
) -> None:
    index.graph(by_events=True)
    uuid = next(iter(fleet.hypervisor.census.all()))
    fleet.hypervisor.set_state(uuid, DomainState.RUNNING)
    fleet.hypervisor.gone = True
    with pytest.raises(ConnectionFailed):
        index.graph(by_events=True)
    fleet.hypervisor.gone = False
    del counted.read[:]
    index.graph(by_events=True)
    assert counted.read == [SWEEP]


def test_what_any_process_records_is_known_at_the_next_question(fleet: SampleFleet, index: ImageIndex) -> None:
    index.graph(by_events=True)
    (record, *_) = fleet.catalogue.clones()
    moved = replace(record, files=("/srv/elsewhere.qcow2",))
    fleet.catalogue.restore([moved])
    assert index.graph(by_events=True).paths_of(record.identity.uuid) == tuple(sorted((*record.files, *moved.files)))


def test_without_machines_what_is_recorded_is_told_and_the_hypervisor_left_alone(
    index: ImageIndex, counted: Counted, template: Template
) -> None:
    assert [user.name for user in index.graph(machines=False).direct_users(template.disks[0].image)] == ["web@v1"]
    assert counted.read == []


def test_nothing_is_heard_once_it_is_stopped(fleet: SampleFleet, index: ImageIndex) -> None:
    index.graph(by_events=True)
    index.stop()
    assert fleet.hypervisor._listeners == []


class SlowSurvey:
    """A survey of which the first look lasts until many have asked."""

    def __init__(self, survey: ImageSurvey, asked: threading.Semaphore, questions: int) -> None:
        self._survey = survey
        self._asked = asked
        self._questions = questions
        self.looks = 0

    def look(self, directories: Iterable[str], paths: Iterable[str]) -> Mapping[str, Image]:
        """Look; at first, wait for everybody's question."""
        self.looks += 1
        if self.looks == 1:
            assert all(self._asked.acquire(timeout=20) for _ in range(self._questions))
        return self._survey.look(directories, paths)


def test_those_who_ask_meanwhile_share_one_answer_that_is_no_older_than_their_question(
    fleet: SampleFleet, index: ImageIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, asked, answers = 12, threading.Semaphore(0), list[ImageGraph]()
    survey = SlowSurvey(fleet.images.survey, asked, threads + 1)  # the first looks at the clock twice
    monkeypatch.setattr(fleet.images, "survey", survey)

    def clock() -> float:
        now = time.monotonic()
        asked.release()
        return now

    monkeypatch.setattr(image_index, "time", SimpleNamespace(monotonic=clock))
    askers = [threading.Thread(target=lambda: answers.append(index.graph())) for _ in range(threads)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join(30)
    assert len(answers) == threads
    assert survey.looks == 2
