"""What is said to be on the disk is there: the log of the catalogue, new files with their names, definitions."""

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.log_sync import LogSync
from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.libvirt import definition_files
from qq2clone_tui.adapters.private_files import replace_file
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.intent import Intent, IntentKind

from .catalogue_samples import Ask, template
from .image_files import make_image

SWAP = Intent(IntentKind.SWAP, "u", {"files": [["/a", "/b"]], "version": 1})


class Disk:
    """Keeps what a file held when it was synced last: all of it that a power cut is sure to leave.

    Attributes:
        synced: the paths that were synced, in order.
        kept: their bytes at that moment.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: list[str] = []
        self.kept: dict[str, bytes] = {}
        self._fsync = os.fsync
        monkeypatch.setattr(os, "fsync", self._sync)

    def _sync(self, descriptor: int) -> None:
        self._fsync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        self.synced.append(str(path))
        if path.is_file():
            self.kept[str(path)] = path.read_bytes()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


class World:
    """A catalogue, and what would be left of it were the power cut now."""

    def __init__(self, home: Path, disk: Disk) -> None:
        self.path, self._home, self._disk = home / "c.sqlite", home, disk
        self.catalogue = SqliteCatalogue(self.path, home / "templates")
        self._cuts = 0

    def after_a_power_cut(self) -> SqliteCatalogue:
        """Open what is left; of the log only what was synced, and the database as of its last checkpoint."""
        self._cuts += 1
        home = self._home / f"cut{self._cuts}"
        home.mkdir()
        shutil.copy(self.path, home / "c.sqlite")
        (home / "c.sqlite-wal").write_bytes(self._disk.kept.get(f"{self.path}-wal", b""))
        return SqliteCatalogue(home / "c.sqlite", home / "templates")


@pytest.fixture
def world(tmp_path: Path, disk: Disk) -> World:
    made = World(tmp_path, disk)
    made.catalogue.add_template(template())
    return made


def test_an_undertaking_is_on_the_disk_before_its_first_step(world: World) -> None:
    world.catalogue.intents.begin(SWAP)
    left = world.after_a_power_cut().intents.of("u")
    assert left is not None
    assert left.pairs("files") == (("/a", "/b"),)


def test_an_undertaking_that_ended_may_come_back_but_nothing_after_it_goes_missing(world: World) -> None:
    world.catalogue.intents.begin(SWAP)
    world.catalogue.intents.end("u")
    assert world.after_a_power_cut().intents.of("u") is not None
    world.catalogue.intents.begin(Intent(IntentKind.SWAP, "v", {"files": []}))
    after = world.after_a_power_cut()
    assert (after.intents.of("u"), after.intents.of("v") is None) == (None, False)


def test_a_name_that_is_used_again_is_not_deleted_for_the_file_that_had_it_before(world: World) -> None:
    journal = world.catalogue.journal
    journal.note(["/b"])
    journal.drop(["/b"])
    world.catalogue.intents.begin(SWAP)
    assert world.after_a_power_cut().journal.ours() == []


def test_a_clone_that_is_whole_stays_so_and_one_that_is_going_goes(world: World) -> None:
    records = world.catalogue.reserve(Ask(count=2))
    uuids = [record.identity.uuid for record in records]
    world.catalogue.mark_ready(uuids)
    world.catalogue.mark_removing(uuids[1:])
    states = [record.status.value for record in world.after_a_power_cut().clones()]
    assert states == ["ready", "removing"]


def test_the_first_wait_brings_the_name_of_the_log_to_the_disk_too(world: World, disk: Disk) -> None:
    assert disk.synced.count(str(world.path.parent)) >= 1
    before = len(disk.synced)
    world.catalogue.intents.begin(SWAP)
    assert disk.synced[before:] == [f"{world.path}-wal"]


def test_threads_that_wait_at_a_time_share_one_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "c-wal").touch()
    log = LogSync(tmp_path / "c")
    log.wait()
    going, go_on, count = threading.Event(), threading.Event(), []

    def slow(_: int) -> None:
        count.append(1)
        going.set()
        assert go_on.wait(10)

    monkeypatch.setattr(os, "fsync", slow)
    first = threading.Thread(target=log.wait)
    first.start()
    assert going.wait(10)
    others = [threading.Thread(target=log.wait) for _ in range(8)]
    for thread in others:
        thread.start()
    while log._asked < 10:  # all of them wait by then
        assert first.is_alive()
    go_on.set()
    for thread in (first, *others):
        thread.join(10)
    assert len(count) == 2, "those that came while it was going are not in it, and share the next"


def _failing(error: OSError) -> Callable[[int], None]:
    def fail(_: int) -> None:
        raise error

    return fail


def test_a_disk_that_fails_is_told_and_not_asked_again_until_it_says_yes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", _failing(OSError(5, "Input/output error")))
        with pytest.raises(AccessError, match="Input/output error"):
            world.catalogue.intents.begin(SWAP)
    world.catalogue.intents.begin(Intent(IntentKind.SWAP, "v", {"files": []}))


@pytest.mark.parametrize("kind", list(ImageKind))
def test_a_new_file_is_on_the_disk_with_its_name(tmp_path: Path, disk: Disk, kind: ImageKind) -> None:
    base = make_image(tmp_path / "base.qcow2", 4 << 20, "qcow2")
    place, images = tmp_path / "place", LocalImages(tmp_path / "place")
    images.check_ready()
    path = place / "new.qcow2"
    images.create(ImageSpec(str(path), kind, "" if kind is ImageKind.BLANK else str(base), "qcow2", 4 << 20))
    assert disk.synced == [str(path), str(place)]
    assert disk.kept[str(path)] == path.read_bytes()


def test_a_file_that_cannot_be_brought_to_the_disk_is_not_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = LocalImages(tmp_path)
    monkeypatch.setattr(os, "fsync", _failing(OSError(5, "Input/output error")))
    with pytest.raises(AccessError, match="Input/output error"):
        images.create(ImageSpec(str(tmp_path / "new.qcow2"), ImageKind.BLANK, size=1 << 20))
    assert list(tmp_path.iterdir()) == []


def test_a_replaced_file_lasts(tmp_path: Path, disk: Disk) -> None:
    replace_file(tmp_path / "one.xml", "text")
    assert disk.synced[-1] == str(tmp_path)
    assert b"text" in disk.kept.values()


def test_definitions_are_looked_for_where_libvirt_keeps_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", "/home/ann/.config")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    places = {
        "qemu:///system": Path("/etc/libvirt/qemu"),
        "qemu:///session": Path("/home/ann/.config/libvirt/qemu"),
        "qemu:///embed?root=/srv/lab": Path("/srv/lab/etc/qemu"),
        "qemu+ssh://kvm01/system": None,
        "qemu+unix:///system": None,
        "qemu://kvm01/system": None,
        "test:///default": None,
    }
    assert {uri: definition_files.directory_of(uri) for uri in places} == places


def test_definitions_that_are_out_of_reach_are_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definition_files.sync(tmp_path / "none")
    monkeypatch.setattr(os, "fsync", _failing(OSError(5, "Input/output error")))
    with pytest.raises(AccessError, match="Input/output error"):
        definition_files.sync(tmp_path)
