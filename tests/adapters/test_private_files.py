"""A private file is replaced whole or not at all, and what goes wrong is named."""

import os
import resource
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.private_files import make_directory, replace_file
from qq2clone_tui.adapters.settings.edit import set_option
from qq2clone_tui.domain.errors import AccessError

from .catalogue_samples import Ask, template


@contextmanager
def full_disk(most_bytes: int = 0) -> Iterator[None]:
    """Let no file of this process grow beyond a size: the nearest to a full disk without one."""
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_a_replaced_file_is_private_even_if_the_old_one_was_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o666)
    replace_file(path, "new\r\né")
    assert path.read_bytes() == "new\r\né".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with full_disk(), pytest.raises(AccessError, match="cannot write the file") as caught:
        replace_file(path, "new")
    assert caught.value.subject == str(path)
    assert caught.value.why
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
    assert path.read_text() == "old"


def test_a_full_disk_changes_no_setting(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("jobs = 1\n")
    with full_disk(), pytest.raises(AccessError):
        set_option(path, "jobs", "2")
    assert path.read_text() == "jobs = 1\n"


def test_a_full_disk_leaves_the_catalogue_sound(tmp_path: Path) -> None:
    catalogue = SqliteCatalogue(tmp_path / "one.sqlite", tmp_path / "templates")
    catalogue.add_template(template())
    before = catalogue.reserve(Ask(count=2))
    with full_disk(4096):
        with pytest.raises(AccessError, match="cannot use the catalogue") as caught:
            catalogue.reserve(Ask(count=500))
        with pytest.raises(AccessError):
            catalogue.add_template(template("alpine", disks=()))
    assert caught.value.subject == str(tmp_path / "one.sqlite")
    assert catalogue.clones() == before
    assert catalogue.templates() == [template()]
    assert [one.identity.number for one in catalogue.reserve(Ask(count=500))] == list(range(3, 503))
    catalogue.close()


def test_readers_see_the_old_text_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    texts = ["a" * 70_000, "b" * 90_000]
    replace_file(path, texts[0])
    stop = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(50):
        replace_file(path, texts[turn % 2])
    stop.set()
    reader.join(30)
    assert seen <= set(texts)
    assert seen


def test_a_symbolic_link_in_the_way_is_replaced_and_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "file"
    victim.write_text("precious")
    path.symlink_to(victim)
    replace_file(path, "new")
    assert victim.read_text() == "precious"
    assert not path.is_symlink()


def test_directories_are_made_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        make_directory(tmp_path / "a" / "b")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700


def test_a_dangling_link_in_place_of_a_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(AccessError) as caught:
        make_directory(tmp_path / "link" / "below")
    assert caught.value.subject.startswith(str(tmp_path / "link"))
