"""What every place for images promises, whether files are made here or by libvirt."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.sax.saxutils import escape

import pytest

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt.connection import close_quietly, dial
from qq2clone_tui.adapters.libvirt.pool import ConnectionPool
from qq2clone_tui.adapters.libvirt.storage import PoolImages
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind
from qq2clone_tui.engine.ports.images import ImageStore
from tests.real.daemons import system_daemon

from .image_files import MIB, chain, digest, make_image, qemu_img, qemu_io

HOSTILE = [
    "two words",
    "quo'te\"s & <angle>",
    "[red]bold",
    "colon:and,comma",
    "json:{}",
    "nbd:localhost:10809",
    "$(touch gone); `id`",
    "-o size=1",
    "%s%n{0}",
    "名前-é",
]

KINDS = ["local", pytest.param("pool", marks=[pytest.mark.real])]


@dataclass
class Shelf:
    """A store, and the directory it keeps its files in."""

    store: ImageStore
    directory: Path

    def path(self, name: str) -> Path:
        """Return the path of a file of that name."""
        return self.directory / name

    def overlay(self, name: str, base: Path, size: int = 0, base_format: str = "qcow2") -> Path:
        """Make an overlay."""
        path = self.path(name)
        self.store.create(ImageSpec(str(path), ImageKind.OVERLAY, str(base), base_format, size))
        return path


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path | None]:
    """A file system of four mebibytes, None when only root could mount it."""
    if os.geteuid() != 0:
        yield None
        return
    directory = tmp_path_factory.mktemp("small")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(directory)], check=True)
    try:
        yield directory
    finally:
        subprocess.run(["umount", str(directory)], check=True)


@pytest.fixture(scope="module")
def connections(small_disk: Path | None) -> Iterator[ConnectionPool]:
    """Lend connections to the system's daemon, which sees no file system mounted after it was started."""
    if small_disk is None:
        pytest.skip("only root can have pools in a directory of the test")
    with system_daemon() as uri:
        pool = ConnectionPool(lambda: dial(uri), close_quietly, lambda _connection, _why: None, 4)
        pool.resume(dial(uri))
        yield pool
        pool.close()


@contextmanager
def storage_pool(connections: ConnectionPool, directory: Path) -> Iterator[str]:
    """Have a pool on a directory for a while."""
    name = f"qq2clone-test-{uuid4()}"
    xml = f"<pool type='dir'><name>{name}</name><target><path>{escape(str(directory))}</path></target></pool>"
    with connections.lease() as connection:
        pool: Any = connection.storagePoolCreateXML(xml, 0)
        try:
            yield name
        finally:
            pool.destroy()


@contextmanager
def shelf_of(kind: str, request: pytest.FixtureRequest, directory: Path) -> Iterator[Shelf]:
    """Have a store of that kind on a directory for a while."""
    if kind == "local":
        yield Shelf(LocalImages(directory), directory)
        return
    connections = request.getfixturevalue("connections")
    with storage_pool(connections, directory) as name:
        yield Shelf(PoolImages(connections, name), directory)


@pytest.fixture(params=KINDS)
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    """An empty place of either kind."""
    directory = tmp_path / "place"
    directory.mkdir(0o711)
    with shelf_of(request.param, request, directory) as shelf:
        yield shelf


@pytest.fixture(params=KINDS)
def small_shelf(request: pytest.FixtureRequest, small_disk: Path | None) -> Iterator[Shelf]:
    """An empty place of either kind on the small file system."""
    if small_disk is None:
        pytest.skip("only root can mount a small file system")
    directory = small_disk / "place"
    directory.mkdir()
    with shelf_of(request.param, request, directory) as shelf:
        yield shelf
    shutil.rmtree(directory)


