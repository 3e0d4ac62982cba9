"""Versions whose files only libvirt can reach are never merged, and deleted when nothing stands on them."""

from pathlib import Path

import pytest

from tests.adapters.image_files import qemu_img

from .disk_lab import read_back, write_pattern
from .test_disk_pools import OWN, POOL, capture, clear, disk, images, site
from .test_system_hypervisor import Site, chain, virsh

__all__ = ["capture", "images", "site"]


def versions(site: Site) -> list[str]:
    """Return the files of the versions there are."""
    return sorted(path.name for path in site.images.iterdir() if path.name.startswith("qqgone.v"))


def grow(site: Site, number: int) -> Path:
    """Make a version that writes a pattern of its own, and return its image."""
    site.run("modify-template", "qqgone", "prepare-image", "--no-run")
    (staging,) = (name for name in virsh("list", "--all", "--name").split() if name.startswith("qqgone.v"))
    path = disk(staging)
    write_pattern(path, number, OWN * number // 2)
    site.run("modify-template", "qqgone", "commit-image")
    return path


@pytest.mark.parametrize("site", ["by pool"], indirect=True)
def test_in_a_pool_versions_go_once_nothing_stands_on_them(site: Site) -> None:
    site.run("import-template", str(site.images / "sample.xml"), "qqgone")
    try:
        second, third = grow(site, 1), grow(site, 2)
        site.run("-t", "qqgone", "clone", "1")
        plan = site.run("prune", "--dry-run").stdout
        assert "images cannot be merged where this program does not reach the files itself" in plan
        site.run("prune", "--yes")
        assert versions(site) == [second.name, third.name]

        qemu_img("rebase", "-f", "qcow2", "-b", "", third)
        virsh("pool-refresh", POOL)
        site.run("prune", "--yes")
        assert versions(site) == [third.name]
        clone = disk("qqgone-1")
        assert [Path(link["filename"]).name for link in chain(clone)][1:] == [third.name]
        assert [read_back(clone, OWN * number // 2) for number in (1, 2)] == [1, 2]
    finally:
        clear(site, "qqgone")
        site.run("delete-template", "qqgone", "--yes")
    assert versions(site) == []
