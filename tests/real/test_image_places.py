"""Machines of the system's hypervisor, which runs QEMU as another user, on images made either way."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.libvirt.place_pool import PlaceImages
from qq2clone_tui.adapters.sample import write_sample
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.engine.ports.images import ImageStore
from tests.adapters.image_files import chain, digest
from tests.adapters.libvirt_worlds import eventually

IMAGES = Path("/var/lib/libvirt/images")


@pytest.fixture
def host(system_uri: str) -> Iterator[LibvirtHypervisor]:
    """The system's hypervisor."""
    hypervisor = open_hypervisor(system_uri, log_file=None)
    yield hypervisor
    hypervisor.close()


@pytest.fixture
def directory() -> Iterator[Path]:
    """A directory where QEMU may go, as another user too."""
    if not os.access(IMAGES, os.W_OK):
        pytest.skip(f"{IMAGES} cannot be written")
    path = Path(tempfile.mkdtemp(prefix="qq2clone-test-", dir=IMAGES))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture(params=["local", "pool"])
def images(request: pytest.FixtureRequest, host: LibvirtHypervisor, directory: Path) -> Iterator[ImageStore]:
    """A store of either kind, in a subdirectory that it makes itself."""
    place = directory / "place"
    if request.param == "local":
        yield LocalImages(place)
        return
    yield PlaceImages(host.connections, str(place))
    with host.connections.lease() as connection:
        connection.storagePoolLookupByTargetPath(str(place)).destroy()


def size_on_disk(images: ImageStore, path: Path) -> int:
    """Return the bytes that a file takes."""
    return images.allocated_bytes([str(path)])[str(path)]


@pytest.mark.timeout(120)
def test_a_clone_runs_on_its_overlay_and_leaves_the_base_alone(
    host: LibvirtHypervisor, images: ImageStore, directory: Path
) -> None:
    images.check_ready()
    sample = write_sample(Path(images.place))
    before = digest(sample.image)
    path = Path(images.place, "sample test & 'one'.qcow2")
    images.create(ImageSpec(str(path), ImageKind.OVERLAY, str(sample.image), "qcow2"))
    empty = size_on_disk(images, path)
    xml = sample.xml.read_text().replace(str(sample.image), str(path).replace("&", "&amp;").replace("'", "&apos;"))
    uuid = host.define(xml.replace("<name>sample</name>", f"<name>{directory.name}</name>"))
    try:
        host.power(PowerVerb.START, uuid)
        # Up and running, it counts its first start on its disk.
        assert eventually(lambda: size_on_disk(images, path) >= empty + 64 * 1024)
        host.power(PowerVerb.SHUTDOWN, uuid)
        assert eventually(lambda: _state(host, uuid) is DomainState.OFF)
    finally:
        if _state(host, uuid) is not DomainState.OFF:
            host.power(PowerVerb.DESTROY, uuid)
        host.undefine(uuid)
    assert [layer["filename"] for layer in chain(path)] == [str(path), str(sample.image)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert digest(sample.image) == before
    images.delete(str(path))
    assert not path.exists()


def _state(host: LibvirtHypervisor, uuid: str) -> DomainState | None:
    summary = host.read_domain(uuid)
    return summary.state if summary else None
