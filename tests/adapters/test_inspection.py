"""Files are looked at as they are: whose they are, where they went, and every byte of them."""

import hashlib
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qq2clone_tui.adapters.images import LocalImages
from qq2clone_tui.adapters.images.inspection import LocalInspection
from qq2clone_tui.adapters.images.qcow2_header import backing_format
from qq2clone_tui.domain.errors import AccessError, BadArgument, WrongFileKind

from .image_files import qemu_img

LOOK = LocalInspection()


def digest(path: Path) -> str:
    return LOOK.digest(str(path), lambda _: None, lambda: False)


@pytest.mark.parametrize(
    "parts",
    [
        (),
        (b"abc",),
        (b"abc", 5 << 20, b"end"),
        (3 << 20,),
        (1 << 20, b"x" * (2 << 20), 7 << 20),
        (b"y" * 4096, 4096, b"z" * 4096, (1 << 20) + 17),
    ],
    ids=["empty", "small", "hole-between", "only-a-hole", "hole-at-both-ends", "small-holes"],
)
def test_the_digest_is_that_of_all_bytes_and_of_the_zeros_in_holes(
    tmp_path: Path, parts: tuple[bytes | int, ...]
) -> None:
    path = tmp_path / "image"
    with path.open("wb") as stream:
        for part in parts:
            if isinstance(part, int):
                stream.seek(part, os.SEEK_CUR)
            else:
                stream.write(part)
        stream.truncate()
    heard: list[int] = []
    assert LOOK.digest(str(path), heard.append, lambda: False) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sum(heard) == path.stat().st_size


def test_holes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "image"
    with path.open("wb") as stream:
        stream.truncate(64 << 20)
        stream.seek(32 << 20)
        stream.write(b"middle")
    if path.stat().st_blocks * 512 > 1 << 20:
        pytest.skip("this file system has no holes")
    read: list[int] = []
    pread = os.pread

    def counting(descriptor: int, length: int, offset: int) -> bytes:
        read.append(length)
        return pread(descriptor, length, offset)

    monkeypatch.setattr(os, "pread", counting)
    assert digest(path)
    assert sum(read) <= 1 << 20


def test_it_ends_early_when_it_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(b"x" * (8 << 20))
    stop = threading.Event()
    assert LOOK.digest(str(path), lambda _: stop.set(), stop.is_set) == ""


@pytest.mark.parametrize("change", ["written", "longer", "cut"])
def test_an_image_that_is_changed_meanwhile_has_no_digest(tmp_path: Path, change: str) -> None:
    path = tmp_path / "image"
    path.write_bytes(b"x" * (4 << 20))
    os.utime(path, ns=(1, 1))

    def interfere(_: int) -> None:
        with path.open("r+b") as stream:
            if change == "cut":
                stream.truncate(1 << 20)
            else:
                stream.seek(0, os.SEEK_END if change == "longer" else os.SEEK_SET)
                stream.write(b"y")

    with pytest.raises(BadArgument, match="somebody changed it meanwhile"):
        LOOK.digest(str(path), interfere, lambda: False)


def test_what_has_no_bytes_to_compute_a_digest_of_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(WrongFileKind, match="neither a file nor a block device"):
            digest(tmp_path / name)
    with pytest.raises(AccessError, match="No such file"):
        digest(tmp_path / "missing")


def test_the_facts_of_a_file_have_the_stamp_that_the_image_had_when_it_was_probed(tmp_path: Path) -> None:
    path = tmp_path / "image"
    path.write_bytes(bytes(4096))
    path.chmod(0o444)
    facts = LOOK.facts(str(path))
    assert facts is not None
    assert (facts.inode, facts.size, facts.mode, facts.writable) == (path.stat().st_ino, 4096, 0o444, False)
    assert facts.stamp == LocalImages(tmp_path).probe(str(path)).stamp
    path.chmod(0o464)
    again = LOOK.facts(str(path))
    assert again is not None
    assert again.writable


def test_there_are_no_facts_of_what_is_missing_and_an_error_for_what_cannot_be_looked_at(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert LOOK.facts(str(tmp_path / "missing")) is None
    assert LOOK.facts(str(tmp_path / "file" / "below")) is None
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(AccessError, match="cannot look at the file"):
        LOOK.facts(str(tmp_path / "loop"))


def test_a_file_is_found_again_by_its_inode_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"")
    path = tmp_path / "image"
    path.write_bytes(b"")
    inode = path.stat().st_ino
    path.rename(tmp_path / "moved")
    (tmp_path / "link").symlink_to("moved")
    assert LOOK.named(str(tmp_path), inode) == str(tmp_path / "moved")
    (tmp_path / "moved").rename(tmp_path.parent / f"{tmp_path.name}-gone")
    assert LOOK.named(str(tmp_path), inode) == ""
    assert LOOK.named(str(tmp_path / "no-such-place"), inode) == ""


@pytest.mark.parametrize("version", ["v2", "v3"])
@pytest.mark.parametrize("base_format", ["raw", "qcow2"])
def test_an_overlay_says_which_format_its_base_has_whatever_that_looks_like(
    tmp_path: Path, version: str, base_format: str
) -> None:
    base, overlay = tmp_path / "base", tmp_path / "overlay"
    qemu_img("create", "-q", "-f", base_format, base, "1M")
    options = f"compat={'0.10' if version == 'v2' else '1.1'}"
    qemu_img("create", "-q", "-f", "qcow2", "-o", options, "-F", base_format, "-b", base, overlay)
    assert LOOK.backing_format(str(overlay)) == base_format
    assert LOOK.backing_format(str(tmp_path / "missing")) == ""


@given(st.binary(max_size=300))
def test_a_header_that_somebody_made_up_says_nothing_or_something_but_breaks_nothing(tail: bytes) -> None:
    assert isinstance(backing_format(b"QFI\xfb\x00\x00\x00\x03" + tail), str)
    assert backing_format(tail) == "" or tail.startswith(b"QFI")
