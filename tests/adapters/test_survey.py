"""All images of a place are known from their own headers, and what changed is seen at the next look."""

import os
import resource
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest

from qq2clone_tui.adapters.images.survey import LocalSurvey
from qq2clone_tui.domain.errors import AccessError

from .image_files import make_image, qemu_img

SURVEY = "qq2clone_tui.adapters.images.survey"


def overlay(path: Path, base: Path, form: str = "qcow2") -> Path:
    qemu_img("create", "-q", "-f", "qcow2", "-b", base, "-F", form, path)
    return path


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return make_image(tmp_path / "base.qcow2", 4 << 20, "qcow2")


def test_every_overlay_in_a_directory_is_found_whoever_made_it(tmp_path: Path, base: Path) -> None:
    made = [overlay(tmp_path / f"clone-{number}.qcow2", base) for number in range(3)]
    found = LocalSurvey().look([str(tmp_path)], [])
    assert {path: image.backing for path, image in found.items()} == {
        str(base): "",
        **{str(path): str(base) for path in made},
    }
    assert all(image.bytes > 0 for image in found.values())


def test_an_image_elsewhere_is_followed_down_to_the_bottom(tmp_path: Path, base: Path) -> None:
    directory = tmp_path / "elsewhere"
    directory.mkdir()
    top = overlay(directory / "top.qcow2", overlay(tmp_path / "middle.qcow2", base))
    assert set(LocalSurvey().look([], [str(top)])) == {str(top), str(tmp_path / "middle.qcow2"), str(base)}


def test_an_overlay_that_is_put_on_another_base_is_seen_at_the_next_look(tmp_path: Path, base: Path) -> None:
    other = make_image(tmp_path / "other.qcow2", 4 << 20, "qcow2")
    top, survey = overlay(tmp_path / "top.qcow2", base), LocalSurvey()
    assert survey.look([str(tmp_path)], [])[str(top)].backing == str(base)
    qemu_img("rebase", "-u", "-f", "qcow2", "-b", other, "-F", "qcow2", top)
    assert survey.look([str(tmp_path)], [])[str(top)].backing == str(other)


def test_what_is_gone_is_not_told_of_any_more(tmp_path: Path, base: Path) -> None:
    top, survey = overlay(tmp_path / "top.qcow2", base), LocalSurvey()
    survey.look([str(tmp_path)], [])
    top.unlink()
    assert set(survey.look([str(tmp_path)], [])) == {str(base)}


def test_a_relative_backing_name_counts_from_the_overlays_directory(tmp_path: Path, base: Path) -> None:
    top = tmp_path / "top.qcow2"
    qemu_img("create", "-q", "-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", top)
    assert LocalSurvey().look([], [str(top)])[str(top)].backing == str(base)


def test_a_base_named_through_a_link_is_known_by_its_real_path(tmp_path: Path, base: Path) -> None:
    link = tmp_path / "link.qcow2"
    link.symlink_to(base)
    top = overlay(tmp_path / "top.qcow2", link)
    found = LocalSurvey().look([str(tmp_path)], [str(link)])
    assert found[str(top)].backing == str(base)
    assert str(link) not in found


def test_what_is_no_file_or_cannot_be_read_stops_nothing(tmp_path: Path, base: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "directory").mkdir()
    (tmp_path / "dangling").symlink_to("/nowhere/at/all")
    (tmp_path / "short.qcow2").write_bytes(b"QFI\xfb\0\0\0\3")
    found = LocalSurvey().look([str(tmp_path), str(tmp_path / "missing")], ["/nowhere", "\0"])
    assert set(found) == {str(base), str(tmp_path / "short.qcow2")}


def test_a_header_that_claims_a_name_behind_the_end_of_the_file_names_nothing(tmp_path: Path) -> None:
    hostile = tmp_path / "hostile.qcow2"
    hostile.write_bytes(b"QFI\xfb\0\0\0\3" + b"\xff" * 12 + b"\0" * 100)
    assert LocalSurvey().look([str(tmp_path)], [])[str(hostile)].backing == ""


def test_an_image_that_cannot_be_opened_now_is_no_image_that_stands_on_nothing(tmp_path: Path, base: Path) -> None:
    overlay(tmp_path / "top.qcow2", base)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.open("/dev/null", os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (taken[0] + 2, hard))
    try:  # there is room for the open directory, and for none of the images in it
        with pytest.raises(AccessError, match="Too many open files"):
            LocalSurvey().look([str(tmp_path)], [])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        os.close(taken[0])


def test_what_a_device_stands_on_is_read_at_every_look(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Writing to a device does not change the time stamps of its name."""
    device, survey = overlay(tmp_path / "device", base), LocalSurvey()
    now = device.stat()
    frozen = SimpleNamespace(
        **{name: getattr(now, name) for name in dir(now) if name.startswith("st_") and name != "st_mode"},
        st_mode=stat.S_IFBLK | 0o600,
    )
    monkeypatch.setattr(f"{SURVEY}._status", lambda path: frozen if path == str(device) else None)
    monkeypatch.setattr(f"{SURVEY}._SETTLED_NS", -(10**18))
    assert survey.look([], [str(device)])[str(device)].backing == str(base)
    other = make_image(tmp_path / "other.qcow2", 4 << 20, "qcow2")
    qemu_img("rebase", "-u", "-f", "qcow2", "-b", other, "-F", "qcow2", device)
    assert survey.look([], [str(device)])[str(device)].backing == str(other)
