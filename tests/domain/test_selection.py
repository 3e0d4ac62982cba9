"""A set selects what it says, whatever the order, and a bad one is pointed at."""

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.errors import SelectionError
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.selection import STATE_WORDS, matching, parse
from qq2clone_tui.domain.selection_terms import fits
from qq2clone_tui.domain.states import DomainState, PowerVerb, refusal

from .machines import machine

STATES = list(DomainState)
FLEET = [machine(number, STATES[number % len(STATES)]) for number in range(1, 13)]
TAGS = {"web": frozenset({"debian12:2", "debian12:7"}), "idle": frozenset({"debian12:5"}), "none": frozenset[str]()}


def numbers(text: str, machines: list[Machine] | None = None) -> list[int]:
    return [one.number for one in parse(text).resolve(FLEET if machines is None else machines, tags=TAGS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", [3]),
        ("007", [7]),
        ("2-5", [2, 3, 4, 5]),
        ("4-4", [4]),
        ("1,2-5,^3", [1, 2, 4, 5]),
        ("^3,1,2-5", [1, 2, 4, 5]),
        ("1-10,^3-7", [1, 2, 8, 9, 10]),
        ("5,1,3,1", [1, 3, 5]),
        ("all", list(range(1, 13))),
        ("all,^all,1", None),
        ("1,^1", None),
        ("1,1000", [1]),
        ("10-999999999999", [10, 11, 12]),
        ("running", [9]),
        ("off,crashed", [4, 5]),
        ("all,^running,^1-8", [10, 11, 12]),
        ("in-shutdown", [3, 12]),
        ("debian12-3", [3]),
        ("debian12-1*", [1, 10, 11, 12]),
        ("*", list(range(1, 13))),
        ("*-1*,^*2", [1, 10, 11]),
        ("@web", [2, 7]),
        ("all,^@web,^8-12", [1, 3, 4, 5, 6]),
        ("@idle", [5]),
        ("idle", [1, 10]),
        ("1,debian12-999", [1]),
        ("1,^debian12-999", [1]),
        ("2,ubuntu*", [2]),
    ],
)
def test_a_set_selects_what_it_says(text: str, expected: list[int] | None) -> None:
    if expected is None:
        with pytest.raises(SelectionError, match="no existing machine"):
            numbers(text)
    else:
        assert numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "column", "why"),
    [
        ("", 0, "empty"),
        (",", 0, "missing"),
        ("1,", 2, "missing"),
        ("1,,2", 2, "missing"),
        ("^", 1, "nothing follows"),
        ("1,^", 3, "nothing follows"),
        ("1, 2", 2, "no spaces"),
        ("1,2 ", 3, "no spaces"),
        ("1,\t2", 2, "no spaces"),
        ("1\u00a0", 1, "no spaces"),
        ("web\x1b[31m", 3, "control character"),
        ("web\x00", 3, "control character"),
        ("0", 0, "begin at 1"),
        ("3,^0", 3, "begin at 1"),
        ("0-4", 0, "begin at 1"),
        ("1-0", 2, "begin at 1"),
        ("1,5-2", 2, "reversed"),
        ("all,^5-2", 5, "reversed"),
        ("3-", 2, "both sides"),
        ("1,-3", 2, "both sides"),
        ("1,^^3", 3, "stands once"),
        ("1^2", 1, "stands once"),
        ("@", 1, "missing after @"),
        ("1," + "9" * 5000, 2, "too large"),
        ("1-" + "9" * 19, 2, "too large"),
        ("^1", 0, "only excludes"),
        ("^1,^running", 0, "only excludes"),
    ],
)
def test_a_malformed_set_is_refused_with_a_caret_under_the_fault(text: str, column: int, why: str) -> None:
    with pytest.raises(SelectionError, match=why) as caught:
        parse(text)
    assert caught.value.column == column
    assert caught.value.caret() == f"{text}\n{' ' * column}^"
    assert caught.value.exit_code == 12


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("runing", 0, "Did you mean running?"),
        ("1,^of", 3, "Did you mean off?"),
        ("all,^debian12", 5, "no number, range, state, tag or machine"),
        ("1,debain12-3", 2, "Did you mean debian12-3?"),
        ("1-2-3", 0, "no number, range, state, tag or machine"),
        ("OFF", 0, "States: all, crashed, idle, in-shutdown, missing, off, paused, pmsuspended, running, saved."),
        ("@wbe", 0, "Did you mean @web?"),
        ("[red]", 0, "[red] is no number"),
        ("²", 0, "no number"),
        ("$(reboot)", 0, "no number"),
        ("../../etc", 0, "no number"),
    ],
)
def test_an_unknown_word_is_an_error_that_suggests_another(text: str, column: int, hint: str) -> None:
    with pytest.raises(SelectionError) as caught:
        numbers(text)
    assert caught.value.column == column
    assert hint in caught.value.paragraph()


def test_a_name_may_look_like_anything_but_a_number_or_state() -> None:
    fleet = [machine(1, name="1-2-3"), machine(2, name="off"), machine(3, name="a@b"), machine(4, name="7")]
    assert numbers("1-2-3", fleet) == [1]
    assert numbers("a@b", fleet) == [3]
    assert numbers("of*", fleet) == [2]
    assert numbers("off,^3", fleet) == [1, 2, 4]
    with pytest.raises(SelectionError, match="no existing machine"):
        numbers("7", fleet)


