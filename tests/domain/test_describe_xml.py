"""A machine's XML, inactive or live, is read into values without its secrets."""

import pytest

from qq2clone_tui.domain.describe_xml import Console, DiskDevice, Graphics, Interface, describe
from qq2clone_tui.domain.errors import BadXml

from .clone_samples import domain, template_of


def test_a_whole_machine_is_described() -> None:
    described = describe(template_of("bios").xml)
    assert (described.name, described.uuid) == ("debian12", "c7a5fdbd-edaf-9455-926a-d65c16db1809")
    assert (described.memory_bytes, described.vcpus) == (64 << 20, 1)
    assert described.disks == (
        DiskDevice("vda", "disk", "file", "/images/debian12.img", "raw"),
        DiskDevice("sda", "cdrom", "file", "/images/install.iso", "raw", readonly=True),
    )
    assert described.interfaces == (
        Interface("network", "default", "52:54:00:12:34:56", "virtio"),
        Interface("user", "", "00:16:3e:12:34:56", "e1000"),
    )
    assert described.graphics == (Graphics("vnc", 5901, -1, "127.0.0.1"),)
    assert described.consoles == (Console("pty", "/dev/pts/3"), Console("pty", "/dev/pts/3"))


def test_the_password_is_nowhere_in_the_description() -> None:
    assert "secret" not in repr(describe(template_of("bios").xml))


def test_live_ports_sockets_and_terminals_are_found() -> None:
    live = domain(
        "<console type='pty' tty='/dev/pts/9'/>"
        "<graphics type='spice' port='5900' tlsPort='5901' autoport='yes' listen='10.0.0.1'/>"
        "<graphics type='vnc'><listen type='socket' socket='/run/vnc.sock'/></graphics>"
        "<graphics type='vnc' socket='/run/old.sock' port='junk'/>"
    )
    described = describe(live)
    assert described.consoles == (Console("pty", "/dev/pts/9"),)
    assert described.graphics == (
        Graphics("spice", 5900, 5901, "10.0.0.1"),
        Graphics("vnc", -1, -1, "", "/run/vnc.sock"),
        Graphics("vnc", -1, -1, "", "/run/old.sock"),
    )


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("<memory>1024</memory>", 1 << 20),
        ("<memory unit='b'>1024</memory>", 1024),
        ("<memory unit='bytes'>7</memory>", 7),
        ("<memory unit='KB'>2</memory>", 2000),
        ("<memory unit='k'>2</memory>", 2048),
        ("<memory unit='M'>2</memory>", 2 << 20),
        ("<memory unit='GiB'> 2 </memory>", 2 << 30),
        ("<memory unit='TB'>1</memory>", 10**12),
        ("", 0),
    ],
)
def test_memory_is_given_in_bytes_whatever_its_unit(text: str, size: int) -> None:
    assert describe(f"<domain><name>a</name>{text}</domain>").memory_bytes == size


@pytest.mark.parametrize(
    ("disk", "source"),
    [
        ("<disk type='block'><source dev='/dev/sdb'/></disk>", "/dev/sdb"),
        ("<disk type='volume'><source pool='p' volume='v'/></disk>", "p/v"),
        ("<disk type='network'><source protocol='rbd' name='a/b'/></disk>", "rbd:a/b"),
        ("<disk type='dir'><source dir='/d'/></disk>", "/d"),
        ("<disk type='file' device='cdrom'/>", ""),
    ],
)
def test_every_kind_of_disk_names_its_source(disk: str, source: str) -> None:
    assert describe(domain(disk)).disks[0].source == source


@pytest.mark.parametrize("mark", ["<readonly/>", "<shareable/>"])
def test_marked_disks_are_shared_and_not_cloned(mark: str) -> None:
    disk = "<disk type='file'><source file='/i'/><target dev='vda'/>{}</disk>"
    assert describe(domain(disk.format(""))).disks[0].cloned
    assert not describe(domain(disk.format(mark))).disks[0].cloned


@pytest.mark.parametrize(
    "nvram",
    ["<nvram>/n/a.fd</nvram>", "<nvram template='/t'>\n /n/a.fd </nvram>", "<nvram><source file='/n/a.fd'/></nvram>"],
)
def test_the_firmware_variables_are_found_in_both_spellings(nvram: str) -> None:
    assert describe(domain(head=f"<os>{nvram}</os>")).nvram == "/n/a.fd"


def test_a_domain_without_a_name_is_refused() -> None:
    with pytest.raises(BadXml, match="has no name"):
        describe("<domain><name> </name></domain>")
