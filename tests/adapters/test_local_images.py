"""What a directory of this host adds to the promises of every place for images."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.domain.disk import ImageKind, ImageSpec
from qq2clone_tui.domain.errors import AccessError, BadArgument, CommandFailed, MissingProgram, WrongFileKind

from .image_files import MIB, chain, in_use, make_image, qemu_img, qemu_io

NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Go on as a user without rights, if that can be done."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def images(tmp_path: Path) -> LocalImages:
    """A store on a directory that is there."""
    place = tmp_path / "place"
    place.mkdir()
    return LocalImages(place)


def overlay(images: LocalImages, name: str, base: Path, size: int = 0) -> Path:
    """Make an overlay over a qcow2 base."""
    path = Path(images.place, name)
    images.create(ImageSpec(str(path), ImageKind.OVERLAY, str(base), "qcow2", size))
    return path


class TestThePlace:
    def test_is_made_with_all_above_it_so_that_qemu_can_pass_through(self, tmp_path: Path) -> None:
        place = tmp_path / "a" / "b"
        old = os.umask(0o077)
        try:
            LocalImages(place).check_ready()
        finally:
            os.umask(old)
        assert [stat.S_IMODE(path.stat().st_mode) for path in (place, place.parent)] == [0o711, 0o711]

    def test_is_left_as_it_is_when_it_exists(self, tmp_path: Path) -> None:
        place = tmp_path / "place"
        place.mkdir(0o750)
        LocalImages(place).check_ready()
        assert stat.S_IMODE(place.stat().st_mode) == 0o750

    @pytest.mark.parametrize("hidden", [".hidden", "a/.local/share/b", "..."])
    def test_may_not_be_hidden(self, tmp_path: Path, hidden: str) -> None:
        with pytest.raises(AccessError, match="hidden"):
            LocalImages(tmp_path / hidden).check_ready()
        assert list(tmp_path.iterdir()) == []

    def test_may_be_a_link_but_not_to_a_hidden_directory(self, tmp_path: Path) -> None:
        for name in ("open", ".shut"):
            (tmp_path / name).mkdir()
        (tmp_path / "good").symlink_to("open")
        (tmp_path / "bad").symlink_to(".shut")
        (tmp_path / "nowhere").symlink_to("gone")
        LocalImages(tmp_path / "good").check_ready()
        with pytest.raises(AccessError, match="hidden"):
            LocalImages(tmp_path / "bad").check_ready()
        with pytest.raises(AccessError, match="nowhere"):
            LocalImages(tmp_path / "nowhere").check_ready()

    def test_works_through_a_link(self, tmp_path: Path) -> None:
        base = make_image(tmp_path / "base.qcow2")
        (tmp_path / "real").mkdir()
        (tmp_path / "link").symlink_to("real")
        images = LocalImages(tmp_path / "link")
        path = overlay(images, "one", base)
        assert (tmp_path / "real" / "one").exists()
        images.delete(str(path))
        assert list((tmp_path / "real").iterdir()) == []

    def test_is_a_directory_with_an_absolute_path(self, tmp_path: Path) -> None:
        file = tmp_path / "file"
        file.touch()
        with pytest.raises(WrongFileKind, match="not a directory"):
            LocalImages(file).check_ready()
        with pytest.raises(AccessError, match="file"):
            LocalImages(file / "below").check_ready()
        with pytest.raises(AccessError, match="absolute"):
            LocalImages(Path("relative")).check_ready()

    def test_has_to_be_writable(self) -> None:
        with as_nobody(), pytest.raises(AccessError, match="cannot be written"):
            LocalImages(Path("/usr")).check_ready()
        with as_nobody(), pytest.raises(AccessError, match="cannot make the storage place"):
            LocalImages(Path("/usr/qq2clone-test")).check_ready()

    def test_that_is_not_there_yet_has_the_room_of_its_file_system(self, tmp_path: Path) -> None:
        status = os.statvfs(tmp_path)
        room = LocalImages(tmp_path / "a" / "b").room()
        assert room.free == pytest.approx(status.f_bavail * status.f_frsize, rel=0.1)
        assert room.total == status.f_blocks * status.f_frsize


class TestOverlays:
    def test_are_the_same_as_those_of_qemu_img(self, images: LocalImages, tmp_path: Path) -> None:
        base = make_image(tmp_path / "base.qcow2")
        path = overlay(images, "ours.qcow2", base, 48 * MIB)
        other = tmp_path / "other.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-b", base, "-F", "qcow2", other, "48M")
        assert path.read_bytes() == other.read_bytes()

    def test_take_a_few_blocks_on_disk(self, images: LocalImages, tmp_path: Path) -> None:
        base = tmp_path / "base.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", base, "100G")
        path = overlay(images, "big.qcow2", base)
        assert images.allocated_bytes([str(path)])[str(path)] <= 64 * 1024

    def test_over_an_image_kept_under_a_hostile_path(self, images: LocalImages, tmp_path: Path) -> None:
        directory = tmp_path / "nbd:host,\n[red] json:{}"
        directory.mkdir()
        base = make_image(directory / "file:base,backing.file=x")
        assert chain(overlay(images, "one", base))[1]["filename"] == str(base)

    def test_a_name_too_long_for_qcow2_is_refused_cleanly(self, images: LocalImages, tmp_path: Path) -> None:
        deep = tmp_path
        for _ in range(5):
            deep = deep / ("d" * 240)
        deep.mkdir(parents=True)
        base = make_image(tmp_path / "base.qcow2").rename(deep / "base.qcow2")
        with pytest.raises(AccessError, match="1023 bytes") as caught:
            overlay(images, "one", base)
        assert caught.value.subject == str(base)
        assert list(Path(images.place).iterdir()) == []

    def test_a_limit_on_file_sizes_leaves_nothing_behind(self, images: LocalImages, tmp_path: Path) -> None:
        base = make_image(tmp_path / "base.qcow2")
        overlay(images, "first", base)
        pid = os.fork()
        if pid == 0:
            os._exit(_create_under_limit(images, base))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert [path.name for path in Path(images.place).iterdir()] == ["first"]


def _create_under_limit(images: LocalImages, base: Path) -> int:
    import resource
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
    try:
        overlay(images, "second", base)
    except AccessError as error:
        return 0 if "too large" in str(error) and "ulimit" in str(error) else 2
    return 1


class TestWhatIsNeverTouched:
    def test_links_are_neither_followed_nor_deleted(self, images: LocalImages, tmp_path: Path) -> None:
        precious = tmp_path / "precious"
        precious.write_text("kept")
        link = Path(images.place, "link")
        link.symlink_to(precious)
        with pytest.raises(AccessError, match="exists"):
            images.create(ImageSpec(str(link), ImageKind.BLANK, size=MIB))
        with pytest.raises(WrongFileKind, match="no regular file"):
            images.delete(str(link))
        assert link.is_symlink()
        assert precious.read_text() == "kept"

    def test_a_directory_linked_into_the_place_is_outside_it(self, images: LocalImages, tmp_path: Path) -> None:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "file").touch()
        Path(images.place, "sub").symlink_to(elsewhere)
        with pytest.raises(BadArgument, match="outside"):
            images.delete(f"{images.place}/sub/file")
        assert (elsewhere / "file").exists()

    def test_a_source_that_is_no_regular_file_is_not_waited_for(self, images: LocalImages, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for kind in (ImageKind.FILE, ImageKind.COPY, ImageKind.OVERLAY):
            with pytest.raises(WrongFileKind):
                images.create(ImageSpec(f"{images.place}/new", kind, str(pipe), "raw", MIB))
        assert list(Path(images.place).iterdir()) == []


class TestProbing:
    def test_an_unreadable_image_is_named(self, images: LocalImages) -> None:
        path = make_image(Path(images.place, "base.qcow2"))
        path.chmod(0)
        with as_nobody(), pytest.raises(AccessError) as caught:
            images.probe(str(path))
        assert caught.value.subject == str(path)
        assert "ermission" in caught.value.why

    def test_an_image_whose_data_is_cut_off_is_refused(self, images: LocalImages, tmp_path: Path) -> None:
        path = make_image(tmp_path / "cut.qcow2")
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - 512 * 1024)
        with pytest.raises(WrongFileKind, match="damaged"):
            images.probe(str(path))

    def test_a_damaged_header_is_refused(self, images: LocalImages, tmp_path: Path) -> None:
        path = make_image(tmp_path / "bad.qcow2")
        with path.open("r+b") as file:
            file.seek(20)
            file.write(b"\xff\xff\xff\xff")
        with pytest.raises(WrongFileKind, match=r"bad\.qcow2"):
            images.probe(str(path))

    def test_an_image_changed_since_is_looked_at_again(self, images: LocalImages, tmp_path: Path) -> None:
        path = make_image(tmp_path / "base.qcow2")
        assert images.probe(str(path)).virtual_size == 16 * MIB
        qemu_img("resize", "-q", path, "64M")
        assert images.probe(str(path)).virtual_size == 64 * MIB

    def test_a_circle_of_backing_files_is_found(self, images: LocalImages, tmp_path: Path) -> None:
        first, second = tmp_path / "1.qcow2", tmp_path / "2.qcow2"
        for path, base in ((first, second), (second, first)):
            qemu_img("create", "-q", "-f", "qcow2", "-u", "-b", base, "-F", "qcow2", path, "1M")
        with pytest.raises(WrongFileKind, match="circle"):
            images.probe(str(first))

    @pytest.mark.parametrize(
        "backing", ["nbd://127.0.0.1:1/x", 'json:{"driver":"nbd","host":"127.0.0.1","port":"1"}', "fat:/etc"]
    )
    def test_a_backing_name_that_is_no_file_is_never_opened(
        self, images: LocalImages, tmp_path: Path, backing: str
    ) -> None:
        path = tmp_path / "top.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-u", "-b", backing, "-F", "raw", path, "1M")
        with pytest.raises(AccessError, match="not a file of this host"):
            images.probe(str(path))

    def test_an_image_that_keeps_its_data_elsewhere_is_refused(self, images: LocalImages, tmp_path: Path) -> None:
        path = tmp_path / "split.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-o", f"data_file={tmp_path}/data", path, "1M")
        with pytest.raises(WrongFileKind, match="another file"):
            images.probe(str(path))

    def test_a_disk_declared_raw_stays_raw_whatever_a_guest_wrote_into_it(
        self, images: LocalImages, tmp_path: Path
    ) -> None:
        victim = make_image(tmp_path / "victim.qcow2")
        path = tmp_path / "guest.img"
        qemu_img("create", "-q", "-f", "qcow2", "-b", victim, "-F", "qcow2", path)
        facts = images.probe(str(path), "raw")
        assert (facts.format, facts.backing) == ("raw", None)

    def test_a_relative_backing_name_counts_from_its_image(self, images: LocalImages, tmp_path: Path) -> None:
        base = make_image(tmp_path / "base.qcow2")
        path = tmp_path / "top.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", path)
        assert images.probe(str(path)).backing == str(base)

    def test_an_image_in_use_can_be_looked_at_but_not_copied(self, images: LocalImages, tmp_path: Path) -> None:
        path = make_image(tmp_path / "base.qcow2")
        with in_use(path):
            assert images.probe(str(path)).virtual_size == 16 * MIB
            with pytest.raises(CommandFailed, match="lock"):
                images.create(ImageSpec(f"{images.place}/copy", ImageKind.COPY, str(path), "qcow2", MIB))
        assert list(Path(images.place).iterdir()) == []

    def test_an_image_has_another_stamp_once_it_was_written_or_replaced(
        self, images: LocalImages, tmp_path: Path
    ) -> None:
        path = make_image(tmp_path / "base.qcow2")
        first = images.probe(str(path)).stamp
        qemu_img("info", path)
        overlay(images, "top.qcow2", path)
        assert first
        assert images.probe(str(path)).stamp == first
        qemu_io(path, "write -P 1 1M 64k")
        written = images.probe(str(path)).stamp
        assert written != first
        make_image(tmp_path / "other.qcow2").replace(path)
        assert images.probe(str(path)).stamp not in {first, written}

    @pytest.mark.parametrize("image_format", ["qcow2", "raw"])
    def test_whoever_writes_to_an_image_is_noticed_but_not_who_only_reads_it(
        self, images: LocalImages, tmp_path: Path, image_format: str
    ) -> None:
        base = make_image(tmp_path / "base", image_format=image_format)
        top = tmp_path / "top.qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-b", base, "-F", image_format, top)
        with in_use(base, image_format):
            assert (images.written(str(base)), images.written(str(top))) == (True, False)
        with in_use(top):
            assert (images.written(str(base)), images.written(str(top))) == (False, True)
        assert not images.written(str(tmp_path / "missing"))


def test_qemu_img_is_named_when_it_is_not_installed(
    images: LocalImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = make_image(tmp_path / "base.qcow2")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="qemu-utils"):
        images.probe(str(base))
