"""The difference of two pictures turns the older into the newer, and says nothing more."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.domain.inventory import ConnectionState, Inventory, Machine, diff
from qq2clone_tui.domain.states import DomainState

from .machines import machine


def picture(*machines: Machine) -> Inventory:
    return Inventory(machines={one.uuid: one for one in machines})


def test_what_came_went_and_changed_is_told_apart() -> None:
    old = picture(machine(1), machine(2), machine(3))
    new = picture(machine(2, DomainState.RUNNING), machine(3), machine(4))
    found = diff(old, new)
    assert (found.added, found.removed, found.changed) == (("debian12:4",), ("debian12:1",), ("debian12:2",))


def test_a_machine_that_was_renamed_is_the_same_machine() -> None:
    old, new = machine(1), replace(machine(1), name="other")
    assert diff(picture(old), picture(new)).changed == (old.uuid,)


def test_another_connection_state_changes_no_machine() -> None:
    old = picture(machine(1))
    found = diff(old, replace(old, version=9, connection=ConnectionState.RECONNECTING, problem="gone"))
    assert (found.added, found.removed, found.changed) == ((), (), ())


machines = st.builds(machine, st.integers(1, 9), st.sampled_from(DomainState))
pictures = st.lists(machines, max_size=9).map(lambda some: picture(*some))


@given(pictures, pictures)
def test_applying_the_difference_gives_the_newer_picture(old: Inventory, new: Inventory) -> None:
    found = diff(old, new)
    rows = dict(old.machines)
    for uuid in found.removed:
        del rows[uuid]
    for uuid in found.added:
        assert uuid not in rows
        rows[uuid] = new.machines[uuid]
    for uuid in found.changed:
        assert rows[uuid] != new.machines[uuid]
        rows[uuid] = new.machines[uuid]
    assert rows == new.machines
    assert diff(new, new).changed == ()
