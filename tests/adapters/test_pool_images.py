"""What a storage pool adds to the promises of every place for images."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from qq2clone_tui.adapters.libvirt.connection import close_quietly, dial
from qq2clone_tui.adapters.libvirt.pool import ConnectionPool
from qq2clone_tui.adapters.libvirt.storage import PoolImages
from qq2clone_tui.adapters.libvirt.volume_xml import volume_facts, volume_xml
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError, BadArgument, HypervisorError, WrongFileKind

from .libvirt_worlds import world

GIB = 1024**3


@pytest.fixture
def connections(tmp_path: Path) -> Iterator[ConnectionPool]:
    """Lend the one connection to a world of libvirt's test driver."""
    uri = world(tmp_path)
    pool = ConnectionPool(lambda: dial(uri), close_quietly, lambda _connection, _why: None, 1)
    pool.resume(dial(uri))
    yield pool
    pool.close()


def have_pool(connections: ConnectionPool, target: str, kind: str = "dir", *, started: bool = True) -> str:
    """Define a pool and return its name."""
    source = "<source><device path='/dev/nothing'/><name>vg</name></source>" if kind == "logical" else ""
    xml = f"<pool type='{kind}'><name>mine</name>{source}<target><path>{escape(target)}</path></target></pool>"
    with connections.lease() as connection:
        pool: Any = connection.storagePoolDefineXML(xml, 0)
        if started:
            pool.create(0)
    return "mine"


def test_a_pool_that_is_not_there_is_named(connections: ConnectionPool) -> None:
    with pytest.raises(AccessError, match="nowhere"):
        PoolImages(connections, "nowhere")


def test_a_pool_of_another_kind_than_a_directory_is_refused(connections: ConnectionPool) -> None:
    with pytest.raises(WrongFileKind, match="logical"):
        PoolImages(connections, have_pool(connections, "/dev/vg", "logical"))


def test_a_pool_that_is_not_running_says_how_to_start_it(connections: ConnectionPool) -> None:
    images = PoolImages(connections, have_pool(connections, "/srv/clones", started=False))
    with pytest.raises(AccessError, match="virsh pool-start mine"):
        images.check_ready()


def test_a_pool_in_a_hidden_directory_is_refused(connections: ConnectionPool) -> None:
    images = PoolImages(connections, have_pool(connections, "/home/user/.images"))
    with pytest.raises(AccessError, match=r"'\.images' is a hidden directory"):
        images.check_ready()


def test_a_base_outside_every_pool_says_how_to_make_one(connections: ConnectionPool) -> None:
    images = PoolImages(connections, have_pool(connections, "/srv/clones"))
    with pytest.raises(AccessError, match="virsh pool-create-as NAME dir --target '/srv/golden'"):
        images.probe("/srv/golden/base.qcow2")


def test_blank_disks_are_made_listed_and_deleted(connections: ConnectionPool) -> None:
    images = PoolImages(connections, have_pool(connections, "/srv/clones"))
    room = images.room()
    assert room is not None
    assert 0 < room.free <= room.total
    assert images.place == "/srv/clones"
    images.create(ImageSpec("/srv/clones/swap.qcow2", ImageKind.BLANK, size=2 * GIB))
    assert list(images.allocated_bytes(["/srv/clones/swap.qcow2", "/srv/clones/no"])) == ["/srv/clones/swap.qcow2"]
    with pytest.raises(AccessError, match="exists"):
        images.create(ImageSpec("/srv/clones/swap.qcow2", ImageKind.BLANK, size=2 * GIB))
    images.delete("/srv/clones/swap.qcow2")
    images.delete("/srv/clones/swap.qcow2")
    assert images.allocated_bytes(["/srv/clones/swap.qcow2"]) == {}
    assert images.room() == room


class TestVolumeXml:
    def test_keeps_any_name_and_always_names_the_backing_format(self) -> None:
        name, base = "<b> & 'q' \"d\" [red]", "/a/<&>/b"
        xml = volume_xml(name, "qcow2", 5 * GIB, base, "raw")
        facts = volume_facts(xml, "/pool/x")
        assert (facts.path, facts.format, facts.virtual_size, facts.backing) == ("/pool/x", "qcow2", 5 * GIB, base)
        assert "<backingStore>" in xml
        assert '<format type="raw"/>' in xml
        assert "<mode>0600</mode>" in xml

    def test_from_a_hostile_host_opens_no_file(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret"
        secret.write_text("4096")
        xml = (
            f"<!DOCTYPE volume [<!ENTITY e SYSTEM 'file://{secret}'>]>"
            "<volume><name>x</name><capacity>&e;</capacity><target><format type='raw'/></target></volume>"
        )
        assert volume_facts(xml, "/x").virtual_size == 0

    @pytest.mark.parametrize("xml", ["", "no XML", "<volume>", "<volume><capacity>much</capacity></volume>"])
    def test_that_makes_no_sense_is_the_hypervisors_fault(self, xml: str) -> None:
        with pytest.raises(HypervisorError, match="cannot understand"):
            volume_facts(xml, "/x")

    def test_cannot_hold_every_name(self) -> None:
        with pytest.raises(BadArgument, match="characters"):
            volume_xml("bell\a", "qcow2", GIB)
