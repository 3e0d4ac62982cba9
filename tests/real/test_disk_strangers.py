"""What somebody with virsh and qemu-img does behind the program's back costs no foreign file its life."""

import shutil
import subprocess
from pathlib import Path

import pytest

from qq2clone_tui.domain.states import PowerVerb
from tests.adapters.image_files import chain, digest

from .disk_lab import MIB, Disk, DiskLab, image, read_back, write_pattern

OWN = 2 * MIB


def _redefine(lab: DiskLab, name: str, old: str, new: str) -> None:
    """Define a machine anew with other XML, as ``virsh edit`` would."""
    xml = lab.host.inactive_xml(lab.domain(name).uuid)
    assert old in xml
    lab.host.define(xml.replace(old, new))


class TestStagingMachine:
    """The staging machine, in the hands of somebody with virsh."""

    def test_renamed_it_is_still_committed_or_discarded(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        write_pattern(lab.disk(staging), 0x22)
        lab.host.definitions.rename(lab.domain(staging).uuid, "somebodys")
        lab.type("modify-template web commit-image")
        lab.type("clone 1 -t web")
        assert read_back(lab.disk("web-1")) == 0x22
        staging = lab.prepare("web")
        lab.host.definitions.rename(lab.domain(staging).uuid, "somebodys")
        lab.type("modify-template web discard-image --yes")
        assert lab.names() == {"web-1"}

    def test_started_it_is_not_committed(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        overlay = lab.disk(staging)
        lab.power(PowerVerb.START, staging)
        for line in ("commit-image", "commit-image --in-place --yes"):
            refused = lab.type(f"modify-template web {line}", code=12)
            assert "running" in refused.err
        assert lab.listed("web")["version"] == 1
        assert overlay.stat().st_mode & 0o200

    def test_pointed_at_a_foreign_file_it_makes_no_version_of_it(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        overlay, foreign = lab.disk(staging), image(lab.bases / "foreign.qcow2", 0x99)
        before = (digest(foreign), foreign.stat().st_mode)
        write_pattern(overlay, 0x22)
        _redefine(lab, staging, str(overlay), str(foreign))
        lab.type("modify-template web commit-image", code=None)
        assert (digest(foreign), foreign.stat().st_mode) == before
        if lab.listed("web")["version"] == 2:
            lab.type("clone 1 -t web")
            assert read_back(lab.disk("web-1")) == 0x22
        lab.type("modify-template web discard-image --yes", code=None)
        assert (digest(foreign), foreign.stat().st_mode) == before

    def test_undefined_it_leaves_nothing_that_cannot_be_discarded(self, lab: DiskLab) -> None:
        lab.simple()
        lab.host.undefine(lab.domain(lab.prepare("web")).uuid)
        lab.type("modify-template web commit-image", code=None)
        lab.type("modify-template web discard-image --yes", code=None)
        lab.type("delete-template web --yes")
        assert lab.leftovers() == set()

    def test_without_its_overlay_it_makes_no_version(self, lab: DiskLab) -> None:
        lab.simple()
        overlay = lab.disk(lab.prepare("web"))
        overlay.unlink()
        refused = lab.type("modify-template web commit-image", code=None)
        assert refused.code in {10, 12, 13, 18}
        assert str(overlay) in refused.err
        assert lab.listed("web")["version"] == 1
        lab.type("modify-template web discard-image --yes")
        assert lab.names() == set()

    def test_with_its_overlay_moved_onto_another_base_it_makes_no_version(self, lab: DiskLab) -> None:
        lab.simple()
        overlay = lab.disk(lab.prepare("web"))
        other = image(lab.bases / "other.qcow2", 0x99)
        subprocess.run(["qemu-img", "rebase", "-u", "-F", "qcow2", "-b", str(other), str(overlay)], check=True)
        refused = lab.type("modify-template web commit-image", code=None)
        assert refused.code
        assert lab.listed("web")["version"] == 1

    def test_copied_by_another_tool_the_copy_is_nobodys_of_ours(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        xml = lab.host.inactive_xml(lab.domain(staging).uuid)
        uuid, copy = lab.domain(staging).uuid, lab.bases / "copy.qcow2"
        shutil.copyfile(lab.disk(staging), copy)
        twin = xml.replace(uuid, uuid[:-4] + "beef", 1).replace(f"<name>{staging}<", "<name>copied<")
        lab.host.define(twin.replace(str(lab.disk(staging)), str(copy)))
        lab.type("modify-template web discard-image --yes")
        assert lab.names() == {"copied"}
        assert copy.exists()

    def test_a_machine_that_shares_its_overlay_keeps_it_from_being_committed_or_deleted(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        overlay = lab.disk(staging)
        lab.host.define(lab.machine("thief", Disk(overlay)).read_text())
        refused = lab.type("modify-template web discard-image --yes", code=None)
        assert refused.code == 0 or "thief" in refused.err
        assert overlay.exists()
        refused = lab.type("modify-template web commit-image", code=None)
        assert refused.code
        assert "thief" in refused.err or not lab.names() - {"thief"}


class TestStrangers:
    """Overlays and machines that this program did not make."""

    @pytest.mark.parametrize("where", ["images", "bases", "elsewhere"])
    def test_a_foreign_overlay_of_a_machine_keeps_its_base(self, lab: DiskLab, where: str) -> None:
        lab.simple(options="--copy")
        lab.commit("web", 0x22)
        lab.type("clone 1 -t web")
        version = Path(chain(lab.disk("web-1"))[1]["filename"])
        lab.type("rm 1 -t web --yes")
        foreign = image(lab.home / where / "foreign.qcow2", 0x99, base=version)
        lab.host.define(lab.machine("stranger", Disk(foreign)).read_text())
        kept = lab.type("delete-template web --yes", code=None)
        assert kept.code == 0 or "stranger" in kept.err
        assert version.exists()
        assert read_back(foreign, OWN) == 0
        assert read_back(foreign) == 0x99

    @pytest.mark.parametrize("where", ["images"])
    def test_a_foreign_overlay_without_a_machine_is_seen_where_images_lie(self, lab: DiskLab, where: str) -> None:
        lab.simple(options="--copy")
        below = Path(chain(lab.disk(lab.prepare("web")))[1]["filename"])
        foreign = image(lab.home / where / "foreign.qcow2", 0x99, base=below)
        before = digest(below)
        refused = lab.type("modify-template web commit-image --in-place --yes", code=12)
        assert "foreign.qcow2" in refused.err
        assert digest(below) == before
        kept = lab.type("modify-template web discard-image --yes")
        kept = lab.type("delete-template web --yes", code=None)
        assert below.exists()
        assert foreign.exists(), kept

    def test_files_of_the_names_that_are_wanted_are_neither_used_nor_lost(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        wanted = lab.disk(staging)
        lab.type("modify-template web discard-image --yes")
        wanted.write_text("precious")
        lab.type("modify-template web prepare-image --no-run", code=None)
        assert wanted.read_text() == "precious"
        lab.type("modify-template web discard-image --yes", code=None)
        assert wanted.read_text() == "precious"

    def test_a_machine_of_the_staging_machines_name_is_left_alone(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        lab.type("modify-template web discard-image --yes")
        other = image(lab.bases / "other.qcow2", 0x99)
        lab.host.define(lab.machine(staging, Disk(other)).read_text())
        uuid = lab.domain(staging).uuid
        lab.type("modify-template web prepare-image --no-run", code=None)
        lab.type("modify-template web discard-image --yes", code=None)
        assert lab.domain(staging).uuid == uuid
        assert read_back(other) == 0x99

    @pytest.mark.parametrize("by", ["an overlay", "a machine"])
    def test_a_clones_disk_that_somebody_needs_is_named_in_the_plan_and_not_taken_away(
        self, lab: DiskLab, by: str
    ) -> None:
        lab.simple()
        lab.type("clone 2 -t web")
        write_pattern(lab.disk("web-1"), 0x33)
        lab.commit("web", 0x22)
        needed, name = lab.disk("web-1"), "theirs.qcow2" if by == "an overlay" else "stranger"
        if by == "an overlay":
            image(lab.images / name, 0x99, base=needed)
        else:
            lab.host.define(lab.machine(name, Disk(needed)).read_text())
        for verb in ("reset", "upgrade", "detach"):
            plan = lab.type(f"{verb} 1-2 -t web --dry-run --json").json["plan"]
            assert [step["name"] for step in plan["steps"]] == ["web-2"]
            (refusal,) = plan["refusals"]
            assert (refusal["name"], name in refusal["why"]) == ("web-1", True)
            refused = lab.type(f"{verb} 1 -t web --yes", code=12)
            assert name in refused.err
        assert lab.disk("web-1") == needed
        assert read_back(needed) == 0x33
