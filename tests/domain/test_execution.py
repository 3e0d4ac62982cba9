"""What a run over machines says of each, and which results count as the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.execution import ExecEntry, ExecLedger, ExecState, Manner, groups
from qq2clone_tui.domain.outcome import Ending, Outcome, Output

OUTPUTS = st.builds(Output, st.sampled_from([b"", b"a", b"b"]), st.just(b""), st.integers(0, 2))
OUTCOMES = st.builds(
    Outcome, st.sampled_from(Ending), st.integers(0, 2), OUTPUTS, OUTPUTS, st.floats(0, 9), st.sampled_from(["", "why"])
)
ENTRIES = st.lists(
    st.builds(ExecEntry, st.uuids().map(str), st.just("web"), st.integers(1, 9), st.just(ExecState.DONE), OUTCOMES),
    unique_by=lambda entry: entry.uuid,
    max_size=30,
).map(tuple)


def result(entry: ExecEntry) -> tuple[object, ...]:
    assert entry.outcome is not None
    outcome = entry.outcome
    return outcome.ending, outcome.code, outcome.stdout, outcome.stderr, outcome.why


@given(ENTRIES)
def test_every_machine_is_in_one_group_with_those_of_its_result(entries: tuple[ExecEntry, ...]) -> None:
    found = groups(entries)
    assert sorted(entry.uuid for group in found for entry in group.members) == sorted(entry.uuid for entry in entries)
    for group in found:
        assert {result(entry) for entry in group.members} == {result(group.sample)}
    assert len({result(group.sample) for group in found}) == len(found)


@given(ENTRIES)
def test_the_largest_group_comes_first_and_members_keep_their_order(entries: tuple[ExecEntry, ...]) -> None:
    found = groups(entries)
    sizes = [len(group.members) for group in found]
    assert sizes == sorted(sizes, reverse=True)
    for group in found:
        places = [entries.index(entry) for entry in group.members]
        assert places == sorted(places)


def test_outputs_that_differ_only_in_what_was_left_out_are_not_the_same() -> None:
    one, other = (Outcome(Ending.EXITED, stdout=Output(b"a", b"z", 99, digest)) for digest in (b"1", b"2"))
    entries = tuple(
        ExecEntry(name, name, 1, ExecState.DONE, outcome) for name, outcome in (("a", one), ("b", other), ("c", one))
    )
    assert [[entry.name for entry in group.members] for group in groups(entries)] == [["a", "c"], ["b"]]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (Outcome(Ending.EXITED, 3), "exit 3"),
        (Outcome(Ending.SIGNALLED, 9), "killed by SIGKILL"),
        (Outcome(Ending.SIGNALLED, 40), "killed by signal 40"),
        (Outcome(Ending.TIMED_OUT), "timed out"),
        (Outcome(Ending.UNKNOWN, why="there is no agent"), "there is no agent"),
    ],
)
def test_an_end_is_told_in_a_few_words(outcome: Outcome, words: str) -> None:
    entry = ExecEntry("u", "web-1", 1, ExecState.DONE, outcome)
    assert entry.verdict == words
    assert entry.failed


def test_a_snapshot_is_not_changed_by_what_follows() -> None:
    first = ExecLedger(1, "true", Manner(), (ExecEntry("u", "web-1", 1), ExecEntry("v", "web-2", 2)))
    later = first.with_entry(1, ExecState.DONE, Outcome(Ending.EXITED, 1))
    assert first.count(ExecState.QUEUED) == 2
    assert [entry.name for entry in later.failed] == ["web-2"]
