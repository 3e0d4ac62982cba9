"""The files that a machine's XML names are found, whatever kind of disk names them."""

import pytest

from qq2clone_tui.domain.errors import BadXml
from qq2clone_tui.domain.named_files import NamedFiles, files_named


def named(disks: str, firmware: str = "") -> NamedFiles:
    return files_named(f"<domain><name>a</name><os>{firmware}</os><devices>{disks}</devices></domain>")


def test_files_and_block_devices_are_found_on_every_kind_of_disk() -> None:
    assert named(
        "<disk type='file'><source file='/a.qcow2'/></disk>"
        "<disk type='file' device='cdrom'><source file='/b.iso' startupPolicy='optional'/></disk>"
        "<disk type='block' device='lun'><source dev='/dev/sdb'/></disk>"
        "<disk type='file' device='floppy'/>"
    ).paths == ("/a.qcow2", "/b.iso", "/dev/sdb")


def test_a_file_named_twice_is_told_once() -> None:
    assert named("<disk><source file='/a'/></disk><disk><source file='/a'/></disk>").paths == ("/a",)


def test_the_target_of_a_copy_under_way_is_found() -> None:
    copied = "<disk><source file='/a'/><mirror type='file' job='copy'><source file='/copy'/></mirror></disk>"
    assert named(copied).paths == ("/a", "/copy")


def test_what_stands_below_is_left_to_the_images_own_header() -> None:
    assert named("<disk><source file='/a'/><backingStore><source file='/b'/></backingStore></disk>").paths == ("/a",)


@pytest.mark.parametrize(
    "firmware", ["<nvram template='/t'> /vars </nvram>", "<nvram type='file'><source file='/vars'/></nvram>"]
)
def test_firmware_variables_are_found_as_text_and_as_a_source(firmware: str) -> None:
    assert named("", firmware).paths == ("/vars",)


def test_volumes_are_told_apart_from_paths() -> None:
    assert named("<disk type='volume'><source pool='p' volume='v.qcow2'/></disk>") == NamedFiles(
        (), (("p", "v.qcow2"),)
    )


def test_images_on_the_network_are_no_files() -> None:
    assert named("<disk type='network'><source protocol='nbd' name='/export'/></disk>") == NamedFiles()


def test_what_is_no_domain_is_refused() -> None:
    with pytest.raises(BadXml):
        files_named("<pool/>")
