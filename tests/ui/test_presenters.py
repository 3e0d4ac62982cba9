"""What is written on the screen: figures in five cells, names made harmless, plans in full."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from qq2clone_tui.domain.clone import CloneStatus
from qq2clone_tui.domain.inventory import Inventory, Machine, TemplateSummary
from qq2clone_tui.domain.plan import Action, Danger, Plan, Refusal, Step
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.desk import Place
from qq2clone_tui.ui.presenters.figures import age, amount, bar, share, sparkline
from qq2clone_tui.ui.presenters.machines import COLUMNS, GLYPHS, Row, state_cell
from qq2clone_tui.ui.presenters.plans import phrase, plan_lines, question
from qq2clone_tui.ui.presenters.text import Line, fit, visible
from qq2clone_tui.ui.presenters.tree import branches, tree_line


def words(lines: list[Line]) -> str:
    return "\n".join("".join(cell.text for cell in entry.cells) for entry in lines)


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, "-"), (0, "0"), (5, "5B"), (999, "999B"), (1023, "1.0K"), (200704, "196K"), (1 << 20, "1.0M"),
     (10 << 20, "10M"), (999 << 20, "999M"), (1023 << 20, "1.0G"), (5 << 40, "5.0T")],
)  # fmt: skip
def test_bytes_are_written_in_binary_units(size: int | None, text: str) -> None:
    assert amount(size) == text


@given(st.integers(min_value=0, max_value=1 << 62))
def test_bytes_never_take_more_than_five_cells(size: int) -> None:
    assert len(amount(size)) <= 5


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "now"), (0, "now"), (59, "now"), (60, "1m"), (3599, "60m"), (3600, "1h"), (86_400 * 3, "3d"),
     (86_400 * 20, "3w"), (31_557_600 * 2, "2y")],
)  # fmt: skip
def test_ages_are_written_in_their_largest_unit(seconds: float, text: str) -> None:
    assert age(seconds) == text


def test_unknown_figures_are_a_dash() -> None:
    assert share(None) == "-"
    assert share(12.4) == "12%"


def test_a_sparkline_keeps_its_width_and_its_newest_value_at_the_right() -> None:
    assert sparkline((0.0, 100.0), 4) == "  ▁█"
    assert len(sparkline(tuple(range(100)), 10)) == 10
    assert bar(0.5, 4) == "━━╌╌"


@given(st.text())
def test_a_name_never_carries_a_control_character_to_the_terminal(name: str) -> None:
    assert visible(name).isprintable()


@given(st.text(), st.integers(min_value=1, max_value=40), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(visible(text), width, right=right)) == width


def test_every_state_is_told_by_a_glyph_of_its_own_and_its_word() -> None:
    assert len(set(GLYPHS.values())) == len(GLYPHS)
    for state in DomainState:
        cell = state_cell(Machine("u", "t", 1, 1, "t-1", state))
        assert cell.text == f"{GLYPHS[state]} {state.value}"
        assert cell_len(cell.text) <= 13


def test_every_column_fits_its_own_content() -> None:
    row = Row(Machine("u", "t", 99, 9999, "t", DomainState.IN_SHUTDOWN, created_at=0.0), now=1e9)
    for column in COLUMNS:
        if column.width:
            assert cell_len(column.cell(row).text) <= column.width, column.id


def removal(count: int) -> Plan:
    steps = tuple(
        Step(Action.REMOVE, f"u{n}", f"web-{n}", DomainState.OFF, (f"/pool/web-{n}.qcow2",), 1 << 20)
        for n in range(1, count + 1)
    )
    return Plan(Action.REMOVE, steps, (Refusal("x", "web-99", "is being made"),), ("Look out.",), Danger.LOSES)


def test_a_plan_is_written_out_in_full() -> None:
    text = words(plan_lines(removal(10), hidden=3))
    assert question(removal(10)) == "Remove 10 machines?"
    assert len({question(Plan(action, ())) for action in Action}) == len(Action)
    for wanted in (
        "web-1, web-2", "and 2 more", "○ 10 off", "3 of them cannot be seen", "Deletes 10 files, 10M freed",
        "/pool/web-8.qcow2", "Look out.", "Left out: 1", "web-99", "is being made",
    ):  # fmt: skip
        assert wanted in text


def test_only_deletions_of_more_than_twenty_want_a_phrase() -> None:
    assert phrase(removal(20)) == ""
    assert phrase(removal(21)) == "remove 21"
    steps = removal(30).steps
    assert phrase(Plan(Action.DESTROY, steps, danger=Danger.INTERRUPTS)) == ""


def test_the_tree_says_of_machines_that_are_being_made_that_they_are() -> None:
    half = Machine("u-1", "debian12", 1, 1, "debian12-1", DomainState.MISSING, CloneStatus.MAKING)
    inventory = Inventory(templates=(TemplateSummary(half.template, 1, 2),), machines={half.uuid: half})
    rows = branches(inventory, frozenset())
    assert [row.place.state for row in rows] == [None, None, CloneStatus.MAKING]
    assert "+ making" in "".join(cell.text for cell in tree_line(rows[2], 30).cells)
    assert Place(half.template, CloneStatus.MAKING).holds(half)
    assert not Place(half.template, DomainState.MISSING).holds(half)
