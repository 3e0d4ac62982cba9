"""What real hypervisors tell of their hosts, near and far, and how much room their storage has."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt import open_hypervisor, place_room
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.libvirt.place_pool import PlaceImages
from qq2clone_tui.adapters.libvirt.storage import PoolImages
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.host_figures import HostFigures
from qq2clone_tui.domain.room import Room
from qq2clone_tui.engine.live.host_use import EVERY_SECONDS, HostUse
from qq2clone_tui.engine.ports.images import ImageStore
from tests.adapters.libvirt_worlds import eventually

from .ssh_server import ssh_server

MIB = 1 << 20


@pytest.fixture
def near(system_uri: str) -> Iterator[LibvirtHypervisor]:
    """The system's hypervisor."""
    hypervisor = open_hypervisor(system_uri, log_file=None)
    yield hypervisor
    hypervisor.close()


@pytest.fixture
def far(near: LibvirtHypervisor) -> Iterator[LibvirtHypervisor]:
    """The same one through ssh, which makes it another host's."""
    with ssh_server() as server:
        hypervisor = open_hypervisor(server.uri, log_file=None)
        yield hypervisor
        hypervisor.close()


@pytest.fixture
def place(near: LibvirtHypervisor) -> Iterator[Path]:
    """A directory that no pool is over, and none is left over."""
    path = Path(tempfile.mkdtemp(prefix="qq2clone-room-", dir="/var/tmp"))
    yield path
    with near.connections.lease() as connection:
        for pool in connection.listAllStoragePools(0):
            if str(path) in pool.XMLDesc(0):
                pool.destroy()
    shutil.rmtree(path)


def pools_over(host: LibvirtHypervisor, place: Path) -> int:
    """Return how many pools are over a directory."""
    with host.connections.lease() as connection:
        return sum(str(place) in pool.XMLDesc(0) for pool in connection.listAllStoragePools(0))


def settled(host: LibvirtHypervisor, images: ImageStore) -> HostFigures:
    """Return the figures of a host once it has worked for a moment."""
    now = [0.0]
    use = HostUse(host, images, clock=lambda: now[0])

    def look() -> HostFigures:
        now[0] += EVERY_SECONDS
        return use.current()

    assert eventually(lambda: look().cpu_percent is not None)
    return use.current()


def judge(figures: HostFigures) -> None:
    """See that load and memory are those of this host."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert figures.memory_bytes == pytest.approx(total, rel=0.01)
    assert 0 < (figures.memory_used_bytes or 0) < total
    assert 0 <= (figures.cpu_percent or 0) <= 100


def of_file_system(place: Path, free: Callable[[os.statvfs_result], int]) -> Room:
    """Return the room of a directory as the system has it."""
    status = os.statvfs(place)
    return Room(free(status) * status.f_frsize, status.f_blocks * status.f_frsize)


def test_an_embedded_hypervisor_tells_load_memory_and_room(embed_host: LibvirtHypervisor, tmp_path: Path) -> None:
    figures = settled(embed_host, LocalImages(tmp_path))
    judge(figures)
    assert figures.room is not None
    assert figures.room.total == of_file_system(tmp_path, lambda status: status.f_bavail).total


def test_a_hypervisor_behind_ssh_tells_them_too_and_makes_nothing_for_it(far: LibvirtHypervisor, place: Path) -> None:
    images = PlaceImages(far.connections, str(place))
    figures = settled(far, images)
    judge(figures)
    assert figures.room is None
    assert images.allocated_bytes([]) == {}
    assert images.allocated_bytes(["/nowhere/base.qcow2"]) == {}
    assert pools_over(far, place) == 0


def test_a_place_of_this_host_that_only_libvirt_may_write_to_needs_no_pool(
    near: LibvirtHypervisor, place: Path
) -> None:
    room, truth = PlaceImages(near.connections, str(place)).room(), of_file_system(place, lambda s: s.f_bavail)
    assert room is not None
    assert room.total == truth.total
    assert room.free == pytest.approx(truth.free, rel=0.05)
    assert pools_over(near, place) == 0


def test_a_pool_of_another_host_tells_the_room_of_its_file_system(far: LibvirtHypervisor, place: Path) -> None:
    images = PlaceImages(far.connections, str(place))
    images.check_ready()
    room, truth = images.room(), of_file_system(place, lambda status: status.f_bfree)
    assert room is not None
    assert room.total == truth.total
    assert room.free == pytest.approx(truth.free, rel=0.05)


def test_a_pool_of_another_host_notices_after_a_while_what_machines_have_written(
    far: LibvirtHypervisor, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = PlaceImages(far.connections, str(place))
    path = place / "clone.qcow2"
    images.create(ImageSpec(str(path), ImageKind.BLANK, size=1024 * MIB))
    before = images.room()
    with path.open("ab") as file:
        file.write(bytes(range(256)) * MIB)
        os.fsync(file.fileno())
    monkeypatch.setattr(place_room, "_MEASURED_SECONDS", -1.0)
    after = images.room()
    assert before is not None
    assert after is not None
    assert before.free - after.free >= 128 * MIB


def test_a_pool_of_another_host_that_was_stopped_has_no_room_to_tell_of(far: LibvirtHypervisor, place: Path) -> None:
    with far.connections.lease() as connection:
        xml = f"<pool type='dir'><name>{place.name}</name><target><path>{place}</path></target></pool>"
        pool = connection.storagePoolDefineXML(xml, 0)
        try:
            images = PoolImages(far.connections, place.name)
            assert images.room() is None
            pool.create(0)
            assert images.room() is not None
            pool.destroy()
        finally:
            pool.undefine()
