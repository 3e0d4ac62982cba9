"""Storage that is full, was another one before, or has names that mean something elsewhere."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .disk_lab import MIB, Disk, DiskLab, image, read_back, write_pattern

OWN = 2 * MIB


@pytest.fixture
def small_place(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for a few overlays only."""
    place = tmp_path / "small"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], timeout=30, check=True)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Let this process and those it starts write no file beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestFullDisk:
    """No room in the middle of it."""

    def test_what_finds_no_room_leaves_every_clone_as_it_was(self, lab: DiskLab, small_place: Path) -> None:
        lab.storage = str(small_place)
        base = image(lab.bases / "web.qcow2", 0x11)
        write_pattern(base, 0x12, 8 * MIB, 6 * MIB)
        lab.template("web", Disk(base))
        lab.type("clone 2 -t web")
        write_pattern(lab.disk("web-1"), 0xC1, OWN)
        before = lab.leftovers()
        refused = lab.type("detach 1 -t web --yes", code=10)
        assert "space" in refused.err
        refused = lab.type("promote 1 fresh -t web --yes --keep", code=None)
        if refused.code:
            assert lab.leftovers() == before
            assert "fresh" not in lab.type("list-templates").out
        with (small_place / "filler").open("wb") as filler:
            filler.write(b"\1" * (3 * MIB - sum(file.stat().st_blocks * 512 for file in small_place.iterdir())))
        before = lab.leftovers()
        for line in ("reset 1 -t web --yes", "modify-template web prepare-image --no-run", "clone 1 -t web"):
            refused = lab.type(line, code=None)
            assert "space" in refused.err
            assert lab.leftovers() == before
        assert (read_back(lab.disk("web-1")), read_back(lab.disk("web-1"), OWN)) == (0x11, 0xC1)
        assert lab.names() == {"web-1", "web-2"}

    def test_a_limit_on_file_sizes_stops_a_detachment_without_a_trace(self, lab: DiskLab) -> None:
        base = image(lab.bases / "web.qcow2", 0x11)
        write_pattern(base, 0x12, 8 * MIB, 6 * MIB)
        lab.template("web", Disk(base))
        lab.type("clone 1 -t web")
        before = lab.leftovers()
        with files_no_larger_than(2 * MIB):
            refused = lab.type("detach 1 -t web --yes", code=10)
        assert "large" in refused.err
        assert (lab.leftovers(), read_back(lab.disk("web-1"))) == (before, 0x11)

    def test_an_in_place_commit_that_finds_no_room_can_be_finished(self, lab: DiskLab) -> None:
        base = lab.simple(options="--copy")
        staging = lab.prepare("web")
        write_pattern(lab.disk(staging), 0x22, OWN, 6 * MIB)
        with files_no_larger_than(4 * MIB):
            refused = lab.type("modify-template web commit-image --in-place --yes", code=None)
        assert refused.code in {10, 14}
        for line in (
            "clone 1 -t web",
            "modify-template web acknowledge-image --yes",
            "modify-template web commit-image",
        ):
            assert "--in-place" in lab.type(line, code=12).err
        assert "once more" in lab.type("modify-template web commit-image --in-place --yes").err
        lab.type("clone 1 -t web")
        assert [read_back(lab.disk("web-1"), at) for at in (0, OWN, OWN + 5 * MIB)] == [0x11, 0x22, 0x22]
        assert base.exists()


class TestPlaces:
    """Another storage place than the one before."""

    def test_whatever_was_made_in_one_place_is_worked_on_from_another(self, lab: DiskLab) -> None:
        first, second = str(lab.home / "one"), str(lab.home / "two")
        lab.storage = first
        lab.simple(options="--copy")
        lab.type("clone 2 -t web")
        staging = lab.prepare("web")
        write_pattern(lab.disk(staging), 0x22)
        lab.storage = second
        lab.type("modify-template web commit-image")
        lab.type("upgrade 1 -t web --yes")
        lab.type("reset 2 -t web --yes")
        lab.type("clone 1 -t web")
        assert [read_back(lab.disk(f"web-{number}")) for number in (1, 2, 3)] == [0x22, 0x11, 0x22]
        lab.prepare("web")
        lab.storage = first
        lab.type("modify-template web discard-image --yes")
        lab.type("detach 3 -t web --yes")
        lab.type("promote 1 fresh -t web --yes")
        lab.storage = second
        lab.type("rm all -t web --yes")
        lab.type("delete-template fresh --yes")
        lab.type("delete-template web --yes")
        assert {path for place in (first, second) for path in Path(place).rglob("*")} == set()


class TestNames:
    """Names that mean something to a shell, to XML, to QEMU or to a terminal."""

    @pytest.mark.parametrize(
        "name",
        ["a b", "a'b", 'a"b', "a,b", "a%b", "a:b", "json:{}", "$(id)", "ü", "-x", "a#b", "a\\b"],
    )
    def test_a_base_may_be_called_anything(self, lab: DiskLab, name: str) -> None:
        base = image(lab.bases / f"{name}.qcow2", 0x11)
        path = lab.home / "web.xml"
        xml = lab.machine("web", Disk(Path("/BASE"))).read_text()
        path.write_text(xml.replace("/BASE", str(base).replace("&", "&amp;").replace("'", "&apos;")))
        lab.type(f"import-template {path} web")
        lab.commit("web", 0x22)
        lab.type("clone 1 -t web")
        lab.type("clone 1 -t web@v1")
        assert [read_back(lab.disk(each)) for each in ("web-1", "web-2")] == [0x22, 0x11]
        lab.type("detach 2 -t web --yes")
        assert read_back(lab.disk("web-2")) == 0x11

    def test_a_note_cannot_speak_to_the_terminal(self, lab: DiskLab) -> None:
        lab.simple()
        lab.commit("web", 0x22, note="[red]x[/] \x1b]0;title\x07 \u202e \x9b31m")
        shown = lab.type("list-templates -v")
        told = lab.type("list-templates -v --json")
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(shown.out + shown.err)
        assert not {"\x1b", "\x07", "\x9b"} & set(told.out)

    @pytest.mark.parametrize("reference", ["web@", "web@v", "web@v0", "web@v9", "web@x", "web@v1@v2", "@v1", "web@v-1"])
    def test_a_reference_that_is_none_says_so(self, lab: DiskLab, reference: str) -> None:
        lab.simple()
        refused = lab.type(f"clone 1 -t {reference}", code=None)
        assert refused.code in {12, 13}
        assert lab.names() == set()

    @pytest.mark.parametrize("name", ["web@v1", "a/b", "../up", "-x", "staging:x", "", "a b"])
    def test_a_promoted_template_cannot_be_called_anything(self, lab: DiskLab, name: str) -> None:
        lab.simple()
        lab.type("clone 1 -t web")
        refused = lab.type(f"promote 1 '{name}' -t web --yes", code=None)
        assert refused.code in {12, 13}
        assert lab.names() == {"web-1"}
