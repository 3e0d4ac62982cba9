"""Only versions that nobody needs go, and whoever stays reads what it read before."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qq2clone_tui.domain.prune_plan import TemplatePruning
from qq2clone_tui.domain.pruning import Standing, decide, flatten
from qq2clone_tui.domain.template import Template, TemplateDisk, Version


def stack(count: int, *, foreign_base: bool = False) -> tuple[Template, dict[str, Standing]]:
    """Return a template of one disk with so many versions, each standing on the one before."""
    paths = [f"/v{number}" for number in range(1, count + 1)]
    versions, standings = [], {}
    for at, path in enumerate(paths):
        owned, format_ = not (foreign_base and at == 0), "qcow2" if at else "raw"
        below, above = (paths[at - 1] if at else ""), tuple(paths[at + 1 : at + 2])
        standings[path] = Standing(path, format_, owned, below, above, allocated=10 ** (at + 1))
        versions.append(Version(at + 1, (TemplateDisk("vda", path, format_, 1, owned=owned),)))
    newest = versions[-1]
    return Template("deb", "<x/>", newest.disks, newest.number, versions=tuple(versions)), standings


def reasons(pruning: TemplatePruning) -> dict[int, str]:
    """Return why versions stay."""
    return {kept.version: "; ".join(kept.reasons) for kept in pruning.kept}


def test_versions_in_the_middle_are_merged_into_the_next_that_stays() -> None:
    template, standings = stack(5, foreign_base=True)
    pruning = decide(template, standings, {4: ["it has 2 clones"]})
    (fold,) = pruning.folds
    (merge,) = fold.merges
    assert (fold.versions, fold.deletes, fold.frees) == ((2, 3), ("/v2", "/v3"), 1100)
    assert (merge.version, merge.image, merge.below) == (4, "/v4", "/v1")
    assert (merge.through, merge.copied) == (("/v3", "/v2"), 11100)
    assert reasons(pruning) == {
        1: "/v1 was not made for the template, and later versions stand on it",
        4: "it has 2 clones",
    }
    assert (pruning.depth, pruning.depth_after) == (5, 3)


def test_each_run_between_versions_that_stay_goes_by_itself() -> None:
    template, standings = stack(7, foreign_base=True)
    pruning = decide(template, standings, {4: ["it has a clone"]})
    assert [(fold.versions, fold.merges[0].image) for fold in pruning.folds] == [((2, 3), "/v4"), ((5, 6), "/v7")]


def test_what_the_oldest_image_of_ours_holds_moves_up_into_one_that_stands_alone() -> None:
    template, standings = stack(3)
    (fold,) = decide(template, standings, {}).folds
    assert (fold.merges[0].below, fold.deletes) == ("", ("/v1", "/v2"))


def test_the_newest_version_never_goes() -> None:
    template, standings = stack(1)
    assert decide(template, standings, {}).folds == ()
    assert decide(template, standings, {}, {1}).folds == ()


def test_a_version_on_which_nothing_stands_is_just_deleted() -> None:
    template, standings = stack(2)
    standings["/v1"] = replace(standings["/v1"], above=())
    standings["/v2"] = replace(standings["/v2"], below="")
    (fold,) = decide(template, standings, {}).folds
    assert (fold.versions, fold.merges, fold.deletes) == ((1,), (), ("/v1",))


def test_an_image_that_is_not_ours_stays_when_its_version_goes() -> None:
    template, standings = stack(2, foreign_base=True)
    standings["/v1"] = replace(standings["/v1"], above=())
    standings["/v2"] = replace(standings["/v2"], below="")
    (fold,) = decide(template, standings, {}).folds
    assert (fold.versions, fold.deletes, fold.keeps) == ((1,), (), ("/v1",))


@pytest.mark.parametrize(
    ("path", "change", "why"),
    [
        (
            "/v2",
            {"above": ("/v3", "/x/foreign.qcow2")},
            "/x/foreign.qcow2 stands on it, which is no image of a version",
        ),
        ("/v2", {"needed": ("the machine web uses it",)}, "the machine web uses it"),
        ("/v3", {"fixed": ("the machine web uses it",)}, "/v3 stands on it, and the machine web uses it"),
        ("/v3", {"owned": False}, "/v3 stands on it, which was not made for the template"),
        ("/v3", {"format": "raw"}, "/v3 stands on it, which is not qcow2"),
    ],
)
def test_what_speaks_against_it_is_said(path: str, change: Mapping[str, object], why: str) -> None:
    template, standings = stack(3, foreign_base=True)
    standings[path] = replace(standings[path], **change)  # type: ignore[arg-type]
    pruning = decide(template, standings, {})
    assert pruning.folds == ()
    assert reasons(pruning)[2] == why


def test_an_image_that_a_later_version_has_too_is_not_deleted() -> None:
    template, standings = stack(3)
    shared = TemplateDisk("vdb", "/data", "raw", 1, owned=True)
    versions = tuple(replace(version, disks=(*version.disks, shared)) for version in template.versions)
    standings["/data"] = Standing("/data", "raw", above=())
    (fold,) = decide(replace(template, versions=versions), standings, {}).folds
    assert fold.deletes == ("/v1", "/v2")


def test_files_beside_the_disks_go_with_the_last_version_that_has_them() -> None:
    template, standings = stack(3)
    kept, gone = {"tpm 1": "/tpm"}, {"tpm 1": "/tpm", "firmware variables": "/vars"}
    one, two, three = template.versions
    versions = (replace(one, firmware=gone), two, replace(three, firmware=kept))
    (fold,) = decide(replace(template, versions=versions), standings, {}).folds
    assert fold.deletes == ("/v1", "/v2", "/vars")


def test_disks_that_hang_together_go_together() -> None:
    template, standings = stack(4, foreign_base=True)
    versions = []
    for version in template.versions:
        path = f"/b{version.number}" if version.number in {1, 2, 4} else "/b2"
        versions.append(replace(version, disks=(*version.disks, TemplateDisk("vdb", path, "qcow2", 1, owned=True))))
    standings |= {
        "/b1": Standing("/b1", above=("/b2",)),
        "/b2": Standing("/b2", below="/b1", above=("/b4",)),
        "/b4": Standing("/b4", below="/b2"),
    }
    (fold,) = decide(replace(template, versions=tuple(versions)), standings, {}).folds
    assert fold.versions == (2, 3)
    assert [(merge.image, merge.below) for merge in fold.merges] == [("/b4", "/b1"), ("/v4", "/v1")]


class TestFlattening:
    def test_takes_as_few_versions_as_it_must_from_the_oldest_up(self) -> None:
        template, standings = stack(6, foreign_base=True)
        pruning = flatten(template, standings, {}, 4)
        assert (pruning.versions, pruning.depth, pruning.depth_after) == ((2, 3), 6, 4)

    def test_copies_the_bottom_only_when_nothing_else_helps(self) -> None:
        template, standings = stack(4)
        assert flatten(template, standings, {}, 2).versions == (2, 3)
        assert flatten(template, standings, {}, 1).versions == (1, 2, 3)

    def test_leaves_versions_with_clones_and_comes_as_near_as_it_can(self) -> None:
        template, standings = stack(5, foreign_base=True)
        pruning = flatten(template, standings, {3: ["it has a clone"], 4: ["it has a clone"]}, 2)
        assert (pruning.versions, pruning.depth_after) == ((2,), 4)
        assert set(reasons(pruning)) == {1, 3, 4}
        assert reasons(pruning)[3] == "it has a clone"

    def test_does_nothing_to_a_chain_that_is_short_enough(self) -> None:
        template, standings = stack(3)
        assert flatten(template, standings, {}, 3).folds == ()


@dataclass
class World:
    """Images as what each holds itself, and on which other it stands."""

    template: Template
    owned: set[str]
    holds: dict[str, dict[int, str]] = field(default_factory=dict)
    below: dict[str, str] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    clones: dict[int, int] = field(default_factory=dict)

    def read(self, path: str) -> dict[int, str]:
        """Return what an image reads; a missing file below is an error."""
        under = self.read(self.below[path]) if path in self.below else {}
        return {**under, **self.holds[path]}

    def standings(self) -> dict[str, Standing]:
        """Return what a survey would find."""
        images = {disk.image for version in self.template.versions for disk in version.disks}
        return {
            path: Standing(
                path,
                owned=path in self.owned,
                below=self.below.get(path, ""),
                above=tuple(sorted(each for each, base in self.below.items() if base == path)),
            )
            for path in images
        }

    def carry_out(self, pruning: TemplatePruning) -> None:
        """Do what the plan says."""
        for fold in pruning.folds:
            for merge in fold.merges:
                merged: dict[int, str] = {}
                for path in (*reversed(merge.through), merge.image):
                    merged |= self.holds[path]
                self.holds[merge.image] = merged
                self.below[merge.image] = merge.below
                if not merge.below:
                    del self.below[merge.image]
            for path in fold.deletes:
                del self.holds[path]
                self.below.pop(path, None)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw a template with versions of two disks, clones, foreign overlays and images that are not ours."""
    count = draw(st.integers(1, 6))
    world = World(Template("t", "", ()), set())
    current: dict[str, str] = {}
    versions = []
    for number in range(1, count + 1):
        for target in ("vda", "vdb"):
            if target in current and draw(st.integers(0, 3)) == 0:
                continue
            path = f"/{target}.v{number}"
            world.holds[path] = {draw(st.integers(0, 4)): path}
            if target in current and draw(st.integers(0, 5)):
                world.below[path] = current[target]
            if number > 1 or draw(st.booleans()):
                world.owned.add(path)
            current[target] = path
        disks = tuple(TemplateDisk(t, p, "qcow2", 1, owned=p in world.owned) for t, p in current.items())
        versions.append(Version(number, disks))
        if draw(st.integers(0, 3)) == 0:
            world.clones[number] = 1
            for target, path in current.items():
                world.holds[f"/clone.{target}.{number}"] = {0: "clone"}
                world.below[f"/clone.{target}.{number}"] = path
        if draw(st.integers(0, 5)) == 0:
            world.holds[f"/stranger.{number}"] = {1: "stranger"}
            world.below[f"/stranger.{number}"] = current["vda"]
    newest = versions[-1]
    world.template = Template("t", "", newest.disks, newest.number, versions=tuple(versions))
    return world


