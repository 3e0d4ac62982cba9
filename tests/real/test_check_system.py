"""check on a system daemon, whichever way its images are reached: by file, through a pool, and over ssh."""

import shutil
from pathlib import Path

from .test_system_hypervisor import Site, images, site, virsh

__all__ = ["images", "site"]


def test_what_was_lost_is_found_and_mended_wherever_the_images_are(site: Site) -> None:
    site.run("import-template", str(site.images / "sample.xml"), "qqsys")
    try:
        site.run("-t", "qqsys", "clone", "3")
        site.run("-t", "qqsys", "start", "1")
        before = site.states()
        shutil.rmtree(site.home / "data" / "catalogues")
        assert site.run("check").stdout.count("mended  ") == 4
        assert site.states() == before
        assert site.run("check", "--digest").stdout == ""

        shutil.copy(site.images / "qqsys-2.vda.qcow2", site.images / "qqsys-9.vda.qcow2")
        virsh("undefine", "qqsys-3")
        found = site.run("check", code=16).stdout
        assert ["lost clone" in found, "orphan file" in found] == [True, True]
        assert (site.images / "qqsys-9.vda.qcow2").exists()
        assert (site.images / "qqsys-3.vda.qcow2").exists()

        site.run("check", "--yes", code=18)
        assert site.states() == before

        base = site.images / "sample.qcow2"
        content = base.read_bytes()
        base.write_bytes(content + bytes(4096))
        assert "changed image" in site.run("check", "qqsys", code=18).stdout
    finally:
        site.run("-t", "qqsys", "rm", "all", "--yes")
    assert not list(site.images.glob("qqsys-[123]*"))
    assert Path(site.images / "qqsys-9.vda.qcow2").exists()
