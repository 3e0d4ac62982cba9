"""Templates get new versions from the command line, clones fresh disks, and every answer can be read by a program."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.states import PowerVerb

from .conftest import OFF, RUNNING, Run


@pytest.fixture
def deb(fleet: SampleFleet) -> Iterator[SampleFleet]:
    """Return a fleet with a template of two versions: one clone stands on the first, one on the second."""
    fleet.add_clones(fleet.add_template("deb"), [OFF, RUNNING])
    yield fleet


def test_a_version_is_made_step_by_step(run: Run, deb: SampleFleet) -> None:
    prepared = run("modify-template", "deb", "prepare-image", "--json")
    assert prepared.code == 0
    assert (prepared.json["name"], prepared.json["made"], prepared.json["started"]) == ("deb.v2", True, False)
    assert "staging" in run("list").out
    assert run("start", "staging").code == 0
    refused = run("modify-template", "deb", "commit-image")
    assert (refused.code, "is running" in refused.err) == (12, True)
    assert run("modify-template", "deb", "destroy-image").code == 0
    made = run("modify-template", "deb", "commit-image", "--note", "new kernel", "--json")
    assert (made.code, made.json["version"], made.json["in_place"]) == (0, 2, False)
    newest, first = run("list-templates", "-v").out.splitlines()[1:]
    assert newest.split()[:2] == ["deb@v2", "0"]
    assert newest.endswith("new kernel")
    assert first.split()[:2] == ["deb@v1", "2"]
    versions = run("list-templates", "--json").json["templates"][0]["versions"]
    assert [(each["number"], each["clones"], each["note"]) for each in versions] == [(2, 0, "new kernel"), (1, 2, "")]


MADE = "2023-11-1[45] [0-9]{2}:[0-9]{2}"
"""When staging machines of the fleet are made, wherever the clock stands."""


def test_a_staging_machine_that_was_there_is_said_to_have_been_there(run: Run, deb: SampleFleet) -> None:
    assert run("modify-template", "deb", "prepare-image", "--dry-run").out == "make: the staging machine of deb\n"
    assert "The staging machine deb.v2 over deb@v1 is made. " in run("modify-template", "deb", "prepare-image").err
    left = run("modify-template", "deb", "prepare-image", "--no-run")
    assert re.search(f"deb.v2 over deb@v1 was there already, made {MADE}: it is off, and is left so. ", left.err)
    tried = run("modify-template", "deb", "prepare-image", "--dry-run")
    assert re.fullmatch(f"start: the staging machine deb.v2, there already, made {MADE}, off\n", tried.out)
    started = run("modify-template", "deb", "prepare-image", "--json").json
    assert (started["made"], started["started"], started["found"]) == (False, True, "off")
    again = run("modify-template", "deb", "prepare-image")
    assert re.search(f"was there already, made {MADE}: it was running already. ", again.err)
    assert run("modify-template", "deb", "prepare-image", "--dry-run").out.startswith("leave as it is: ")
    run("suspend", "staging")
    assert "it was paused and goes on now. " in run("modify-template", "deb", "prepare-image").err
    run("save", "staging")
    assert "it was saved and goes on where it was. " in run("modify-template", "deb", "prepare-image").err
    run("destroy", "staging")
    assert "it was off and is started now. " in run("modify-template", "deb", "prepare-image").err


def test_clones_are_made_and_listed_by_version(run: Run, deb: SampleFleet) -> None:
    run("modify-template", "deb", "prepare-image")
    run("modify-template", "deb", "commit-image")
    assert run("clone").code == run("-t", "deb@v1", "clone").code == 0
    versions = {each["number"]: each["version"] for each in run("list", "--json").json["machines"]}
    assert versions == {1: 1, 2: 1, 3: 2, 4: 1}
    assert [each["number"] for each in run("-t", "deb@v2", "list", "--json").json["machines"]] == [3]
    assert run("-t", "deb@v2", "rm", "all", "--yes").code == 0
    assert [each["number"] for each in run("list", "--json").json["machines"]] == [1, 2, 4]


@pytest.mark.parametrize("name", ["deb@v9", "deb@", "deb@x", "other@v1"])
def test_a_version_that_there_is_not_is_a_template_error(run: Run, deb: SampleFleet, name: str) -> None:
    assert run("-t", name, "clone").code == 13


def test_a_dry_run_of_a_commit_changes_nothing(run: Run, deb: SampleFleet) -> None:
    run("modify-template", "deb", "prepare-image")
    shown = run("modify-template", "deb", "commit-image", "--dry-run")
    assert shown.out.startswith("The staging machine deb.v2 becomes deb@v2\n")
    assert run("modify-template", "deb", "discard-image", "--dry-run").code == 0
    assert run("list-templates", "--json").json["templates"][0]["version"] == 1
    assert run("modify-template", "deb", "discard-image").code == 0
    assert [record.identity.number for record in deb.catalogue.clones()] == [1, 2]


def test_a_commit_of_a_machine_that_was_forced_off_says_so_before(run: Run, deb: SampleFleet) -> None:
    run("modify-template", "deb", "prepare-image", "--run")
    run("modify-template", "deb", "destroy-image")
    told = "the staging machine was forced off, not shut down: what its guest had not written by then is missing"
    assert f"  warning: {told}" in run("modify-template", "deb", "commit-image", "--dry-run").out
    (warning,) = run("modify-template", "deb", "commit-image", "--dry-run", "--json").json["warnings"]
    assert warning.startswith(told)
    done = run("modify-template", "deb", "commit-image")
    assert (done.code, done.err.startswith(f"Warning: {told}")) == (0, True)
    assert "deb@v2 is made" in done.err


def test_somebody_at_the_terminal_is_asked_before_a_cut_off_machine_becomes_a_version(
    run: Run, deb: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("modify-template", "deb", "prepare-image", "--run")
    run("destroy", "staging")
    for answer, code, version in (("n", 12, 1), ("y", 0, 2)):
        terminal = io.StringIO(f"{answer}\n")
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        with monkeypatch.context() as patched:
            patched.setattr("sys.stdin", terminal)
            patched.setattr("sys.stderr.isatty", lambda: True, raising=False)
            assert run("modify-template", "deb", "commit-image").code == code
        assert deb.catalogue.template("deb").version == version


def test_in_place_names_who_stands_in_the_way(run: Run, deb: SampleFleet) -> None:
    for _ in range(2):
        run("modify-template", "deb", "prepare-image")
        run("modify-template", "deb", "commit-image")
    run("clone")
    run("modify-template", "deb", "prepare-image")
    refused = run("modify-template", "deb", "commit-image", "--in-place")
    assert (refused.code, "deb-3" in refused.err) == (12, True)
    run("rm", "3", "--yes")
    assert run("modify-template", "deb", "commit-image", "--in-place").code == 0
    assert run("list-templates", "--json").json["templates"][0]["version"] == 3


@pytest.mark.parametrize(
    "words",
    [
        ("deb", "commit-image", "x"),
        ("deb", "prepare-image", "--in-place"),
        ("deb", "edit", "--note", "x"),
        ("deb", "note"),
        ("deb@v1", "prepare-image"),
        ("deb", "commit-image", "--in-place", "--note", "x"),
        ("deb", "commit-image"),
        ("deb", "discard-image"),
        ("deb", "destroy-image"),
    ],
)
def test_what_does_not_fit_is_one_clear_paragraph(run: Run, deb: SampleFleet, words: tuple[str, ...]) -> None:
    result = run("modify-template", *words)
    assert (result.code, result.out) == (12, "")
    assert result.err.count("\n") == 1


def test_a_reset_and_an_upgrade_tell_what_they_do(run: Run, deb: SampleFleet) -> None:
    plan = run("reset", "all", "--dry-run", "--json").json
    assert [step["name"] for step in plan["plan"]["steps"]] == ["deb-1", "deb-2"]
    assert run("reset", "1").err.endswith("1 reset.\n")
    run("modify-template", "deb", "prepare-image")
    run("modify-template", "deb", "commit-image")
    assert run("upgrade", "all", "--json").json["exit_code"] == 0
    assert {each["version"] for each in run("list", "--json").json["machines"]} == {2}
    assert run("upgrade", "1").code == 12
    assert run("upgrade", "1", "--to", "v1").code == 0
    assert run("upgrade", "1", "--to", "deb@v2").code == 0
    assert run("upgrade", "1", "--to", "other@v1").code == 13
    assert run("upgrade", "1", "--to", "v7").code == 13
    assert run("upgrade", "1", "--to", "seven").code == 13


def test_a_saved_machine_is_reset_when_its_memory_may_go(run: Run, deb: SampleFleet) -> None:
    run("save", "2")
    refused = run("reset", "2")
    assert (refused.code, "is saved" in refused.err) == (12, True)
    assert run("reset", "2", "--drop-saved").code == 0


def test_an_ephemeral_and_a_detached_clone_are_told_apart(run: Run, deb: SampleFleet) -> None:
    run("clone", "--ephemeral")
    run("detach", "1")
    first, second, third = run("list", "--json").json["machines"]
    assert [(each["ephemeral"], each["detached"]) for each in (first, second, third)] == [
        (False, True),
        (False, False),
        (True, False),
    ]
    out = run("list", "-v").out
    assert "v1 detached" in out
    assert "v1 ephemeral" in out


def test_a_clone_becomes_a_template(run: Run, deb: SampleFleet) -> None:
    shown = run("promote", "1", "gold", "--dry-run")
    assert shown.out.splitlines()[0] == "Template gold of the machine deb-1"
    made = run("promote", "1", "gold", "--json")
    assert (made.code, made.json["template"]["name"]) == (0, "gold")
    assert run("list-templates").out == "deb\ngold\n"
    assert run("-t", "deb", "promote", "2", "other").code == 12  # it runs
    assert run("-t", "deb", "promote", "2", "gold").code == 13
    run("-t", "deb", "destroy", "2")
    assert run("-t", "deb", "promote", "2", "other", "--keep").code == 0
    assert [each["number"] for each in run("-t", "deb", "list", "--json").json["machines"]] == [2]


def test_uses_draws_the_tree_and_tells_the_bytes(run: Run, deb: SampleFleet) -> None:
    base = deb.catalogue.template("deb").disks[0].image
    out = run("uses", "deb").out.splitlines()
    assert out[0].startswith(f"{base}  (deb@v1; not ours")
    assert "clone deb-1" in out[1]
    assert out[-1] == "2 machines stand on it."
    answer = run("uses", base, "--json").json
    assert answer["asked"] == [base]
    (image,) = [each for each in answer["images"] if each["path"] == base]
    assert (image["ours"], image["versions"], image["stands_on"]) == (False, ["deb@v1"], None)
    assert run("uses", "nobody").code == 13


def test_drift_stops_cloning_until_it_is_acknowledged(run: Run, deb: SampleFleet) -> None:
    disk = deb.catalogue.template("deb").disks[0]
    deb.catalogue.versions.replace_disks("deb", 1, [replace(disk, stamp="1:2:3")])
    deb.images.facts[disk.image] = replace(deb.images.facts[disk.image], stamp="1:2:4")
    assert "changed!" in run("list-templates", "-v").out
    refused = run("clone")
    assert (refused.code, "acknowledge-image" in refused.err) == (10, True)
    assert run("modify-template", "deb", "acknowledge-image").code == 0
    assert run("clone").code == 0


def test_a_note_is_written_on_the_version_that_is_named(run: Run, deb: SampleFleet) -> None:
    assert run("modify-template", "deb@v1", "note", "the \x1b[31mfirst").code == 0
    assert "\x1b" not in run("list-templates", "-v").out
    assert deb.catalogue.template("deb").newest.note == "the \x1b[31mfirst"


def test_preparing_again_starts_what_there_is(run: Run, deb: SampleFleet) -> None:
    run("modify-template", "deb", "prepare-image")
    again = run("modify-template", "deb", "prepare-image", "--json").json
    assert (again["made"], again["started"]) == (False, True)
    assert deb.hypervisor.read_domain(again["uuid"]) is not None
    deb.hypervisor.power(PowerVerb.DESTROY, again["uuid"])
