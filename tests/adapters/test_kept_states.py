"""The states inside qcow2 images are found, whatever the images hold."""

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qq2clone_tui.adapters.images.kept_states import LocalKeptStates
from qq2clone_tui.adapters.images.snapshot_table import tags_in


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An image with states of all sorts of names."""
    path = tmp_path_factory.mktemp("images") / "a.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), "1M"], check=True)
    for name in ("a", "1", "with space", "ünï", "x" * 200):
        subprocess.run(["qemu-img", "snapshot", "-c", name, str(path)], check=True)
    return path


def test_every_state_is_found_by_its_name(image: Path) -> None:
    assert LocalKeptStates().tags(str(image)) == {"a", "1", "with space", "ünï", "x" * 200}


def test_an_image_without_states_has_none(tmp_path: Path) -> None:
    path = tmp_path / "b.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), "1M"], check=True)
    assert LocalKeptStates().tags(str(path)) == frozenset()


def test_a_deleted_state_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "c.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(path), "1M"], check=True)
    for words in (("-c", "first"), ("-c", "second"), ("-d", "first")):
        subprocess.run(["qemu-img", "snapshot", *words, str(path)], check=True)
    assert LocalKeptStates().tags(str(path)) == {"second"}


@pytest.mark.parametrize("content", [b"", b"raw", b"QFI\xfb", b"QFI\xfb" + b"\xff" * 200], ids=range(4))
def test_what_is_no_image_has_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "d"
    path.write_bytes(content)
    assert LocalKeptStates().tags(str(path)) == frozenset()


def test_what_cannot_be_read_has_none(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o000)
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing", "bad\0name"):
        assert LocalKeptStates().tags(str(path)) == frozenset()


@given(data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_damaged_table_ends_the_list_and_does_no_harm(image: Path, data: st.DataObject) -> None:
    content = bytearray(image.read_bytes())
    start = int.from_bytes(content[64:72])
    places = st.one_of(st.integers(60, 71), st.integers(start, start + 400))
    for place in data.draw(st.lists(places, min_size=1, max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    asked: list[int] = []

    def read(offset: int, length: int) -> bytes:
        asked.append(length)
        return bytes(content[offset : offset + length])

    tags_in(read)
    assert sum(asked) < 2 * (len(content) + (64 << 20))
