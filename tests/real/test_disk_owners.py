"""An image that two templates, or a template and a clone, have an interest in goes with neither."""

from pathlib import Path

import pytest

from tests.adapters.image_files import chain, digest

from .disk_lab import MIB, Disk, DiskLab, read_back, write_pattern

OWN = 2 * MIB


def below(lab: DiskLab, name: str) -> Path:
    """Return the image that a machine's first disk stands on."""
    return Path(chain(lab.disk(name))[1]["filename"])


@pytest.mark.parametrize(
    "line",
    ["reset 1", "upgrade 1 --to v2", "detach 1", "promote 1 fresh", "rm 1", "rm-shred 1", "start 1"],
)
def test_a_clone_that_another_template_refers_to_keeps_its_disk(lab: DiskLab, line: str) -> None:
    lab.simple()
    lab.commit("web", 0x22)
    lab.type("clone 1 -t web@v1")
    write_pattern(lab.disk("web-1"), 0xC1, OWN)
    disk = lab.disk("web-1")
    lab.type("import-template web-1 other")
    lab.type("clone 1 -t other")
    before = digest(disk)
    refused = lab.type(f"{line} -t web{'' if line == 'start 1' else ' --yes'}", code=None)
    assert refused.code in {12, 13}
    assert "other" in refused.err
    assert digest(disk) == before
    assert (lab.disk("web-1"), read_back(lab.disk("other-1"), OWN)) == (disk, 0xC1)
    lab.type("rm all -t other --yes")
    lab.type("delete-template other --yes")
    lab.type(f"{line} -t web{'' if line == 'start 1' else ' --yes'}")


@pytest.mark.parametrize("line", ["commit-image", "commit-image --in-place --yes", "discard-image --yes"])
def test_a_staging_machine_that_another_template_refers_to_keeps_its_disk(lab: DiskLab, line: str) -> None:
    lab.simple(options="--copy")
    staging = lab.prepare("web")
    disk = lab.disk(staging)
    write_pattern(disk, 0x22)
    lab.type(f"import-template {staging} other")
    lab.type("clone 1 -t other")
    before = digest(disk)
    refused = lab.type(f"modify-template web {line}", code=12)
    assert "other" in refused.err
    assert (digest(disk), lab.disk(staging)) == (before, disk)
    assert read_back(lab.disk("other-1")) == 0x22


def test_a_version_that_another_template_refers_to_outlives_its_own_one(lab: DiskLab) -> None:
    lab.simple(options="--copy")
    lab.commit("web", 0x22)
    lab.type("clone 1 -t web")
    version = below(lab, "web-1")
    lab.type("rm 1 -t web --yes")
    lab.template("other", Disk(version))
    lab.type("clone 1 -t other")
    write_pattern(lab.disk(lab.prepare("web")), 0x33)
    assert "other" in lab.type("modify-template web commit-image --in-place --yes", code=12).err
    lab.type("modify-template web discard-image --yes")
    lab.type("delete-template web --yes")
    assert read_back(lab.disk("other-1")) == 0x22
    lab.type("rm all -t other --yes")
    lab.type("delete-template other --yes")


def test_a_version_whose_image_is_gone_makes_no_clones_until_it_is_back(lab: DiskLab) -> None:
    lab.simple()
    lab.commit("web", 0x22)
    lab.type("clone 1 -t web")
    version = below(lab, "web-1")
    before = lab.leftovers()
    away = version.rename(lab.home / "away")
    assert str(version) in lab.type("clone 1 -t web", code=10).err
    assert str(version) in lab.type("start 1 -t web", code=None).err
    away.rename(version)
    assert lab.leftovers() == before
    lab.type("clone 1 -t web")
