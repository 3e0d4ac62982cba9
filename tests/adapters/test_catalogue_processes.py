"""Several processes use one catalogue at once, and one that is killed leaves it sound."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.owners import Owner, alive, this_process
from qq2clone_tui.domain.clone import CloneStatus, SavedState

from .catalogue_samples import Ask, template

PRELUDE = """
import sys
from pathlib import Path
from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from tests.adapters.catalogue_samples import Ask
place = Path(sys.argv[1])
catalogue = SqliteCatalogue(place / "one.sqlite", place / "templates")
def tell(text):
    print(text, flush=True)
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[SqliteCatalogue]:
    opened = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    opened.add_template(template())
    yield opened
    opened.close()


@contextmanager
def process(place: Path, script: str) -> Iterator["subprocess.Popen[str]"]:
    root = Path(__file__).parents[2]
    started = subprocess.Popen(
        [sys.executable, "-c", PRELUDE + script, str(place)],
        cwd=root,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def lines(started: "subprocess.Popen[str]", count: int) -> list[str]:
    assert started.stdout
    return [started.stdout.readline().strip() for _ in range(count)]


def test_four_processes_at_once_never_take_the_same_number(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    script = """
tell("ready")
sys.stdin.readline()
for _ in range(10):
    for record in catalogue.reserve(Ask(count=5)):
        tell(record.identity.number)
"""
    with (
        process(tmp_path, script) as one,
        process(tmp_path, script) as two,
        process(tmp_path, script) as three,
        process(tmp_path, script) as four,
    ):
        workers = (one, two, three, four)
        for worker in workers:
            assert lines(worker, 1) == ["ready"]
        for worker in workers:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        taken = [int(number) for worker in workers for number in lines(worker, 50)]
    assert sorted(taken) == list(range(1, 201))
    assert [one.identity.number for one in catalogue.clones()] == list(range(1, 201))


def test_processes_may_make_one_new_catalogue_at_the_same_time(tmp_path: Path) -> None:
    script = "tell(catalogue.revision()); sys.stdin.readline()"
    with process(tmp_path, script) as one, process(tmp_path, script) as two, process(tmp_path, script) as three:
        assert [lines(worker, 1) for worker in (one, two, three)] == [["0"]] * 3


def test_a_process_killed_in_the_middle_of_a_reservation_has_taken_nothing(
    tmp_path: Path, catalogue: SqliteCatalogue
) -> None:
    script = """
class Slow(Ask):
    def files(self, identity):
        if identity.number == 20:
            tell("inside")
            sys.stdin.readline()
        return super().files(identity)
catalogue.reserve(Slow(count=30))
"""
    with process(tmp_path, script) as worker:
        assert lines(worker, 1) == ["inside"]
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait(30)
    assert catalogue.clones() == []
    assert [one.identity.number for one in catalogue.reserve(Ask(count=2))] == [1, 2]


def test_a_process_killed_after_its_reservation_leaves_it_to_be_cleared_up(
    tmp_path: Path, catalogue: SqliteCatalogue
) -> None:
    script = """
records = catalogue.reserve(Ask(count=4))
uuids = [record.identity.uuid for record in records]
catalogue.mark_ready(uuids[1:])
catalogue.mark_removing(uuids[3:])
tell("done")
sys.stdin.readline()
"""
    (ours,) = catalogue.reserve(Ask())
    with process(tmp_path, script) as worker:
        assert lines(worker, 1) == ["done"]
        assert catalogue.abandoned() == []
        os.kill(worker.pid, signal.SIGKILL)
        # Nobody has waited for it yet: it still has a process ID, and is gone all the same.
        deadline = time.monotonic() + 30
        while not catalogue.abandoned() and time.monotonic() < deadline:
            time.sleep(0.01)
        left = [(one.identity.number, one.status) for one in catalogue.abandoned()]
    assert left == [(2, CloneStatus.MAKING), (5, CloneStatus.REMOVING)]
    assert all(one.files for one in catalogue.abandoned())
    catalogue.forget([one.identity.uuid for one in catalogue.abandoned()])
    assert catalogue.abandoned() == []
    assert catalogue.clone(ours.identity.uuid) == ours


def test_a_process_that_took_over_a_removal_is_the_one_that_counts(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    with process(tmp_path, "catalogue.reserve(Ask(count=2)); tell('done')") as worker:
        assert lines(worker, 1) == ["done"]
        worker.wait(30)
    first, second = catalogue.abandoned()
    catalogue.mark_removing([first.identity.uuid])
    assert catalogue.abandoned() == [second]


def test_a_process_id_used_again_or_from_an_earlier_boot_is_another_process() -> None:
    me = this_process()
    assert me.pid == os.getpid()
    assert alive(me)
    assert not alive(Owner(me.boot, me.pid, me.started + 1))
    assert not alive(Owner("an earlier boot", me.pid, me.started))
    assert not alive(Owner(me.boot, 2**22 + 1, me.started))


def test_readers_do_not_wait_for_a_writer_of_another_process(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    script = """
class Slow(Ask):
    def files(self, identity):
        tell("inside")
        sys.stdin.readline()
        return super().files(identity)
catalogue.reserve(Slow())
tell("out")
"""
    with process(tmp_path, script) as worker:
        assert lines(worker, 1) == ["inside"]
        assert catalogue.clones() == []
        assert len(catalogue.templates()) == 1
        before = catalogue.revision()
        assert worker.stdin
        worker.stdin.write("on\n")
        worker.stdin.flush()
        assert lines(worker, 1) == ["out"]
    assert catalogue.revision() > before


def test_a_process_killed_at_any_instant_leaves_the_catalogue_sound(tmp_path: Path, catalogue: SqliteCatalogue) -> None:
    script = """
while True:
    uuids = [record.identity.uuid for record in catalogue.reserve(Ask(count=7))]
    tell("reserved")
    catalogue.mark_ready(uuids)
    catalogue.mark_removing(uuids[3:])
    catalogue.forget(uuids[5:])
    tell("changed")
"""
    for kill_after in range(1, 9):
        with process(tmp_path, script) as worker:
            lines(worker, kill_after)
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait(30)
        database = sqlite3.connect(tmp_path / "one.sqlite")
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.close()
        left = catalogue.clones()
        unfinished = {one.identity.uuid for one in left if one.status is not CloneStatus.READY}
        assert {one.identity.uuid for one in catalogue.abandoned()} == unfinished
        # Each round leaves three ready and two being removed; the last one may have stopped between two changes.
        rounds = range(len(left) + 1)
        between = [(0, 0), (0, 7), (7, 0), (3, 4)]
        whole = {(3 * done + ready, 2 * done + other) for done in rounds for ready, other in between}
        assert (len(left) - len(unfinished), len(unfinished)) in whole
        assert all(len(one.files) == 2 and len(one.identity.macs) == 1 for one in left)
        catalogue.forget([one.identity.uuid for one in left])
        assert [one.identity.number for one in catalogue.reserve(Ask(count=1))] == [1]
        catalogue.forget([one.identity.uuid for one in catalogue.clones()])


def test_two_states_are_put_back_at_once_while_a_machine_is_being_made(tmp_path: Path) -> None:
    catalogue = SqliteCatalogue(tmp_path / "data" / "one.sqlite", tmp_path / "templates")
    catalogue.add_template(template())
    uuids = [record.identity.uuid for record in catalogue.reserve(Ask(count=2))]
    catalogue.mark_ready(uuids)
    for number, uuid in enumerate(uuids):
        catalogue.saved.put(uuid, SavedState(f"/images/{number}.save"))
        catalogue.saved.begin_restoring(uuid)
    (made,) = catalogue.reserve(Ask(count=1))
    assert {record.identity.uuid for record in catalogue.clones()} == {*uuids, made.identity.uuid}
    catalogue.close()
