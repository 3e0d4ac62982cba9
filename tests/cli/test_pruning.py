"""Versions that nobody needs go, from the command line: plan first, result on stdout, the rest beside."""

import sys
from dataclasses import replace

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.template import Template
from tests.engine.version_samples import add_versions, numbers_of

from .conftest import OFF, Run


@pytest.fixture
def deb(fleet: SampleFleet) -> Template:
    """Return a template of four versions, the first of an image that is not ours; a clone stands on the newest."""
    return add_versions(fleet, "deb", 4)


def versions(fleet: SampleFleet) -> list[int]:
    """Return the versions there are."""
    return numbers_of(fleet, "deb")


def test_prune_merges_versions_away_and_says_where_they_went(run: Run, fleet: SampleFleet, deb: Template) -> None:
    result = run("prune")
    assert (result.code, result.out) == (0, "")
    assert "deb has no v2, v3 any more; what they held is in v4. 5.0 MiB freed." in result.err
    assert versions(fleet) == [1, 4]
    assert fleet.images.facts[deb.disks[0].image].backing == "/srv/templates/deb.qcow2"
    assert set(fleet.images.facts) == {deb.disks[0].image, "/srv/templates/deb.qcow2"}


def test_a_dry_run_shows_the_plan_and_does_nothing(run: Run, fleet: SampleFleet, deb: Template) -> None:
    result = run("prune", "deb", "--dry-run")
    place = fleet.images.place
    assert result.out.splitlines() == [
        "deb",
        "  removes  v2, v3, 5.0 MiB",
        f"  merges   into v4: {place}/deb.v4.vda.qcow2, then on /srv/templates/deb.qcow2 (at most 9.0 MiB)",
        f"  deletes  {place}/deb.v2.vda.qcow2",
        f"  deletes  {place}/deb.v3.vda.qcow2",
        "  keeps    v1: /srv/templates/deb.qcow2 was not made for the template, and later versions stand on it",
        "The same by hand, if nobody uses these images meanwhile:",
        f"  cp --reflink=auto -- {place}/deb.v4.vda.qcow2 {place}/deb.v4.vda.qcow2.new",
        f"  qemu-img rebase -f qcow2 -b /srv/templates/deb.qcow2 -F qcow2 {place}/deb.v4.vda.qcow2.new",
        f"  chmod 0444 -- {place}/deb.v4.vda.qcow2.new",
        f"  mv -- {place}/deb.v4.vda.qcow2.new {place}/deb.v4.vda.qcow2",
        f"  rm -- {place}/deb.v2.vda.qcow2 {place}/deb.v3.vda.qcow2",
    ]
    assert versions(fleet) == [1, 2, 3, 4]


def test_the_plan_and_the_result_as_json(run: Run, fleet: SampleFleet, deb: Template) -> None:
    planned = run("prune", "--dry-run", "--json").json
    done = run("prune", "--json").json
    assert (planned["dry_run"], done["dry_run"], done["exit_code"]) == (True, False, 0)
    (template,) = done["templates"]
    (removed,) = template["removed"]
    assert (template["name"], template["depth"], template["depth_after"]) == ("deb", 4, 2)
    assert (removed["versions"], removed["frees"], removed["error"]) == ([2, 3], 5 << 20, None)
    assert removed["merges"][0]["below"] == "/srv/templates/deb.qcow2"
    assert [kept["version"] for kept in template["kept"]] == [1]
    assert removed["freed"] == 5 << 20
    assert planned["templates"][0]["removed"][0]["freed"] is None


def test_where_nothing_can_go_that_is_no_failure(run: Run, fleet: SampleFleet) -> None:
    fleet.add_template("web")
    result = run("prune")
    assert result.code == 0
    assert "There is no version that nobody needs." in result.err


