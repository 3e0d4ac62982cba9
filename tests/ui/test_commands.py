"""The one table of commands: everything that names keys agrees with it."""

from collections import Counter

import pytest

from qq2clone_tui.domain.inventory import ConnectionState, Inventory, Machine, TemplateSummary
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.availability import Situation, why_not
from qq2clone_tui.ui.commands import COMMANDS, Scope, command, in_scope, key_label, key_table

from .driving import driving

_LIVE = Inventory(1, ConnectionState.LIVE, templates=(TemplateSummary("web", 1, 1),))


def machine(state: DomainState) -> Machine:
    return Machine("u1", "web", 1, 1, "web-1", state)


def test_ids_are_unique() -> None:
    assert [ident for ident, count in Counter(entry.id for entry in COMMANDS).items() if count > 1] == []


def test_no_key_means_two_things_in_one_place() -> None:
    for scope in (Scope.TREE, Scope.LIST):
        keys = Counter(key for where in (scope, Scope.MAIN) for entry in in_scope(where) for key in entry.keys)
        assert [key for key, count in keys.items() if count > 1] == []


def test_no_command_sits_on_a_digit_for_digits_repeat() -> None:
    assert [entry.id for entry in COMMANDS for key in entry.keys if key.isdigit()] == []


def test_help_texts_are_sentences() -> None:
    assert [entry.id for entry in COMMANDS if not (entry.help[0].isupper() and entry.help.endswith("."))] == []


def test_the_readme_table_names_every_command() -> None:
    table = key_table()
    for entry in COMMANDS:
        assert f"| {entry.title} | {entry.help} |" in table
    assert table.count("\n") == len(COMMANDS) + 2


def test_read_only_mode_leaves_out_whatever_changes_anything() -> None:
    kept = in_scope(Scope.MAIN, read_only=True)
    assert not any(entry.writes for entry in kept)
    assert {entry.id for entry in in_scope(Scope.MAIN)} - {entry.id for entry in kept} == {
        entry.id for entry in in_scope(Scope.MAIN) if entry.writes
    }


def test_whatever_can_lose_something_counts_as_a_change() -> None:
    assert [entry.id for entry in COMMANDS if entry.danger and not entry.writes] == []


@pytest.mark.parametrize(("key", "label"), [("slash", "/"), ("ctrl+p", "^p"), ("space", "space"), ("colon", ":")])
def test_keys_are_shown_as_people_know_them(key: str, label: str) -> None:
    assert key_label(key) == label


async def test_every_command_of_the_main_screen_is_bound_and_carried_out() -> None:
    async with driving() as user:
        bound = set(user.main._bindings.key_to_bindings)
        for entry in in_scope(Scope.MAIN):
            assert set(entry.keys) <= bound, entry.id
            assert callable(user.main.actions.method(entry.id))


def test_a_command_is_possible_only_when_some_target_allows_it() -> None:
    off, on = machine(DomainState.OFF), machine(DomainState.RUNNING)
    start = command("machines.start")
    assert why_not(start, Situation(_LIVE, (off,))) == ""
    assert why_not(start, Situation(_LIVE, (off, on))) == ""
    assert why_not(start, Situation(_LIVE, (on,))).startswith("web-1 is running; start acts on")
    assert why_not(start, Situation(_LIVE, (on, on))).startswith("none of the 2 marked machines can")
    assert why_not(start, Situation(_LIVE)) == "no machine is marked or under the cursor"


def test_nothing_is_changed_while_the_hypervisor_is_out_of_reach() -> None:
    lost = Inventory(1, ConnectionState.RECONNECTING)
    for entry in COMMANDS:
        if entry.writes and entry.noun != "jobs":
            assert "not reachable" in why_not(entry, Situation(lost, (machine(DomainState.OFF),), "web", sample=True))


def test_looking_is_always_possible() -> None:
    lost = Situation(Inventory(1, ConnectionState.RECONNECTING), read_only=True)
    assert [entry.id for entry in COMMANDS if not entry.writes and why_not(entry, lost)] == []
