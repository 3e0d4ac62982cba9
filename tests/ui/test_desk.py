"""The desk, without any terminal: rows, cursor and marks by UUID."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.inventory import ConnectionState, Inventory, Machine
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.stats import Rates
from qq2clone_tui.ui.desk import Desk, Place


def fleet(count: int, version: int = 1, template: str = "web") -> Inventory:
    machines = {
        f"{template}-{n}": Machine(f"{template}-{n}", template, 1, n, f"{template}-{n}", DomainState.OFF)
        for n in range(1, count + 1)
    }
    return Inventory(version, ConnectionState.LIVE, machines=machines)


def running(count: int) -> Inventory:
    inventory = fleet(count)
    started = {uuid: replace(each, state=DomainState.RUNNING) for uuid, each in inventory.machines.items()}
    return replace(inventory, machines=started)


def without(inventory: Inventory, *uuids: str) -> Inventory:
    left = {uuid: machine for uuid, machine in inventory.machines.items() if uuid not in uuids}
    return replace(inventory, version=inventory.version + 1, machines=left)


def test_an_empty_desk_has_no_cursor_and_no_targets() -> None:
    desk = Desk()
    assert (desk.cursor, desk.targets, desk.rows, desk.index) == (None, (), (), 0)
    desk.index = 5
    assert desk.cursor is None


def test_rows_stand_in_the_order_of_numbers_and_not_of_letters() -> None:
    desk = Desk()
    desk.take(fleet(12))
    assert desk.rows == tuple(f"web-{number}" for number in range(1, 13))


def test_the_cursor_is_a_machine_and_not_a_row() -> None:
    desk = Desk()
    desk.take(fleet(5))
    desk.index = 3
    desk.take(without(desk.inventory, "web-1"))
    assert (desk.cursor, desk.index) == ("web-4", 2)


def test_the_last_row_going_leaves_the_cursor_on_the_new_last() -> None:
    desk = Desk()
    desk.take(fleet(3))
    desk.index = 2
    desk.take(without(desk.inventory, "web-3"))
    assert desk.cursor == "web-2"


def test_targets_are_the_marks_and_only_without_marks_the_cursor() -> None:
    desk = Desk()
    desk.take(fleet(4))
    desk.index = 3
    assert [machine.number for machine in desk.targets] == [4]
    desk.mark(["web-2", "web-1"], change=frozenset.union)
    assert [machine.number for machine in desk.targets] == [1, 2]


def test_marks_out_of_sight_are_still_marks_and_counted_as_hidden() -> None:
    desk = Desk()
    desk.take(fleet(4))
    desk.mark(desk.rows, change=frozenset.union)
    desk.narrow("web-1")
    assert desk.hidden == {"web-2", "web-3", "web-4"}
    assert len(desk.targets) == 4


def test_sorting_by_a_figure_puts_the_unknown_last_when_descending() -> None:
    desk = Desk()
    desk.take(running(3))
    desk.measure({"web-1": Rates(cpu_percent=5.0), "web-3": Rates(cpu_percent=50.0)})
    desk.order("cpu", descending=True)
    assert list(desk.rows) == ["web-3", "web-1", "web-2"]


def test_new_figures_change_the_order_only_when_it_is_by_a_figure() -> None:
    desk = Desk()
    desk.take(running(3))
    desk.measure({"web-3": Rates(cpu_percent=80.0)})
    assert list(desk.rows) == ["web-1", "web-2", "web-3"]
    desk.order("cpu", descending=True)
    desk.measure({"web-2": Rates(cpu_percent=90.0)})
    assert list(desk.rows) == ["web-2", "web-1", "web-3"]


def test_a_place_scopes_by_template_and_state() -> None:
    desk = Desk()
    web, db = fleet(2), fleet(2, template="db")
    desk.take(replace(web, machines={**web.machines, **db.machines}))
    desk.go(Place("db"))
    assert list(desk.rows) == ["db-1", "db-2"]
    desk.go(Place("db", DomainState.RUNNING))
    assert list(desk.rows) == []


@given(st.lists(st.sampled_from(["cut", "grow", "sort", "filter", "move", "mark"]), max_size=25), st.randoms())
def test_cursor_and_marks_are_always_machines_that_exist(steps: list[str], dice: Random) -> None:
    desk = Desk()
    desk.take(fleet(6))
    for step in steps:
        if step == "cut" and desk.inventory.machines:
            desk.take(without(desk.inventory, dice.choice(sorted(desk.inventory.machines))))
        elif step == "grow":
            desk.take(replace(fleet(dice.randint(0, 9)), version=desk.inventory.version + 1))
        elif step == "sort":
            desk.order(dice.choice(["number", "name", "state", "cpu", "age"]), descending=dice.random() < 0.5)
        elif step == "filter":
            desk.narrow(dice.choice(["", "web", "1", "web 2", "nothing"]))
        elif step == "move":
            desk.index = dice.randint(-3, 12)
        else:
            desk.mark(desk.rows[:2], change=frozenset.symmetric_difference)
        assert desk.marks <= set(desk.inventory.machines)
        assert set(desk.rows) <= set(desk.inventory.machines)
        assert (desk.cursor in desk.rows) if desk.rows else desk.cursor is None
        if desk.rows:
            assert desk.rows[desk.index] == desk.cursor
