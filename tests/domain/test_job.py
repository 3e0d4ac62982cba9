"""A ledger tells of every machine, and its exit code is that of the first failure."""

from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.clone import CloneIdentity
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError, HypervisorError
from qq2clone_tui.domain.job import Entry, EntryState, Ledger
from qq2clone_tui.domain.plan import Action, CloneSpec, Plan, Step

STEPS = tuple(Step(Action.REMOVE, f"u{n}", f"debian12-{n}", removes=(f"/i/{n}",), frees=n) for n in range(1, 5))
PLAN = Plan(Action.REMOVE, STEPS)
FAULT = HypervisorError("cannot start", subject="debian12-2", why="no memory")


def test_a_ledger_opens_with_every_machine_queued() -> None:
    ledger = Ledger.opening(7, PLAN)
    assert [entry.step for entry in ledger.entries] == list(STEPS)
    assert ledger.count(EntryState.QUEUED) == 4
    assert (ledger.job, ledger.exit_code, ledger.failed(), ledger.finished, ledger.cancelled) == (
        7,
        0,
        (),
        False,
        False,
    )


def test_a_change_of_one_entry_leaves_the_older_picture_as_it_was() -> None:
    before = Ledger.opening(1, PLAN)
    after = before.with_entry(1, EntryState.FAILED, FAULT)
    assert before == Ledger.opening(1, PLAN)
    assert after.entries[1] == Entry(STEPS[1], EntryState.FAILED, "cannot start 'debian12-2': no memory.", 16)
    assert (after.entries[0], *after.entries[2:]) == (before.entries[0], *before.entries[2:])


def test_the_exit_code_is_that_of_the_first_failure_in_plan_order() -> None:
    ledger = Ledger.opening(1, PLAN)
    ledger = ledger.with_entry(3, EntryState.FAILED, AccessError("cannot delete"))
    assert ledger.exit_code == 10
    ledger = ledger.with_entry(0, EntryState.DONE).with_entry(1, EntryState.FAILED, FAULT)
    assert ledger.exit_code == 16
    assert [entry.step.name for entry in ledger.failed()] == ["debian12-2", "debian12-4"]


def test_a_skipped_machine_has_a_reason_and_no_exit_code() -> None:
    ledger = Ledger.opening(1, PLAN).with_entry(2, EntryState.SKIPPED, "is off")
    assert ledger.entries[2].reason == "is off"
    assert ledger.exit_code == 0


def test_a_retried_entry_forgets_its_failure() -> None:
    ledger = Ledger.opening(1, PLAN).with_entry(0, EntryState.FAILED, FAULT).with_entry(0, EntryState.DONE)
    assert ledger.entries[0] == Entry(STEPS[0], EntryState.DONE)
    assert ledger.exit_code == 0


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(EntryState)), max_size=20))
def test_the_counts_always_add_up(changes: list[tuple[int, EntryState]]) -> None:
    ledger = Ledger.opening(1, PLAN)
    for index, state in changes:
        ledger = ledger.with_entry(index, state, FAULT if state is EntryState.FAILED else None)
    assert sum(ledger.count(state) for state in EntryState) == len(STEPS)
    assert ledger.count(EntryState.FAILED) == len(ledger.failed())
    assert (ledger.exit_code != 0) is bool(ledger.failed())


def test_a_plan_adds_up_what_it_makes_and_removes() -> None:
    identity = CloneIdentity("debian12", 1, 9, "debian12-9", "u9")
    images = tuple(ImageSpec(f"/i/9-{disk}", ImageKind.OVERLAY, "/base", "qcow2", 1) for disk in "ab")
    making = Plan(
        Action.CLONE, (Step(Action.CLONE, "u9", "debian12-9", clone=CloneSpec(identity, images)),), template="debian12"
    )
    assert (making.title, making.files_made, making.files_removed) == ("clone 1 of debian12", ("/i/9-a", "/i/9-b"), ())
    assert (PLAN.title, PLAN.files_made, PLAN.bytes_freed) == ("rm 4", (), 10)
    assert PLAN.files_removed == ("/i/1", "/i/2", "/i/3", "/i/4")
