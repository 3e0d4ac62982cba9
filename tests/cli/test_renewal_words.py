"""What the command line says of plans that give machines other disks, to people and to programs."""

from collections.abc import Iterator

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.disk import ImageFacts

from .conftest import OFF, SAVED, Run


@pytest.fixture
def deb(fleet: SampleFleet) -> Iterator[SampleFleet]:
    """Return a fleet with a template and two clones: one off, one saved."""
    fleet.add_clones(fleet.add_template("deb"), [OFF, SAVED])
    yield fleet


def test_a_plan_names_the_version_that_machines_will_stand_on(run: Run, deb: SampleFleet) -> None:
    run("modify-template", "deb", "prepare-image")
    run("modify-template", "deb", "commit-image")
    assert "  deb-1 (off), onto v2\n" in run("upgrade", "1", "--dry-run").out
    assert "  deb-1 (off), onto v1\n" in run("reset", "1", "--dry-run").out
    assert "onto" not in run("detach", "1", "--dry-run").out
    (step,) = run("upgrade", "1", "--dry-run", "--json").json["plan"]["steps"]
    assert step["version"] == 2
    assert (len(step["makes"]), len(step["removes"])) == (1, 1)


def test_a_machine_that_is_left_out_is_told_with_the_option_that_lets_it_in(run: Run, deb: SampleFleet) -> None:
    shown = run("reset", "all", "--dry-run")
    assert "left out: deb-2: is saved" in shown.out
    assert "; --drop-saved allows it\n" in shown.out
    (refusal,) = run("reset", "all", "--dry-run", "--json").json["plan"]["refusals"]
    assert (refusal["name"], refusal["option"]) == ("deb-2", "--drop-saved")
    alone = run("reset", "2")
    assert (alone.code, "If that may go, add --drop-saved." in alone.err) == (12, True)


def test_what_full_images_take_is_said_before(run: Run, deb: SampleFleet) -> None:
    shown = run("detach", "1", "--dry-run").out
    assert "warning: full images take up to 2048 MiB more" in shown


def test_a_machine_whose_disk_others_need_is_left_out_of_the_plan_with_their_names(run: Run, deb: SampleFleet) -> None:
    (record, _) = deb.catalogue.clones()
    foreign = f"{deb.images.place}/theirs.qcow2"
    deb.images.facts[foreign] = ImageFacts(foreign, "qcow2", 10 << 30, 1, record.files[0])
    why = f"has a disk that is needed by the image {foreign}"
    for verb in ("reset", "detach"):
        assert f"left out: deb-1: {why}\n" in run(verb, "1", "--dry-run").out
        (refusal,) = run(verb, "1", "--dry-run", "--json").json["plan"]["refusals"]
        assert (refusal["name"], refusal["why"], refusal["option"]) == ("deb-1", why, None)
        refused = run(verb, "1", "--yes")
        assert (refused.code, f"deb-1 {why}" in refused.err, "--drop" in refused.err) == (12, True, False)
    both = run("reset", "all", "--drop-saved", "--yes")
    assert both.code == 0
    assert why in both.err
