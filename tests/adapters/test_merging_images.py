"""Images made of several that stand on one another read the same, and nothing is left when they cannot be made."""

import os
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from qq2clone_tui.adapters.images.merge import LocalMerging
from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind
from qq2clone_tui.domain.merge import Merge

from .image_files import MIB, chain, digest, in_use, make_image, qemu_img, qemu_io

GOING_ON = threading.Event()


def _quiet(_fraction: float) -> None:
    pass


def stack(directory: Path, base_format: str = "raw") -> list[Path]:
    """Make a base with a pattern in its second mebibyte, and three images above with one each."""
    images = [make_image(directory / f"v1.{base_format}", image_format=base_format, pattern=1)]
    for number in (2, 3, 4):
        below = images[-1]
        path = directory / f"v{number}.qcow2"
        below_format = base_format if number == 2 else "qcow2"
        qemu_img("create", "-q", "-f", "qcow2", "-b", below, "-F", below_format, path)
        qemu_io(path, f"write -P {number} {number}M 1M", "write -z 8M 64k" if number == 3 else "read 0 4k")
        images.append(path)
    return images


def patterns(path: Path, numbers: tuple[int, ...] = (1, 2, 3, 4)) -> None:
    """Fail unless the image holds the patterns of the versions."""
    qemu_io(path, *(f"read -P {number} {number}M 1M" for number in numbers), "read -P 0 8M 64k", "read -P 0 0 1M")


def below(path: Path) -> list[str]:
    """Return the names of an image and of what it stands on."""
    return [Path(image["filename"]).name for image in chain(path)]


@pytest.mark.parametrize("base_format", ["raw", "qcow2"])
def test_an_image_put_on_one_further_down_reads_as_before(tmp_path: Path, base_format: str) -> None:
    base, _, _, top = stack(tmp_path, base_format)
    made = tmp_path / "made.qcow2"
    LocalMerging().make(Merge(str(top), str(made), str(base)), _quiet, GOING_ON)
    patterns(made)
    assert below(made) == ["made.qcow2", base.name]
    assert chain(made)[0]["backing-filename-format"] == base_format
    qemu_img("check", "-q", made)


def test_an_image_that_is_to_stand_alone_holds_everything(tmp_path: Path) -> None:
    *_, top = stack(tmp_path)
    made = tmp_path / "made.qcow2"
    LocalMerging().make(Merge(str(top), str(made)), _quiet, GOING_ON)
    patterns(made)
    assert below(made) == ["made.qcow2"]


def test_what_is_merged_is_sealed_and_known_by_stamp_and_digest(tmp_path: Path) -> None:
    base, *_, top = stack(tmp_path)
    made = tmp_path / "made.qcow2"
    sealed = LocalMerging().make(Merge(str(top), str(made), str(base)), _quiet, GOING_ON)
    assert stat.S_IMODE(made.stat().st_mode) == 0o444
    assert sealed.digest == digest(made)
    assert sealed.allocated == made.stat().st_blocks * 512
    LocalMerging().put(str(made), str(top))
    status = top.stat()
    assert sealed.stamp == f"{status.st_ino}:{status.st_size}:{status.st_mtime_ns}"


def test_none_of_the_images_it_is_made_of_is_written(tmp_path: Path) -> None:
    images = stack(tmp_path)
    before = [(digest(path), path.stat().st_mtime_ns) for path in images]
    LocalMerging().make(Merge(str(images[3]), str(tmp_path / "made"), str(images[1])), _quiet, GOING_ON)
    assert [(digest(path), path.stat().st_mtime_ns) for path in images] == before


def test_a_machine_on_top_goes_on_with_the_old_file_and_starts_again_with_the_new(tmp_path: Path) -> None:
    base, second, third, top = stack(tmp_path)
    clone = tmp_path / "clone.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", "-b", top, "-F", "qcow2", clone)
    made = tmp_path / "made.qcow2"
    with in_use(clone):
        LocalMerging().make(Merge(str(top), str(made), str(base)), _quiet, GOING_ON)
        LocalMerging().put(str(made), str(top))
        second.unlink()
        third.unlink()
    qemu_io(clone, "read -P 1 0 64k")
    qemu_io(clone, *(f"read -P {number} {number}M 1M" for number in (1, 2, 3, 4)))
    assert below(clone) == ["clone.qcow2", "v4.qcow2", "v1.raw"]
    assert not made.exists()


def test_images_of_different_sizes_read_as_before(tmp_path: Path) -> None:
    base = make_image(tmp_path / "base.raw", 4 * MIB, "raw", pattern=1)
    middle, top, made = (tmp_path / f"{name}.qcow2" for name in ("middle", "top", "made"))
    qemu_img("create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", middle, str(2 * MIB))
    qemu_img("create", "-q", "-f", "qcow2", "-b", middle, "-F", "qcow2", top, str(8 * MIB))
    LocalMerging().make(Merge(str(top), str(made), str(base)), _quiet, GOING_ON)
    assert chain(made)[0]["virtual-size"] == 8 * MIB
    qemu_io(made, "read -P 1 1M 1M", "read -P 0 2M 6M")


def test_progress_goes_from_nothing_to_all_and_never_back(tmp_path: Path) -> None:
    base, *_, top = stack(tmp_path)
    told: list[float] = []
    LocalMerging().make(Merge(str(top), str(tmp_path / "made"), str(base)), told.append, GOING_ON)
    assert told == sorted(told)
    assert told[0] == 0.0
    assert told[-1] == pytest.approx(1.0)


