"""On a file system that can share blocks, copies cost no space."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import CommandFailed

from .image_files import MIB, chain, in_use, make_image, qemu_io


@pytest.fixture
def btrfs(tmp_path: Path) -> Iterator[Path]:
    """A small btrfs of the test's own."""
    if os.geteuid() != 0 or shutil.which("mkfs.btrfs") is None:
        pytest.skip("making a btrfs needs root and btrfs-progs")
    volume, directory = tmp_path / "volume", tmp_path / "btrfs"
    with volume.open("wb") as file:
        file.truncate(256 * MIB)
    subprocess.run(["mkfs.btrfs", "-q", str(volume)], check=True)
    directory.mkdir()
    if subprocess.run(["mount", "-o", "loop", str(volume), str(directory)], check=False).returncode != 0:
        pytest.skip("a btrfs cannot be mounted here")
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@pytest.mark.parametrize("kind", [ImageKind.COPY, ImageKind.FILE])
def test_a_copy_shares_the_blocks_of_its_source(btrfs: Path, kind: ImageKind) -> None:
    source = make_image(btrfs / "source.qcow2", size=128 * MIB)
    qemu_io(source, "write -P 0x33 0 64M")
    os.sync()
    images = LocalImages(btrfs)
    free = images.room().free
    path = btrfs / "copy.qcow2"
    images.create(ImageSpec(str(path), kind, str(source), "qcow2", 128 * MIB))
    os.sync()
    assert free - images.room().free < 4 * MIB
    assert path.read_bytes() == source.read_bytes()
    qemu_io(path, "write -P 0x44 0 1M")
    qemu_io(source, "read -P 0x33 0 64M")


def test_a_copy_may_be_larger_than_the_source_it_shares_blocks_with(btrfs: Path) -> None:
    source = make_image(btrfs / "source.qcow2")
    path = btrfs / "copy.qcow2"
    LocalImages(btrfs).create(ImageSpec(str(path), ImageKind.COPY, str(source), "qcow2", 32 * MIB))
    assert chain(path)[0]["virtual-size"] == 32 * MIB
    assert chain(source)[0]["virtual-size"] == 16 * MIB
    qemu_io(path, "read -P 0xa5 1M 1M", "read -P 0 16M 16M")


def test_an_image_that_a_machine_writes_to_is_not_copied(btrfs: Path) -> None:
    source = make_image(btrfs / "source.qcow2")
    path = btrfs / "copy.qcow2"
    with in_use(source), pytest.raises(CommandFailed, match="lock"):
        LocalImages(btrfs).create(ImageSpec(str(path), ImageKind.COPY, str(source), "qcow2", 16 * MIB))
    assert not path.exists()