def test_one_version_can_be_named_and_why_it_cannot_go_is_said(run: Run, fleet: SampleFleet, deb: Template) -> None:
    assert run("prune", "deb@v3").code == 0
    assert versions(fleet) == [1, 2, 4]
    newest = run("prune", "deb@v4")
    assert (newest.code, "it is the newest" in newest.err) == (13, True)
    foreign = run("prune", "deb@v1")
    assert (foreign.code, "was not made for the template" in foreign.err) == (13, True)
    assert (run("prune", "deb@v9").code, run("prune", "nosuch").code) == (13, 13)
    assert versions(fleet) == [1, 2, 4]


def test_versions_with_clones_stay(run: Run, fleet: SampleFleet, deb: Template) -> None:
    fleet.add_clones(deb.at(1), (OFF,))  # which says that it is of version 1
    assert "  keeps    v1: it has 1 clone" in run("prune", "--dry-run").out


def test_flatten_takes_no_more_than_it_must(run: Run, fleet: SampleFleet, deb: Template) -> None:
    assert "there is nothing to flatten" in run("flatten", "deb").err
    assert run("flatten", "deb", "--depth", "3").code == 0
    assert versions(fleet) == [1, 3, 4]
    assert run("flatten", "deb", "--depth", "0").code == 12


def test_why_chains_stay_too_deep_is_said(run: Run, fleet: SampleFleet, deb: Template) -> None:
    fleet.images.merging = None
    result = run("flatten", "deb", "--depth", "2")
    assert result.code == 0
    assert "keeps    v2: " in result.err
    assert "The images of deb will still stand on one another 4 deep" in result.err
    assert "The chains have 4 files, and none of them can go." in result.err


def test_who_stands_on_a_version_is_named(run: Run, fleet: SampleFleet, deb: Template) -> None:
    path = f"{fleet.images.place}/stranger"
    fleet.images.facts[path] = ImageFacts(path, "qcow2", 1, 1, f"{fleet.images.place}/deb.v3.vda.qcow2")
    result = run("prune", "deb@v3")
    assert result.code == 13
    assert f"the image {path} stands on it" in result.err
    assert versions(fleet) == [1, 2, 3, 4]


def test_what_fails_is_named_and_nothing_is_changed(run: Run, fleet: SampleFleet, deb: Template) -> None:
    fleet.images.full = True
    result = run("prune", "--json")
    assert result.code == result.json["exit_code"] == 10
    assert "deb, v2, v3: cannot merge the images" in result.err
    assert "No space left" in result.json["templates"][0]["removed"][0]["error"]
    assert versions(fleet) == [1, 2, 3, 4]


def test_where_files_cannot_be_reached_versions_that_others_stand_on_stay(
    run: Run, fleet: SampleFleet, deb: Template
) -> None:
    fleet.images.merging = None
    plan = run("prune", "--dry-run").out
    assert "images cannot be merged where this program does not reach the files itself" in plan
    assert run("prune").code == 0
    assert versions(fleet) == [1, 2, 3, 4]


def test_where_files_cannot_be_reached_versions_on_which_nothing_stands_go(
    run: Run, fleet: SampleFleet, deb: Template
) -> None:
    fleet.images.merging = None
    top = deb.disks[0].image
    fleet.images.facts[top] = replace(fleet.images.facts[top], backing=None)
    assert run("prune", "deb@v3").code == 0
    assert versions(fleet) == [1, 2, 4]
    assert f"{fleet.images.place}/deb.v3.vda.qcow2" not in fleet.images.facts


def test_on_a_terminal_it_asks_first(
    run: Run, fleet: SampleFleet, deb: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qq2clone_tui.cli.confirm._somebody_is_there", lambda: True)
    monkeypatch.setattr(sys.stdin, "readline", lambda: "n\n")
    result = run("prune")
    assert (result.code, "Remove 2 versions? [y/N]" in result.err) == (12, True)
    assert "merges   into v4" in result.err
    assert versions(fleet) == [1, 2, 3, 4]
    assert run("prune", "-q").code == 12
    assert run("prune", "--yes").code == 0
    assert versions(fleet) == [1, 4]
