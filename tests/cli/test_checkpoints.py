"""States of machines are kept, listed, gone back to and deleted from the command line."""

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.states import DomainState

from .conftest import Run


def uuid_of(run: Run, number: int) -> str:
    return str(next(m["uuid"] for m in run("list", "--json").json["machines"] if m["number"] == number))


def states(run: Run) -> dict[int, str]:
    return {machine["number"]: machine["state"] for machine in run("list", "--json").json["machines"]}


def names(run: Run, machines: str = "all") -> list[tuple[int, str]]:
    listed = run("checkpoint", "list", machines, "--json").json["checkpoints"]
    return [(each["number"], each["name"]) for each in listed]


def test_a_state_is_kept_and_the_machine_goes_back_to_it(run: Run, web: SampleFleet) -> None:
    assert run("checkpoint", "make", "1", "base").err == "1 kept in checkpoint base.\n"
    run("destroy", "1")
    result = run("checkpoint", "revert", "1", "base")
    assert (result.code, result.err) == (0, "1 taken back to checkpoint base.\n")
    assert states(run)[1] == "running"


def test_a_set_is_kept_under_one_name_and_those_that_cannot_be_are_named_with_the_reason(
    run: Run, web: SampleFleet
) -> None:
    result = run("checkpoint", "make", "all", "base")
    assert result.code == 0
    assert "left out: web-4: is saved" in result.err
    assert names(run) == [(1, "base"), (2, "base"), (3, "base")]


def test_without_a_name_it_is_named_after_the_time_and_the_name_is_said(run: Run, web: SampleFleet) -> None:
    result = run("checkpoint", "make", "1-2")
    ((_, first), (_, second)) = names(run)
    assert first == second
    assert f"checkpoint {first}." in result.err


def test_the_list_is_a_tree_with_the_current_one_marked_and_notes_shown(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "1", "first", "--note", "fresh from the template")
    run("checkpoint", "make", "1", "second")
    heading, first, second = run("checkpoint", "list", "1").out.splitlines()
    assert heading.split() == ["CHECKPOINT", "MADE", "STATE", "NOTE"]
    assert first.startswith("first  ")
    assert first.endswith("running  fresh from the template")
    assert second.startswith("  second *  ")


def test_the_list_of_several_machines_names_them(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "1-2", "base")
    assert [line.split()[0] for line in run("checkpoint", "list", "all").out.splitlines()] == [
        "MACHINE",
        "web-1",
        "web-2",
    ]


def test_json_tells_all_there_is_to_know(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "2", "base", "--note", "n")
    (each,) = run("checkpoint", "list", "2", "--json").json["checkpoints"]
    assert each.pop("created_at") > 0
    assert each == {
        "machine": "web-2",
        "uuid": uuid_of(run, 2),
        "number": 2,
        "name": "base",
        "note": "n",
        "state": "off",
        "with_memory": False,
        "current": True,
        "parent": None,
    }


def test_what_another_program_called_its_checkpoint_cannot_steer_the_terminal(run: Run, web: SampleFleet) -> None:
    hostile = Checkpoint("\x1b[2J<b>x", description="a\nb\u202e", state=DomainState.OFF)
    web.hypervisor.checkpoints.kept[uuid_of(run, 2)] = [hostile]
    out = run("checkpoint", "list", "2").out
    assert "\\x1b[2J<b>x" in out
    assert "a\\nb\\u202e" in out
    assert run("checkpoint", "revert", "2", "\x1b[2J<b>x").code == 0


def test_a_machine_without_checkpoints_is_said_to_have_none(run: Run, web: SampleFleet) -> None:
    result = run("checkpoint", "list", "1")
    assert (result.code, result.out) == (0, "")
    assert result.err == "There are no checkpoints of web-1.\n"


def test_deleting_forgets_it_and_leaves_the_others(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "1", "first")
    run("checkpoint", "make", "1-2", "second")
    assert run("checkpoint", "delete", "1-2", "second").err == "2 rid of checkpoint second.\n"
    assert names(run) == [(1, "first")]


def test_a_dry_run_changes_nothing_and_says_what_would_be_lost(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "1", "base")
    plan = run("checkpoint", "revert", "1", "base", "--dry-run")
    assert "all that was written since base is lost" in plan.out
    assert "snapshot-revert --domain web-1 --snapshotname base" in plan.out
    as_json = run("checkpoint", "revert", "1", "base", "--dry-run", "--json").json["plan"]
    assert (as_json["action"], as_json["danger"], as_json["checkpoint"]) == ("revert", "loses", "base")
    assert "snapshot-create-as" in run("checkpoint", "make", "2", "x", "--note", "a b", "--dry-run").out
    assert names(run) == [(1, "base")]


def test_json_of_a_batch_names_the_checkpoint(run: Run, web: SampleFleet) -> None:
    answer = run("checkpoint", "make", "1", "base", "--json").json
    assert (answer["action"], answer["checkpoint"], answer["done"]) == ("checkpoint", "base", 1)


@pytest.mark.parametrize("word", ["12", "../x", "a/b", "", "a b", "<b>", "x" * 61, "ünïcode", "a\nb"])
def test_a_name_that_could_mean_something_else_is_refused(run: Run, web: SampleFleet, word: str) -> None:
    assert run("checkpoint", "make", "1", word).code == 12
    assert names(run) == []


@pytest.mark.parametrize(
    "words",
    [("revert", "1"), ("delete", "1"), ("list", "1", "x"), ("list", "1", "--note", "x"), ("revert", "1", "")],
)
def test_words_that_make_no_sense_are_a_bad_argument(run: Run, web: SampleFleet, words: tuple[str, ...]) -> None:
    assert run("checkpoint", *words).code == 12


def test_a_note_of_two_lines_is_refused(run: Run, web: SampleFleet) -> None:
    assert run("checkpoint", "make", "1", "base", "--note", "a\nb").code == 12


@pytest.mark.parametrize("what", ["revert", "delete"])
def test_a_checkpoint_that_there_is_not_is_a_bad_argument(run: Run, web: SampleFleet, what: str) -> None:
    result = run("checkpoint", what, "1", "nothing")
    assert result.code == 12
    assert "web-1 has no checkpoint nothing" in result.err


def test_a_second_of_the_same_name_is_refused(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "1", "base")
    result = run("checkpoint", "make", "1", "base")
    assert result.code == 12
    assert "has a checkpoint base already" in result.err


@pytest.mark.parametrize("what", ["make", "revert", "delete"])
def test_one_machine_that_fails_stops_no_other_and_decides_the_exit_code(run: Run, web: SampleFleet, what: str) -> None:
    if what != "make":
        run("checkpoint", "make", "1-2", "base")
    call = {"make": "checkpoint", "revert": "revert", "delete": "checkpoint-rm"}[what]
    web.hypervisor.failing[call] = {"web-1"}
    result = run("checkpoint", what, "1-2", "base", "--json")
    assert result.code == 16
    assert (result.json["done"], result.json["failed"]) == (1, 1)


def test_removal_says_that_checkpoints_go_too(run: Run, web: SampleFleet) -> None:
    run("checkpoint", "make", "1-2", "base")
    assert "2 of them have checkpoints, which go too" in run("rm", "1-3", "--dry-run").out
    assert "checkpoints, which" not in run("rm", "3", "--dry-run").out


def test_quiet_says_nothing(run: Run, web: SampleFleet) -> None:
    result = run("checkpoint", "make", "1", "base", "-q")
    assert (result.code, result.out, result.err) == (0, "", "")