def _stopped_at(fraction: float) -> tuple[Callable[[float], None], threading.Event]:
    stop = threading.Event()
    return lambda told: stop.set() if told >= fraction else None, stop


@pytest.mark.parametrize("fraction", [0.0, 0.3, 0.6, 0.85])
def test_stopped_anywhere_it_leaves_nothing(tmp_path: Path, fraction: float) -> None:
    base, *_, top = stack(tmp_path)
    on_fraction, stop = _stopped_at(fraction)
    names = sorted(tmp_path.iterdir())
    with pytest.raises(BadArgument, match="stopped"):
        LocalMerging().make(Merge(str(top), str(tmp_path / "made"), str(base)), on_fraction, stop)
    assert sorted(tmp_path.iterdir()) == names


def test_an_image_with_snapshots_inside_is_left_alone(tmp_path: Path) -> None:
    base, *_, top = stack(tmp_path)
    qemu_img("snapshot", "-c", "before", top)
    with pytest.raises(WrongFileKind, match="snapshots inside"):
        LocalMerging().make(Merge(str(top), str(tmp_path / "made"), str(base)), _quiet, GOING_ON)
    assert not (tmp_path / "made").exists()


def test_an_image_is_put_only_on_one_it_stands_on_already(tmp_path: Path) -> None:
    *_, top = stack(tmp_path)
    other = make_image(tmp_path / "other.raw", image_format="raw")
    with pytest.raises(WrongFileKind, match="does not stand on"):
        LocalMerging().make(Merge(str(top), str(tmp_path / "made"), str(other)), _quiet, GOING_ON)
    assert not (tmp_path / "made").exists()


def test_an_image_below_that_a_link_names_goes_on_being_named_so(tmp_path: Path) -> None:
    base = make_image(tmp_path / "base.raw", image_format="raw", pattern=1)
    (tmp_path / "link").symlink_to(base)
    qemu_img("create", "-q", "-f", "qcow2", "-b", tmp_path / "link", "-F", "raw", tmp_path / "middle")
    qemu_img("create", "-q", "-f", "qcow2", "-b", "middle", "-F", "qcow2", tmp_path / "top")
    made = tmp_path / "made"
    LocalMerging().make(Merge(str(tmp_path / "top"), str(made), str(base)), _quiet, GOING_ON)
    assert chain(made)[0]["backing-filename"] == str(tmp_path / "link")
    qemu_io(made, "read -P 1 1M 1M")


def test_a_raw_base_is_never_taken_for_what_its_guest_wrote_into_it(tmp_path: Path) -> None:
    base, secret = tmp_path / "base.raw", make_image(tmp_path / "secret.raw", image_format="raw", pattern=9)
    base.write_bytes(bytes(4 * MIB))
    middle, top, made = (tmp_path / name for name in ("middle", "top", "made"))
    qemu_img("create", "-q", "-f", "qcow2", "-b", base, "-F", "raw", middle)
    qemu_img("create", "-q", "-f", "qcow2", "-b", middle, "-F", "qcow2", top)
    qemu_img("create", "-q", "-f", "qcow2", "-b", secret, "-F", "raw", tmp_path / "header")
    with base.open("r+b") as file:
        file.write((tmp_path / "header").read_bytes()[:65536])
    LocalMerging().make(Merge(str(top), str(made), str(base)), _quiet, GOING_ON)
    assert [image["format"] for image in chain(made)] == ["qcow2", "raw"]
    qemu_io(made, "read -P 0 1M 1M")


def test_a_file_that_is_there_already_is_not_overwritten(tmp_path: Path) -> None:
    base, *_, top = stack(tmp_path)
    made = tmp_path / "made"
    made.write_text("somebody's")
    with pytest.raises(AccessError):
        LocalMerging().make(Merge(str(top), str(made), str(base)), _quiet, GOING_ON)
    assert made.read_text() == "somebody's"


def test_only_a_file_of_the_same_directory_is_put_in_place_and_never_over_a_link(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    made, elsewhere, link = tmp_path / "made", tmp_path / "other" / "image", tmp_path / "link"
    made.write_text("new")
    elsewhere.write_text("old")
    link.symlink_to(elsewhere)
    with pytest.raises(BadArgument):
        LocalMerging().put(str(made), str(elsewhere))
    with pytest.raises(WrongFileKind):
        LocalMerging().put(str(made), str(link))
    assert (made.read_text(), elsewhere.read_text(), link.is_symlink()) == ("new", "old", True)


def test_putting_in_place_twice_is_as_good_as_once(tmp_path: Path) -> None:
    made, path = tmp_path / "made", tmp_path / "image"
    made.write_text("new")
    path.write_text("old")
    LocalMerging().put(str(made), str(path))
    LocalMerging().put(str(made), str(path))
    assert (path.read_text(), made.exists()) == ("new", False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
@pytest.mark.parametrize("standing_alone", [False, True])
def test_on_a_full_file_system_nothing_is_left(tmp_path: Path, standing_alone: bool) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(small)], check=True)
    try:
        base, *_, top = stack(small)
        names = sorted(small.iterdir())
        with pytest.raises(AccessError, match="No space left"):
            LocalMerging().make(
                Merge(str(top), str(small / "made"), "" if standing_alone else str(base)), _quiet, GOING_ON
            )
        assert sorted(small.iterdir()) == names
        patterns(top)
    finally:
        subprocess.run(["umount", str(small)], check=True)
