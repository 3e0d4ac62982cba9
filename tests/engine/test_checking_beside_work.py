"""A check beside work that is going on takes nothing of it for damage."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qq2clone_tui.domain.job import EntryState
from qq2clone_tui.domain.plan import Plan

from .check_lab import Lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(tmp_path)
    lab.template(copy=True)
    lab.clone(4)
    yield lab
    lab.close()


def uuids(lab: Lab) -> list[str]:
    """Return the UUIDs of the clones in order of their numbers, as they are now."""
    machines = lab.session.inventory.refresh().machines.values()
    return [machine.uuid for machine in sorted(machines, key=lambda one: one.number) if not machine.staging]


def failures(lab: Lab, *plans: Plan) -> int:
    """Carry out plans and return how many machines failed."""
    return sum(lab.session.jobs.run(plan).count(EntryState.FAILED) for plan in plans)


def clones_come_and_go(lab: Lab) -> int:
    session, failed = lab.session, 0
    for _ in range(5):
        failed += failures(lab, session.plan_clone("web", 3))
        known = uuids(lab)
        failed += failures(lab, session.renewal.plan_reset(known[:2]), session.plan_remove(known[4:]))
    return failed


def versions_come_and_go(lab: Lab) -> int:
    session, failed = lab.session, 0
    for number in range(4):
        session.staging.prepare("web", start=False)
        session.staging.commit("web", note=f"the {number}th")
        known = uuids(lab)
        failed += failures(lab, session.renewal.plan_upgrade(known[:2]), session.renewal.plan_reset(known[2:]))
        session.pruning.prune(session.pruning.plan_prune("web"), lambda _: None, threading.Event())
    return failed


@pytest.mark.parametrize("work", [clones_come_and_go, versions_come_and_go])
def test_nothing_is_found_while_others_are_at_work(lab: Lab, work: Callable[[Lab], int]) -> None:
    checks = 0
    with ThreadPoolExecutor(1) as beside:
        working = beside.submit(work, lab)
        while not working.done() or not checks:
            checks += 1
            assert lab.check(mend=False).findings == ()
    assert working.result() == 0
    assert checks > 3
    assert lab.check(digests=True).findings == ()
    assert len(lab.catalogue.clones()) == 4
