"""Links, foreign disks, copies and new names: what is ours is told from what is not, in every roundabout way."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.adapters.image_files import chain, digest, qemu_img

from .disk_lab import MIB, Disk, DiskLab, image, read_back, write_pattern

OWN = 2 * MIB
CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
FIRMWARE = f"<loader readonly='yes' type='pflash'>{CODE}</loader><nvram template='{VARIABLES}'>{{path}}</nvram>"
LINKS = pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])

Link = Callable[[Path, Path], None]


def below(lab: DiskLab, name: str) -> Path:
    """Return the image that a machine's first disk stands on."""
    return Path(chain(lab.disk(name))[1]["filename"])


class TestLinks:
    """Names that lead to somebody else's file."""

    @LINKS
    def test_a_staging_overlay_that_is_another_file_makes_no_version_and_costs_it_nothing(
        self, lab: DiskLab, link: Link
    ) -> None:
        base = lab.simple()
        overlay = lab.disk(lab.prepare("web"))
        foreign = image(lab.bases / "foreign.qcow2", 0x99, base=base)
        before = (digest(foreign), foreign.stat().st_mode)
        overlay.unlink()
        link(foreign, overlay)
        assert str(overlay) in lab.type("modify-template web commit-image", code=18).err
        assert (digest(foreign), foreign.stat().st_mode) == before
        lab.type("modify-template web discard-image --yes", code=None)
        assert (digest(foreign), foreign.stat().st_mode) == before
        overlay.unlink(missing_ok=True)
        lab.type("modify-template web discard-image --yes", code=None)
        lab.type("delete-template web --yes")
        assert (lab.names(), lab.leftovers()) == (set(), set())
        assert digest(foreign) == before[0]

    @LINKS
    def test_an_overlay_that_is_another_file_costs_it_nothing_when_the_clone_is_reset(
        self, lab: DiskLab, link: Link
    ) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        overlay, foreign = lab.disk("web-1"), image(lab.bases / "foreign.qcow2", 0x99, base=base)
        before = digest(foreign)
        overlay.unlink()
        link(foreign, overlay)
        for line in ("reset 1", "detach 1", "promote 1 fresh", "rm 1"):
            lab.type(f"{line} -t web --yes", code=None)
            assert digest(foreign) == before
            assert foreign.stat().st_mode & 0o777 == 0o600 or foreign.stat().st_mode & 0o200

    def test_a_base_with_another_name_is_not_written_in_place(self, lab: DiskLab) -> None:
        lab.simple(options="--copy")
        staging = lab.prepare("web")
        base, other = below(lab, staging), lab.bases / "other.qcow2"
        other.hardlink_to(base)
        write_pattern(lab.disk(staging), 0x22)
        before = digest(other)
        assert str(base) in lab.type("modify-template web commit-image --in-place --yes", code=18).err
        assert digest(other) == before
        other.unlink()
        lab.type("modify-template web commit-image --in-place --yes")

    def test_an_overlay_that_names_its_base_in_json_keeps_it_all_the_same(self, lab: DiskLab) -> None:
        lab.simple(options="--copy")
        base = below(lab, lab.prepare("web"))
        name = 'json:{"driver":"qcow2","file":{"driver":"file","filename":"' + str(base) + '"}}'
        qemu_img("create", "-q", "-f", "qcow2", "-b", name, "-F", "qcow2", lab.images / "foreign.qcow2")
        refused = lab.type("modify-template web commit-image --in-place --yes", code=12)
        assert "foreign.qcow2" in refused.err


class TestForeignDisks:
    """Disks that a user has given a clone by hand."""

    def test_they_are_neither_reset_nor_copied_nor_deleted(self, lab: DiskLab) -> None:
        lab.simple()
        lab.type("clone 2 -t web")
        extra = image(lab.bases / "extra.qcow2", 0x99)
        for name in ("web-1", "web-2"):
            xml = lab.host.inactive_xml(lab.domain(name).uuid)
            lab.host.define(xml.replace("</disk>", f"</disk>{Disk(extra, 'vdz').xml}", 1))
        before = digest(extra)
        write_pattern(lab.disk("web-1"), 0xC1)
        lab.type("reset 1 -t web --yes")
        assert read_back(lab.disk("web-1")) == 0x11
        lab.commit("web", 0x22)
        lab.type("upgrade 1 -t web --yes")
        lab.type("detach 1 -t web --yes")
        assert lab.disk("web-1", "vdz") == extra
        assert read_back(lab.disk("web-1")) == 0x22
        lab.type("rm all -t web --yes")
        assert digest(extra) == before

    def test_a_promoted_machine_keeps_referring_to_them(self, lab: DiskLab) -> None:
        lab.simple()
        lab.type("clone 1 -t web")
        extra = image(lab.bases / "extra.qcow2", 0x99)
        xml = lab.host.inactive_xml(lab.domain("web-1").uuid)
        lab.host.define(xml.replace("</disk>", f"</disk>{Disk(extra, 'vdz').xml}", 1))
        before = (digest(extra), extra.stat().st_mode)
        lab.type("promote 1 fresh -t web --yes")
        lab.type("clone 1 -t fresh")
        assert read_back(lab.disk("fresh-1", "vdz")) == 0x99
        lab.type("rm all -t fresh --yes")
        lab.type("delete-template fresh --yes")
        assert (digest(extra), extra.stat().st_mode) == before


