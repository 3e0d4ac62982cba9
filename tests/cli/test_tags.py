"""Machines are given tags from the command line."""

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet

from .conftest import Run


def tags(run: Run) -> list[list[str]]:
    return [machine["tags"] for machine in run("list", "--json").json["machines"]]


def test_a_tag_is_given_listed_and_taken_away(run: Run, web: SampleFleet) -> None:
    assert run("tag", "1-3", "blue").err == "3 tagged blue.\n"
    assert run("tag", "3,4", "blue").err == "1 tagged blue.\n"
    assert run("untag", "@blue,^4", "blue").err == "3 untagged blue.\n"
    assert tags(run) == [[], [], [], ["blue"]]
    assert "<tag>blue</tag>" in run("list", "xml").out


def test_a_dry_run_gives_none(run: Run, web: SampleFleet) -> None:
    assert run("tag", "1", "blue", "--dry-run").out == "Plan: 1 tagged blue (nothing is done): web-1\n"
    assert tags(run) == [[], [], [], []]


def test_json_names_the_machines_that_changed(run: Run, web: SampleFleet) -> None:
    answer = run("tag", "all", "blue", "--json").json
    assert (answer["action"], answer["tag"], answer["machines"]) == (
        "tag",
        "blue",
        ["web-1", "web-2", "web-3", "web-4"],
    )


@pytest.mark.parametrize("word", ["failed", "a,b", "", "-x", "x" * 41, "^a", "[red]", "a b"])
def test_what_a_set_could_not_name_is_refused(run: Run, web: SampleFleet, word: str) -> None:
    result = run("tag", "--", "1", word)
    assert result.code == 12
    assert tags(run) == [[], [], [], []]
