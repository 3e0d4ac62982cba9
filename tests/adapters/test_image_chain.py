"""Whatever name a file goes by, it is known for what it is, and so is what it stands on."""

from pathlib import Path

import pytest

from qq2clone_tui.adapters.images import LocalImages

from .image_files import make_image, qemu_img


@pytest.fixture
def images(tmp_path: Path) -> LocalImages:
    """A store on a directory with an image and an overlay over it."""
    base = tmp_path / "base.qcow2"
    make_image(base)
    qemu_img("create", "-q", "-f", "qcow2", "-b", str(base), "-F", "qcow2", str(tmp_path / "top.qcow2"))
    return LocalImages(tmp_path)


def test_links_and_roundabout_paths_lead_to_the_same_file(images: LocalImages, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "name.qcow2").symlink_to("base.qcow2")
    base = str((tmp_path / "base.qcow2").resolve())
    for name in ("base.qcow2", "link/base.qcow2", "name.qcow2", "link/..//base.qcow2"):
        assert images.resolved(f"{tmp_path.resolve()}/{name}".replace("link/..", f"../{tmp_path.name}")) == base
    assert images.resolved(f"{tmp_path}/missing") == str(tmp_path.resolve() / "missing")


def test_an_overlay_stands_on_its_backing_file_also_by_a_relative_name(images: LocalImages, tmp_path: Path) -> None:
    base, top = (str((tmp_path / name).resolve()) for name in ("base.qcow2", "top.qcow2"))
    assert images.stands_on(top) == (top, base)
    qemu_img("rebase", "-u", "-b", "base.qcow2", "-F", "qcow2", top)
    assert images.stands_on(top) == (top, base)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("file:{base}", "qcow2"),
        ('json:{{"driver":"qcow2","file":{{"driver":"file","filename":"{base}"}}}}', "qcow2"),
        ('json:{{"driver":"qcow2","file.driver":"file","file.filename":"{base}"}}', "qcow2"),
        ("{base}", "qed"),
        ("{base}", "qcow"),
    ],
)
def test_what_an_overlay_stands_on_is_known_however_it_names_it(
    images: LocalImages, tmp_path: Path, name: str, kind: str
) -> None:
    base, foreign = (str((tmp_path / name).resolve()) for name in ("base.qcow2", "foreign.img"))
    qemu_img("create", "-q", "-f", kind, "-u", "-b", name.format(base=base), "-F", "qcow2", foreign, "16M")
    assert images.stands_on(foreign) == (foreign, base)
    assert images.survey.look([str(tmp_path)], [])[foreign].backing == base


@pytest.mark.parametrize("name", ["json:{", "json:[]", 'json:{"file":{"file":7}}', "json:" + "[" * 900, 'json:"x"'])
def test_a_name_that_is_nonsense_is_no_file(images: LocalImages, tmp_path: Path, name: str) -> None:
    foreign = str((tmp_path / "foreign.qcow2").resolve())
    qemu_img("create", "-q", "-f", "qcow2", "-u", "-b", name, "-F", "qcow2", foreign, "16M")
    assert images.stands_on(foreign)[0] == foreign
    assert images.survey.look([str(tmp_path)], [])[foreign].path == foreign


def test_a_circle_and_a_missing_file_end_the_chain(images: LocalImages, tmp_path: Path) -> None:
    base, top = (str((tmp_path / name).resolve()) for name in ("base.qcow2", "top.qcow2"))
    qemu_img("rebase", "-u", "-b", top, "-F", "qcow2", base)
    assert images.stands_on(top) == (top, base)
    Path(base).unlink()
    assert images.stands_on(top) == (top, base)
    assert images.stands_on("/nowhere\0") == ("/nowhere\0",)
