"""Versions that nobody needs go, with real images, and a kill at any step leaves nothing half done."""

from pathlib import Path

import pytest

from qq2clone_tui.engine.versions.pruning import FoldResult

from .version_lab import Lab


def prune(lab: Lab) -> tuple[FoldResult, ...]:
    """Prune and return what became of it."""
    pruning = lab.pruning()
    return pruning.prune(pruning.plan_prune("deb"), lambda _: None)


def test_versions_between_those_with_clones_are_merged_and_everybody_reads_on(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 6)
    lab.clone(1, 4)
    lab.clone(2, 6)
    results = prune(lab)
    assert [(result.fold.versions, result.error) for result in results] == [((2, 3), None), ((5,), None)]
    assert lab.versions() == [1, 4, 6]
    assert lab.below(lab.path(6)) == ["deb.v6.vda.qcow2", "deb.v4.vda.qcow2", "base.raw"]
    lab.check()


@pytest.mark.parametrize(
    "name", ["two words", "json:{}", "nbd:localhost:1", "$(touch gone); `id`", "[red]%s%n", "名前-é"]
)
def test_names_that_mean_something_elsewhere_are_only_names(tmp_path: Path, name: str) -> None:
    directory = tmp_path / name
    directory.mkdir()
    lab = Lab(directory, 3)
    lab.clone(1, 3)
    prune(lab)
    assert lab.versions() == [1, 3]
    assert lab.below(lab.path(3)) == ["deb.v3.vda.qcow2", "base.raw"]
    lab.check()