def test_an_empty_fleet_is_said_to_be_empty() -> None:
    with pytest.raises(SelectionError, match="no machines to choose from"):
        numbers("all", [])


def test_machines_of_several_templates_come_in_number_order() -> None:
    fleet = [machine(2, template="b"), machine(1, template="b"), machine(2, template="a")]
    assert [one.name for one in parse("all").resolve(fleet)] == ["b-1", "a-2", "b-2"]


def test_a_set_that_the_verb_cannot_act_on_says_why_for_every_machine() -> None:
    fleet = [machine(n) for n in range(1, 6)] + [machine(6, DomainState.SAVED)]
    with pytest.raises(SelectionError) as caught:
        parse("all").resolve(fleet, actionable=lambda one: refusal(PowerVerb.SUSPEND, one.state))
    why = caught.value.why
    assert "debian12-1, debian12-2, debian12-3 and 2 more: each is off" in why
    assert "debian12-6 is saved" in why


def test_machines_that_the_verb_cannot_act_on_stay_in_so_that_a_plan_can_name_them() -> None:
    def even(one: Machine) -> str | None:
        return "is odd" if one.number % 2 else None

    assert [one.number for one in parse("1-2").resolve(FLEET, actionable=even)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "expected", "good"),
    [
        ("", set(), False),
        ("1", {1}, True),
        ("1,", {1}, False),
        ("1,2-", {1}, False),
        ("1,^", {1}, False),
        ("1-3,^2", {1, 3}, True),
        ("^2", set(), False),
        ("run", set(), False),
        ("3,run", {3}, False),
        ("debian12-1*,@web", {1, 2, 7, 10, 11, 12}, True),
    ],
)
def test_a_set_selects_what_it_can_while_it_is_being_typed(text: str, expected: set[int], good: bool) -> None:
    uuids, fault = matching(text, FLEET, tags=TAGS)
    assert uuids == {f"debian12:{number}" for number in expected}
    assert (fault is None) is good


# A term as text, together with a naive rule of what it selects: the oracle.
Rule = Callable[[Machine], bool]


def _number(first: int) -> tuple[str, Rule]:
    return str(first), lambda one: one.number == first


def _range(bounds: tuple[int, int]) -> tuple[str, Rule]:
    low, high = sorted(bounds)
    return f"{low}-{high}", lambda one: one.number in range(low, high + 1)


def _state(word: str) -> tuple[str, Rule]:
    return word, lambda one: word in ("all", one.state.value)


def _pattern(start: str) -> tuple[str, Rule]:
    return f"{start}*", lambda one: one.name[: len(start)] == start


positive = st.integers(1, 20)
terms = st.one_of(
    positive.map(_number),
    st.tuples(positive, positive).map(_range),
    st.sampled_from(sorted(STATE_WORDS)).map(_state),
    st.sampled_from(["deb", "debian12-1", "x", ""]).map(_pattern),
)
fleets = st.lists(st.tuples(positive, st.sampled_from(STATES)), unique_by=lambda pair: pair[0], max_size=12)


@given(st.lists(terms, min_size=1, max_size=4), st.lists(terms, max_size=3), fleets, st.randoms())
def test_every_order_of_terms_agrees_with_reading_them_one_by_one(
    wanted: list[tuple[str, Rule]],
    unwanted: list[tuple[str, Rule]],
    fleet: list[tuple[int, DomainState]],
    random: Random,
) -> None:
    machines = [machine(number, state) for number, state in fleet]
    pieces = [text for text, _ in wanted] + [f"^{text}" for text, _ in unwanted]
    random.shuffle(pieces)
    expected = sorted(
        one.number
        for one in machines
        if any(rule(one) for _, rule in wanted) and not any(rule(one) for _, rule in unwanted)
    )
    try:
        got = numbers(",".join(pieces), machines)
    except SelectionError:
        got = []
    assert got == expected
    assert {f"debian12:{number}" for number in expected} == matching(",".join(pieces), machines)[0]


@given(st.text(max_size=30))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for attempt in (parse, lambda text: parse(text).resolve(FLEET)):
        try:
            attempt(text)
        except SelectionError as fault:
            assert 0 <= fault.column <= len(text)
    matching(text, FLEET)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("web-*", "web-", True),
        ("ab*b", "ab", False),
        ("ab*b", "abb", True),
        ("a*bc*c", "abc", False),
        ("a*bc*c", "abcc", True),
        ("*a*", "b", False),
        ("**", "", True),
        ("web*", "Web-1", False),
        ("we.*", "web-1", False),
        ("[a-z]*", "web-1", False),
        ("?eb*", "web-1", False),
    ],
)
def test_head_and_tail_of_a_pattern_share_no_letter_and_only_the_star_is_special(
    pattern: str, name: str, expected: bool
) -> None:
    assert fits(pattern, name) is expected


@given(st.text(alphabet="ab*", max_size=6), st.text(alphabet="ab", max_size=5))
def test_a_star_stands_for_any_text(pattern: str, name: str) -> None:
    def naive(pattern: str, name: str) -> bool:
        if not pattern:
            return not name
        if pattern[0] == "*":
            return any(naive(pattern[1:], name[start:]) for start in range(len(name) + 1))
        return bool(name) and pattern[0] == name[0] and naive(pattern[1:], name[1:])

    assert fits(pattern, name) is naive(pattern, name)


def test_a_pattern_of_many_stars_is_quick_on_a_long_name() -> None:
    assert not fits("*a" * 200 + "*b", "a" * 2000)
