"""``--dry-run`` shows the whole plan and does nothing; deletions are confirmed on a terminal."""

import io
import sys

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.states import DomainState

from .conftest import MemoryWorld, Result, Run


class Terminal(io.StringIO):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def picture(fleet: SampleFleet) -> tuple[object, ...]:
    return (fleet.hypervisor.list_domains(), fleet.catalogue.clones(), sorted(fleet.images.facts))


@pytest.mark.parametrize(
    "words",
    [
        ("clone", "3"),
        ("start", "all"),
        ("destroy", "all"),
        ("rm", "all"),
        ("delete-template", "db"),
        ("import-template", "db", "copy"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_dry_run_changes_nothing(run: Run, web: SampleFleet, words: tuple[str, ...], form: tuple[str, ...]) -> None:
    web.hypervisor.define(web.add_template("db").xml)
    before = picture(web)
    result = run(*words, "--dry-run", "-t", "web", *form)
    assert result.code == 0
    assert result.out
    assert picture(web) == before


def test_a_plan_names_files_states_refusals_and_shell_lines(run: Run, web: SampleFleet) -> None:
    removal = run("rm", "1-2", "--dry-run").out
    assert "web-1 (running)" in removal
    assert f"deletes  {web.images.place}/web-1.vda.qcow2" in removal
    assert "2 deleted" in removal
    assert "virsh" in removal
    making = run("clone", "2", "--dry-run").out
    assert f"makes    {web.images.place}/web-5.vda.qcow2" in making
    assert "qemu-img create" in making
    assert "left out: web-1: is running" in run("start", "1,2", "--dry-run").out


def test_a_plan_in_json_has_the_documented_members(run: Run, web: SampleFleet) -> None:
    plan = run("rm", "1,2", "--dry-run", "--json").json["plan"]
    assert (plan["action"], plan["danger"], plan["template"]) == ("rm", "loses", None)
    assert [step["name"] for step in plan["steps"]] == ["web-1", "web-2"]
    assert plan["files_removed"] == [step["removes"][0] for step in plan["steps"]]
    assert plan["bytes_freed"] == sum(step["frees"] for step in plan["steps"]) > 0
    assert plan["steps"][0]["equivalent"]
    making = run("clone", "2", "--dry-run", "--json").json["plan"]
    assert [step["number"] for step in making["steps"]] == [5, 6]
    assert making["files_made"] == [step["makes"][0] for step in making["steps"]]


def at_terminal(monkeypatch: pytest.MonkeyPatch, world: MemoryWorld, answer: str, *words: str) -> Result:
    from qq2clone_tui.cli.main import main

    shown = Terminal()
    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    monkeypatch.setattr(sys, "stderr", shown)
    code = main(words, world=world)
    return Result(code, "", shown.getvalue())


@pytest.mark.parametrize(
    ("answer", "goes"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_rm_on_a_terminal_shows_the_plan_and_needs_a_yes(
    monkeypatch: pytest.MonkeyPatch, world: MemoryWorld, web: SampleFleet, answer: str, goes: bool
) -> None:
    result = at_terminal(monkeypatch, world, answer, "rm", "1,2")
    assert "web-1, web-2" in result.err
    assert "deletes 2 files" in result.err
    assert result.err.count("[y/N]") == 1
    assert (result.code == 0) is goes
    assert len(web.hypervisor.list_domains()) == (2 if goes else 4)


def test_yes_asks_nothing_and_quiet_refuses_without_it(
    monkeypatch: pytest.MonkeyPatch, world: MemoryWorld, web: SampleFleet
) -> None:
    refused = at_terminal(monkeypatch, world, "y\n", "-q", "rm", "1")
    assert refused.code == 12
    assert "--yes" in refused.err
    assert len(web.hypervisor.list_domains()) == 4
    assert "[y/N]" not in at_terminal(monkeypatch, world, "", "rm", "1", "--yes").err
    assert at_terminal(monkeypatch, world, "", "-Q", "rm", "2", "--yes").code == 0
    assert len(web.hypervisor.list_domains()) == 2


def test_destroy_never_asks(monkeypatch: pytest.MonkeyPatch, world: MemoryWorld, web: SampleFleet) -> None:
    result = at_terminal(monkeypatch, world, "", "destroy", "1")
    assert result.code == 0
    assert "[y/N]" not in result.err


def test_a_script_is_asked_nothing(run: Run, web: SampleFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert run("rm", "all").code == 0
    assert web.hypervisor.list_domains() == []


@pytest.mark.parametrize(("answer", "left"), [("y\n", 24), ("rm 24\n", 0)])
def test_many_machines_are_removed_only_when_the_question_is_typed(
    monkeypatch: pytest.MonkeyPatch, world: MemoryWorld, fleet: SampleFleet, answer: str, left: int
) -> None:
    fleet.add_clones(fleet.add_template("web"), [DomainState.OFF] * 24)
    assert "Type 'rm 24'" in at_terminal(monkeypatch, world, answer, "rm", "all").err
    assert len(fleet.hypervisor.list_domains()) == left