def test_a_place_that_a_link_leads_to_is_as_good_as_the_place_itself(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far")
    lab = Lab(tmp_path / "link", 4)
    lab.clone(1, 4)
    prune(lab)
    assert lab.versions() == [1, 4]
    lab.check()


def test_the_image_that_is_not_ours_is_neither_written_nor_deleted_and_is_said_to_stay(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3)
    before = (lab.base.read_bytes(), lab.base.stat().st_mtime_ns)
    (template,) = lab.pruning().plan_prune("deb").templates
    assert [(kept.version, kept.reasons) for kept in template.kept] == [
        (1, (f"{lab.base} was not made for the template, and later versions stand on it",))
    ]
    prune(lab)
    assert (lab.base.read_bytes(), lab.base.stat().st_mtime_ns) == before
    assert lab.versions() == [1, 3]
    lab.check()


def test_with_a_first_version_of_ours_the_newest_stands_alone(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3, owned=True)
    lab.clone(1, 3)
    prune(lab)
    assert lab.versions() == [3]
    assert lab.below(lab.path(3)) == ["deb.v3.vda.qcow2"]
    lab.check()


def test_an_overlay_that_somebody_else_made_keeps_its_version(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    stranger = lab.overlay("stranger.qcow2", 3)
    prune(lab)
    assert lab.versions() == [1, 3, 4]
    assert lab.below(stranger) == ["stranger.qcow2", "deb.v3.vda.qcow2", "base.raw"]
    stranger.unlink()
    lab.check()


def test_a_machine_that_uses_an_image_itself_keeps_it_and_the_one_below(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    xml = (
        lab.tools.catalogue.template("deb")
        .xml.replace("<name>deb", "<name>web")
        .replace(str(lab.base), str(lab.path(3)))
    )
    lab.fleet.hypervisor.define(xml)
    (template,) = lab.pruning().plan_prune("deb").templates
    assert {kept.version: kept.reasons for kept in template.kept} == {
        1: (f"{lab.base} was not made for the template, and later versions stand on it",),
        2: (f"{lab.path(3)} stands on it, and the machine web uses it",),
        3: ("the machine web uses it",),
    }


def test_an_image_that_others_changed_is_neither_merged_nor_deleted(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    lab.path(2).chmod(0o644)
    with lab.path(2).open("ab") as file:
        file.write(b"more")
    (template,) = lab.pruning().plan_prune("deb").templates
    assert template.versions == (3,)
    assert template.kept[1].reasons[0].startswith(f"{lab.path(2)} is ")
    assert "bytes long and was" in template.kept[1].reasons[0]


def test_another_template_of_the_same_images_keeps_them_and_sees_no_drift(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3)
    lab.tools.catalogue.rewrite.template_copy("deb", "second", 1.0, ())
    prune(lab)
    assert lab.versions() == [1, 3]
    (disk,) = lab.tools.catalogue.template("second").disks
    assert lab.tools.images.probe(disk.image).stamp == disk.stamp
    lab.check()


def test_a_plan_that_was_overtaken_does_nothing(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    pruning = lab.pruning()
    plan = pruning.plan_prune("deb")
    lab.clone(1, 2)
    (result,) = pruning.prune(plan, lambda _: None)
    assert result.error is not None
    assert "it has 1 clone" in result.error.paragraph()
    assert lab.versions() == [1, 2, 3, 4]
    lab.check()


def test_a_clone_made_while_images_are_merged_saves_its_version(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    pruning = lab.pruning()
    (result,) = pruning.prune(
        pruning.plan_prune("deb"), lambda progress: None if lab.clones or not progress.fraction else _clone(lab)
    )
    assert result.error is not None
    assert lab.versions() == [1, 2, 3, 4]
    lab.check()


def _clone(lab: Lab) -> None:
    lab.clone(1, 2)


def test_another_process_that_prunes_meanwhile_is_told_who_is_at_it(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    lab.clone(1, 4)
    with lab.pruning_elsewhere() as process:
        (result,) = prune(lab)
        assert result.error is not None
        assert f"process {process} is changing it" in result.error.paragraph()
        assert lab.versions() == [1, 2, 3, 4]
    assert lab.versions() == [1, 4]
    lab.check()


def test_what_a_template_has_from_one_that_is_gone_goes_too(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 4)
    heir = lab.heir()
    pruning = lab.pruning()
    plan = pruning.plan_flatten("heir", 2)
    (fold,) = plan.templates[0].folds
    assert (fold.versions, fold.merges[0].below) == ((0,), str(lab.base))
    assert (plan.templates[0].depth, plan.templates[0].depth_after) == (5, 2)
    (result,) = pruning.prune(plan, lambda _: None)
    assert result.error is None
    assert lab.below(heir) == ["heir.vda.qcow2", "base.raw"]
    assert lab.files() == {"heir.vda.qcow2"}
    assert lab.tools.catalogue.template("heir").inherited == ()
    assert pruning.plan_prune("heir").empty


def test_what_a_template_has_from_one_that_is_gone_goes_from_behind_a_link_too(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "far")
    lab = Lab(tmp_path / "link", 4)
    lab.heir()
    pruning = lab.pruning()
    (result,) = pruning.prune(pruning.plan_prune(), lambda _: None)
    assert result.error is None
    assert lab.files() == {"heir.vda.qcow2"}
    assert list(lab.tools.catalogue.journal.ours()) == []


def test_what_two_templates_have_from_one_that_is_gone_stays(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3)
    lab.heir("another")
    lab.heir("heir")
    plan = lab.pruning().plan_prune()
    assert plan.empty
    (inherited,) = (kept for template in plan.templates for kept in template.kept)
    assert (inherited.version, inherited.reasons) == (0, ("the template heir@v1 stands on it",))


def test_flattening_merges_no_more_than_it_must(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 6)
    lab.clone(1, 6)
    pruning = lab.pruning()
    pruning.limit = 4
    assert pruning.too_deep("deb") == (
        "The images of deb stand on one another 6 deep, and the setting depth is 4: flatten makes them fewer."
    )
    plan = pruning.plan_flatten("deb")
    assert (plan.templates[0].depth, plan.templates[0].depth_after) == (6, 4)
    pruning.prune(plan, lambda _: None)
    assert lab.versions() == [1, 4, 5, 6]
    assert pruning.too_deep("deb") == ""
    lab.check()


def test_chains_that_cannot_be_short_enough_are_said_to_stay_deep(tmp_path: Path) -> None:
    lab = Lab(tmp_path, 3)
    lab.clone(1, 2)
    plan = lab.pruning().plan_flatten("deb", 1)
    assert plan.empty
    assert plan.warnings == (
        "The images of deb will still stand on one another 3 deep: the versions between are needed.",
    )


def test_killed_at_any_step_it_is_finished_or_undone_by_the_next_start(tmp_path: Path) -> None:
    outcomes = set()
    for tick in range(1, 100):
        directory = tmp_path / str(tick)
        directory.mkdir()
        lab = Lab(directory, 5)
        lab.clone(1, 4)
        lab.clone(2, 5)
        killed = lab.killed_at(tick)
        lab.recover()
        outcomes.add(tuple(lab.versions()))
        lab.check()
        if not killed:
            break
    else:
        pytest.fail("it never ends")
    assert tick > 10
    assert outcomes == {(1, 2, 3, 4, 5), (1, 4, 5)}