def test_an_overlay_shows_what_its_base_holds_and_names_the_base_format(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    overlay = shelf.overlay("one.qcow2", base)
    top, below = chain(overlay)
    assert (top["format"], top["full-backing-filename"], top["backing-filename-format"]) == (
        "qcow2",
        str(base),
        "qcow2",
    )
    assert top["virtual-size"] == below["virtual-size"] == 16 * MIB
    assert top["format-specific"]["data"]["compat"] == "1.1"
    qemu_io(overlay, "read -P 0xa5 1M 1M", "read -P 0 2M 14M")


def test_an_overlay_over_a_raw_base_says_so(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.img"), image_format="raw")
    overlay = shelf.overlay("one.qcow2", base, base_format="raw")
    assert chain(overlay)[0]["backing-filename-format"] == "raw"
    qemu_io(overlay, "read -P 0xa5 1M 1M")


def test_what_a_clone_writes_never_reaches_the_base(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    before = digest(base)
    first, second = shelf.overlay("1.qcow2", base), shelf.overlay("2.qcow2", base)
    qemu_io(first, "write -P 0x11 1M 1M")
    qemu_io(first, "read -P 0x11 1M 1M")
    qemu_io(second, "read -P 0xa5 1M 1M")
    assert digest(base) == before


def test_a_disk_may_grow_but_is_never_smaller_than_its_base(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    assert chain(shelf.overlay("same.qcow2", base, size=1 * MIB))[0]["virtual-size"] == 16 * MIB
    grown = shelf.overlay("grown.qcow2", base, size=40 * MIB)
    assert chain(grown)[0]["virtual-size"] == 40 * MIB
    qemu_io(grown, "read -P 0xa5 1M 1M", "read -P 0 16M 24M")


def test_a_base_that_has_grown_gives_larger_overlays(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    shelf.overlay("before.qcow2", base)
    qemu_img("resize", "-q", "-f", "qcow2", base, "32M")
    assert chain(shelf.overlay("after.qcow2", base))[0]["virtual-size"] == 32 * MIB


def test_every_new_file_is_private(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    base.chmod(0o644)
    for kind in ImageKind:
        path = shelf.path(f"{kind}.qcow2")
        shelf.store.create(ImageSpec(str(path), kind, "" if kind is ImageKind.BLANK else str(base), "qcow2", 16 * MIB))
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_blank_disk_is_empty_and_stands_alone(shelf: Shelf) -> None:
    path = shelf.path("blank.qcow2")
    shelf.store.create(ImageSpec(str(path), ImageKind.BLANK, size=24 * MIB))
    (only,) = chain(path)
    assert (only["format"], only["virtual-size"]) == ("qcow2", 24 * MIB)
    qemu_io(path, "read -P 0 0 24M")


@pytest.mark.parametrize("image_format", ["raw", "qcow2"])
def test_a_copy_is_independent_of_its_source(shelf: Shelf, image_format: str) -> None:
    source = make_image(shelf.path("source"), image_format=image_format)
    path = shelf.path("copy.qcow2")
    shelf.store.create(ImageSpec(str(path), ImageKind.COPY, str(source), image_format, 20 * MIB))
    source.unlink()
    (only,) = chain(path)
    assert (only["format"], only["virtual-size"]) == ("qcow2", 20 * MIB)
    qemu_io(path, "read -P 0xa5 1M 1M", "read -P 0 2M 18M")


def test_a_copy_of_an_overlay_holds_all_of_its_chain(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    overlay = shelf.overlay("overlay.qcow2", base)
    qemu_io(overlay, "write -P 0x22 4M 1M")
    path = shelf.path("copy.qcow2")
    shelf.store.create(ImageSpec(str(path), ImageKind.COPY, str(overlay), "qcow2", 16 * MIB))
    assert len(chain(path)) == 1
    qemu_io(path, "read -P 0xa5 1M 1M", "read -P 0x22 4M 1M")


def test_a_file_is_copied_byte_for_byte(shelf: Shelf) -> None:
    source = shelf.path("vars.fd")
    source.write_bytes(bytes(range(256)) * 2112 + b"odd end")
    path = shelf.path("clone.fd")
    shelf.store.create(ImageSpec(str(path), ImageKind.FILE, str(source)))
    assert path.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("kind", list(ImageKind))
def test_an_existing_file_is_never_overwritten(shelf: Shelf, kind: ImageKind) -> None:
    base = make_image(shelf.path("base.qcow2"))
    path = shelf.path("precious")
    path.write_text("somebody's")
    with pytest.raises(AccessError) as caught:
        shelf.store.create(ImageSpec(str(path), kind, str(base), "qcow2", 16 * MIB))
    assert str(path) in str(caught.value)
    assert path.read_text() == "somebody's"


def test_a_file_that_came_meanwhile_is_kept(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    shelf.store.probe(str(base))
    path = shelf.path("late")
    path.write_text("somebody's")
    with pytest.raises(AccessError, match="exists"):
        shelf.overlay("late", base)
    assert path.read_text() == "somebody's"


@pytest.mark.parametrize("kind", [ImageKind.OVERLAY, ImageKind.COPY, ImageKind.FILE])
def test_nothing_is_left_when_the_base_is_missing(shelf: Shelf, kind: ImageKind) -> None:
    path, base = shelf.path("new.qcow2"), shelf.path("missing.qcow2")
    with pytest.raises(AccessError, match=r"missing\.qcow2"):
        shelf.store.create(ImageSpec(str(path), kind, str(base), "qcow2", 16 * MIB))
    assert list(shelf.directory.iterdir()) == []


def test_a_base_of_another_format_than_declared_is_refused(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.img"), image_format="raw")
    with pytest.raises(WrongFileKind):
        shelf.overlay("new.qcow2", base, base_format="qcow2")
    assert not shelf.path("new.qcow2").exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_names(shelf: Shelf, name: str) -> None:
    base = make_image(shelf.path("base.qcow2")).rename(shelf.path(f"{name}.base"))
    overlay = shelf.overlay(name, base)
    before = sorted(path.name for path in shelf.directory.iterdir())
    assert before == sorted([f"{name}.base", name])
    facts = shelf.store.probe(str(overlay))
    assert (facts.format, facts.virtual_size, facts.backing) == ("qcow2", 16 * MIB, str(base))
    qemu_io(overlay, "read -P 0xa5 1M 1M")
    shelf.store.delete(str(overlay))
    assert not overlay.exists()


def test_a_name_with_a_newline_works_or_is_refused_cleanly(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    path = shelf.path("two\nlines")
    try:
        shelf.overlay(path.name, base)
    except AccessError:
        assert not path.exists()
    else:
        assert chain(path)[0]["full-backing-filename"] == str(base)


@pytest.mark.parametrize("outside", ["../elsewhere", "sub/../../elsewhere", "..", "sub/file"])
def test_nothing_outside_the_place_is_made_or_deleted(shelf: Shelf, outside: str) -> None:
    shelf.path("sub").mkdir()
    bystander = shelf.directory.parent / "elsewhere"
    bystander.write_text("kept")
    shelf.path("sub/file").write_text("kept")
    target = f"{shelf.directory}/{outside}"
    with pytest.raises(BadArgument):
        shelf.store.create(ImageSpec(target, ImageKind.BLANK, size=MIB))
    with pytest.raises(BadArgument):
        shelf.store.delete(target)
    assert bystander.read_text() == "kept"
    assert shelf.path("sub/file").read_text() == "kept"


def test_a_directory_is_not_deleted(shelf: Shelf) -> None:
    shelf.path("sub").mkdir()
    with pytest.raises(WrongFileKind):
        shelf.store.delete(str(shelf.path("sub")))
    assert shelf.path("sub").is_dir()


def test_deleting_what_is_gone_is_no_error(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    shelf.overlay("gone.qcow2", base).unlink()
    shelf.store.delete(str(shelf.path("gone.qcow2")))
    shelf.store.delete(str(shelf.path("never.qcow2")))


def test_an_image_is_described_as_it_is(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    facts = shelf.store.probe(str(base))
    assert (facts.path, facts.format, facts.virtual_size, facts.backing, facts.encrypted) == (
        str(base),
        "qcow2",
        16 * MIB,
        None,
        False,
    )
    assert facts.actual_size == base.stat().st_blocks * 512


def test_an_encrypted_image_is_described_as_encrypted(shelf: Shelf) -> None:
    path = shelf.path("secret.qcow2")
    # The older cipher format needs no seconds of processor time to be set up, as LUKS does.
    secret = ("--object", "secret,id=key,data=abc", "-o", "encrypt.format=aes,encrypt.key-secret=key")
    qemu_img("create", "-q", *secret, "-f", "qcow2", path, "4M")
    assert shelf.store.probe(str(path)).encrypted


def test_a_missing_image_is_named(shelf: Shelf) -> None:
    with pytest.raises(AccessError, match=r"missing\.qcow2"):
        shelf.store.probe(str(shelf.path("missing.qcow2")))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"<domain type='kvm'><name>x</name></domain>\n", "XML"),
        (b"just some notes\n" * 100, "text"),
        (b"\xfd7zXZ\x00" + bytes(5000), "xz archive"),
    ],
)
def test_a_file_that_is_no_disk_image_is_refused(shelf: Shelf, content: bytes, why: str) -> None:
    path = shelf.path("odd.img")
    path.write_bytes(content)
    with pytest.raises(WrongFileKind, match=why):
        shelf.store.probe(str(path))


def test_a_directory_is_no_disk_image(shelf: Shelf) -> None:
    shelf.path("sub").mkdir()
    with pytest.raises(WrongFileKind, match="directory"):
        shelf.store.probe(str(shelf.path("sub")))


def test_a_qcow2_image_cut_short_is_refused(shelf: Shelf) -> None:
    path = make_image(shelf.path("cut.qcow2"))
    with path.open("r+b") as file:
        file.truncate(100_000)
    with pytest.raises(WrongFileKind):
        shelf.store.probe(str(path))


def test_a_missing_backing_file_is_named(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    middle = shelf.overlay("middle.qcow2", base)
    top = shelf.overlay("top.qcow2", middle)
    base.rename(shelf.path("moved.qcow2"))
    with pytest.raises(AccessError) as caught:
        shelf.store.probe(str(top))
    assert caught.value.subject == str(base)
    assert str(top) in str(caught.value)


def test_only_existing_files_have_a_size(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    gone = shelf.overlay("gone.qcow2", base)
    gone.unlink()
    sizes = shelf.store.allocated_bytes([str(base), str(gone), str(shelf.path("missing"))])
    assert dict(sizes) == {str(base): base.stat().st_blocks * 512}


def test_the_place_tells_what_is_free(shelf: Shelf) -> None:
    assert shelf.store.place == str(shelf.directory)
    shelf.store.check_ready()
    room = shelf.store.room()
    assert room is not None
    assert 0 < room.free <= room.total


def test_two_threads_make_a_hundred_overlays(shelf: Shelf) -> None:
    base = make_image(shelf.path("base.qcow2"))
    with ThreadPoolExecutor(2) as threads:
        paths = list(threads.map(lambda number: shelf.overlay(f"{number}.qcow2", base), range(100)))
    assert len(list(shelf.directory.iterdir())) == 101
    for path in (paths[0], paths[57], paths[99]):
        assert chain(path)[0]["full-backing-filename"] == str(base)
        qemu_img("check", "-q", path)


@pytest.mark.parametrize("kind", list(ImageKind))
def test_a_full_disk_leaves_no_half_of_a_file(small_shelf: Shelf, kind: ImageKind) -> None:
    base = make_image(small_shelf.path("base.qcow2"), size=8 * MIB)
    filler = small_shelf.path("filler")
    with pytest.raises(OSError, match="No space"), filler.open("wb") as file:
        while True:
            file.write(bytes(4096))
            file.flush()
    path = small_shelf.path("new.qcow2")
    spec = ImageSpec(str(path), kind, "" if kind is ImageKind.BLANK else str(base), "qcow2", 8 * MIB)
    with pytest.raises(AccessError, match="No space left") as caught:
        small_shelf.store.create(spec)
    assert caught.value.remedy
    assert not path.exists()
    filler.unlink()
    small_shelf.store.create(spec)
    assert path.exists()