@settings(max_examples=400, deadline=None)
@given(worlds(), st.integers(0, 4))
def test_whatever_goes_everybody_who_stays_reads_the_same(world: World, depth: int) -> None:
    obstacles = {number: ["it has a clone"] for number in world.clones}
    standings = world.standings()
    foreign = {path for path in world.holds if path not in world.owned and not path.startswith("/clone")}
    pruning = (
        flatten(world.template, standings, obstacles, depth) if depth else decide(world.template, standings, obstacles)
    )
    kept = [version for version in world.template.versions if version.number not in pruning.versions]
    stays = {disk.image for version in kept for disk in version.disks} | foreign
    stays |= {path for path in world.holds if path.startswith("/clone")}
    before = {path: world.read(path) for path in stays}
    untouched = {path: (dict(world.holds[path]), world.below.get(path)) for path in foreign}
    world.carry_out(pruning)
    assert {path: world.read(path) for path in stays} == before
    assert {path: (world.holds[path], world.below.get(path)) for path in foreign} == untouched
    assert world.template.newest in kept
    assert not set(pruning.versions) & set(world.clones)
    lengths = [_length(world, disk.image) for disk in world.template.newest.disks]
    assert pruning.depth_after == max(lengths)


def _length(world: World, path: str) -> int:
    return 1 + (_length(world, world.below[path]) if path in world.below else 0)


@settings(max_examples=400, deadline=None)
@given(worlds(), st.integers(0, 4))
def test_each_part_of_a_plan_is_still_right_once_those_before_it_are_done(world: World, depth: int) -> None:
    obstacles = {number: ["it has a clone"] for number in world.clones}
    facts = (world.template, world.standings(), obstacles)
    for fold in (flatten(*facts, depth) if depth else decide(*facts)).folds:
        now = decide(world.template, world.standings(), obstacles, fold.versions)
        assert [(each.versions, each.merges, each.deletes) for each in now.folds] == [
            (fold.versions, fold.merges, fold.deletes)
        ]
        world.carry_out(now)
        left = tuple(version for version in world.template.versions if version.number not in fold.versions)
        world.template = replace(world.template, versions=left)


@settings(max_examples=200, deadline=None)
@given(worlds())
def test_after_pruning_there_is_nothing_left_to_prune(world: World) -> None:
    obstacles = {number: ["it has a clone"] for number in world.clones}
    pruning = decide(world.template, world.standings(), obstacles)
    world.carry_out(pruning)
    left = tuple(version for version in world.template.versions if version.number not in pruning.versions)
    world.template = replace(world.template, versions=left)
    assert decide(world.template, world.standings(), obstacles).folds == ()