class TestCopies:
    """Templates that share images with others."""

    def test_a_copied_template_keeps_what_it_shares(self, lab: DiskLab) -> None:
        lab.simple(options="--copy")
        lab.commit("web", 0x22)
        lab.type("copy-template web twin")
        lab.type("clone 1 -t twin")
        assert read_back(lab.disk("twin-1")) == 0x22
        write_pattern(lab.disk(lab.prepare("web")), 0x33)
        refused = lab.type("modify-template web commit-image --in-place --yes", code=12)
        assert "twin" in refused.err
        lab.type("modify-template web discard-image --yes")
        lab.type("delete-template web --yes")
        assert read_back(lab.disk("twin-1")) == 0x22
        lab.commit("twin", 0x44)
        lab.type("upgrade 1 -t twin --yes")
        assert read_back(lab.disk("twin-1")) == 0x44
        lab.type("rm all -t twin --yes")
        lab.type("delete-template twin --yes")
        assert lab.leftovers() == set()

    def test_a_promoted_template_outlives_the_one_it_came_from(self, lab: DiskLab) -> None:
        lab.simple(options="--copy")
        lab.commit("web", 0x22)
        lab.type("clone 1 -t web")
        write_pattern(lab.disk("web-1"), 0xC1, OWN)
        lab.type("promote 1 fresh -t web --yes")
        lab.type("delete-template web --yes")
        lab.type("clone 1 -t fresh")
        assert [read_back(lab.disk("fresh-1"), at) for at in (0, OWN)] == [0x22, 0xC1]
        lab.type("rm all -t fresh --yes")
        lab.type("delete-template fresh --yes")
        assert lab.leftovers() == set()

    @pytest.mark.skipif(not VARIABLES.exists(), reason="OVMF is not installed")
    @pytest.mark.parametrize("way", ["copied", "kept"])
    def test_firmware_variables_that_were_copied_outlive_their_originals(self, lab: DiskLab, way: str) -> None:
        original = lab.bases / "web_VARS.fd"
        base = image(lab.bases / "web.qcow2", 0x11)
        shutil.copyfile(VARIABLES, original)
        lab.template("web", Disk(base), options="--copy", firmware=FIRMWARE.format(path=original))
        name = "web"
        if way == "kept":
            lab.type("clone 1 -t web")
            lab.type("promote 1 fresh -t web --keep --yes")
            lab.type("rm 1 -t web --yes")
            lab.type("delete-template web --yes")
            name = "fresh"
        original.unlink()
        base.unlink()
        lab.type(f"clone 1 -t {name}")
        lab.commit(name, 0x22)
        lab.type(f"clone 1 -t {name}")
        assert [read_back(lab.disk(f"{name}-{number}")) for number in (1, 2)] == [0x11, 0x22]
        lab.type(f"rm all -t {name} --yes")
        lab.type(f"delete-template {name} --yes")
        assert lab.leftovers() == set()


class TestOtherThings:
    """What happens between the usual steps."""

    def test_a_template_is_renamed_before_or_after_it_is_staged(self, lab: DiskLab) -> None:
        lab.simple()
        lab.type("clone 1 -t web")
        write_pattern(lab.disk(lab.prepare("web")), 0x22)
        assert "staging machine" in lab.type("modify-template web rename site", code=13).err
        lab.type("modify-template web commit-image")
        lab.type("modify-template web rename site")
        lab.type("clone 1 -t site")
        lab.commit("site", 0x33)
        lab.type("upgrade 1 -t site --yes")
        assert [read_back(lab.disk(name)) for name in ("site-1", "site-2")] == [0x33, 0x22]
        lab.type("rm all -t site --yes")
        lab.type("delete-template site --yes")
        assert (lab.names(), lab.leftovers()) == (set(), set())

    @pytest.mark.parametrize("in_place", ["", " --in-place --yes"])
    def test_a_disk_that_grew_in_staging_is_as_large_in_clones(self, lab: DiskLab, in_place: str) -> None:
        lab.simple(options="--copy")
        overlay = lab.disk(lab.prepare("web"))
        qemu_img("resize", "-q", "-f", "qcow2", overlay, str(32 * MIB))
        write_pattern(overlay, 0x22, 24 * MIB)
        lab.type(f"modify-template web commit-image{in_place}")
        lab.type("clone 1 -t web")
        assert [read_back(lab.disk("web-1"), at) for at in (0, 24 * MIB)] == [0x11, 0x22]
        lab.type("detach 1 -t web --yes")
        assert read_back(lab.disk("web-1"), 24 * MIB) == 0x22

    def test_whatever_is_typed_of_staging_machines_as_of_clones_is_refused(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        uuid, overlay = lab.domain(staging).uuid, lab.disk(staging)
        for line in ("rm staging", "reset staging", "upgrade staging", "detach staging", "promote staging fresh"):
            assert lab.type(f"{line} -t web --yes", code=None).code in {12, 13}, line
        for line in ("rm all", "destroy all", "reset all"):
            lab.type(f"{line} -t web --yes", code=12)
        assert lab.domain(staging).uuid == uuid
        assert overlay.exists()

    def test_twelve_versions_deep_every_one_can_still_be_cloned(self, lab: DiskLab) -> None:
        lab.simple()
        for number in range(2, 13):
            lab.commit("web", number, at=number * MIB)
        lab.type("clone 1 -t web")
        assert [read_back(lab.disk("web-1"), number * MIB) for number in range(2, 13)] == list(range(2, 13))
        lab.type("clone 1 -t web@v7")
        assert [read_back(lab.disk("web-2"), number * MIB) for number in (7, 8)] == [7, 0]
        lab.type("delete-template web --yes", code=13)
        lab.type("rm all -t web --yes")
        lab.type("delete-template web --yes")
        assert lab.leftovers() == set()
