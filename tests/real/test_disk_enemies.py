"""What others do behind the program's back costs nobody what was written, and no foreign file its life."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from qq2clone_tui.domain.states import PowerVerb
from tests.adapters.image_files import chain, digest

from .disk_lab import MIB, Disk, DiskLab, image, read_back, write_pattern

OWN = 2 * MIB

REFUSED = {10, 12, 18}
"""A clone is not made for want of a sound base; a machine that exists is left out of a plan."""

EVERYTHING_THAT_NEEDS_THE_BASE = pytest.mark.parametrize(
    "line",
    [
        "clone 1 -t web",
        "reset 1 -t web --yes",
        "modify-template web prepare-image --no-run",
    ],
)


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


def _redefine(lab: DiskLab, name: str, old: str, new: str) -> None:
    """Define a machine anew with other XML, as ``virsh edit`` would."""
    xml = lab.host.inactive_xml(lab.domain(name).uuid)
    assert old in xml
    lab.host.define(xml.replace(old, new))


class TestStagingMachine:
    """The staging machine, in the hands of somebody with virsh."""

    def test_renamed_it_is_still_committed_or_discarded(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        write_pattern(lab.disk(staging), 0x22)
        lab.host.definitions.rename(lab.domain(staging).uuid, "somebodys")
        lab.type("modify-template web commit-image")
        lab.type("clone 1 -t web")
        assert read_back(lab.disk("web-1")) == 0x22
        staging = lab.prepare("web")
        lab.host.definitions.rename(lab.domain(staging).uuid, "somebodys")
        lab.type("modify-template web discard-image --yes")
        assert lab.names() == {"web-1"}

    def test_started_it_is_not_committed(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        overlay = lab.disk(staging)
        lab.power(PowerVerb.START, staging)
        for line in ("commit-image", "commit-image --in-place --yes"):
            refused = lab.type(f"modify-template web {line}", code=12)
            assert "running" in refused.err
        assert lab.listed("web")["version"] == 1
        assert overlay.stat().st_mode & 0o200

    def test_pointed_at_a_foreign_file_it_makes_no_version_of_it(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        overlay, foreign = lab.disk(staging), image(lab.bases / "foreign.qcow2", 0x99)
        before = (digest(foreign), foreign.stat().st_mode)
        write_pattern(overlay, 0x22)
        _redefine(lab, staging, str(overlay), str(foreign))
        lab.type("modify-template web commit-image", code=None)
        assert (digest(foreign), foreign.stat().st_mode) == before
        if lab.listed("web")["version"] == 2:
            lab.type("clone 1 -t web")
            assert read_back(lab.disk("web-1")) == 0x22
        lab.type("modify-template web discard-image --yes", code=None)
        assert (digest(foreign), foreign.stat().st_mode) == before

    def test_undefined_it_leaves_nothing_that_cannot_be_discarded(self, lab: DiskLab) -> None:
        lab.simple()
        lab.host.undefine(lab.domain(lab.prepare("web")).uuid)
        lab.type("modify-template web commit-image", code=None)
        lab.type("modify-template web discard-image --yes", code=None)
        lab.type("delete-template web --yes")
        assert lab.leftovers() == set()

    def test_without_its_overlay_it_makes_no_version(self, lab: DiskLab) -> None:
        lab.simple()
        overlay = lab.disk(lab.prepare("web"))
        overlay.unlink()
        refused = lab.type("modify-template web commit-image", code=None)
        assert refused.code in {10, 12, 13, 18}
        assert str(overlay) in refused.err
        assert lab.listed("web")["version"] == 1
        lab.type("modify-template web discard-image --yes")
        assert lab.names() == set()

    def test_with_its_overlay_moved_onto_another_base_it_makes_no_version(self, lab: DiskLab) -> None:
        lab.simple()
        overlay = lab.disk(lab.prepare("web"))
        other = image(lab.bases / "other.qcow2", 0x99)
        subprocess.run(["qemu-img", "rebase", "-u", "-F", "qcow2", "-b", str(other), str(overlay)], check=True)
        refused = lab.type("modify-template web commit-image", code=None)
        assert refused.code
        assert lab.listed("web")["version"] == 1

    def test_copied_by_another_tool_the_copy_is_nobodys_of_ours(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        xml = lab.host.inactive_xml(lab.domain(staging).uuid)
        uuid, copy = lab.domain(staging).uuid, lab.bases / "copy.qcow2"
        shutil.copyfile(lab.disk(staging), copy)
        twin = xml.replace(uuid, uuid[:-4] + "beef", 1).replace(f"<name>{staging}<", "<name>copied<")
        lab.host.define(twin.replace(str(lab.disk(staging)), str(copy)))
        lab.type("modify-template web discard-image --yes")
        assert lab.names() == {"copied"}
        assert copy.exists()

    def test_a_machine_that_shares_its_overlay_keeps_it_from_being_committed_or_deleted(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        overlay = lab.disk(staging)
        lab.host.define(lab.machine("thief", Disk(overlay)).read_text())
        refused = lab.type("modify-template web discard-image --yes", code=None)
        assert refused.code == 0 or "thief" in refused.err
        assert overlay.exists()
        refused = lab.type("modify-template web commit-image", code=None)
        assert refused.code
        assert "thief" in refused.err or not lab.names() - {"thief"}


class TestBase:
    """An image that clones stand on, changed by others."""

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_written_it_is_refused_until_acknowledged(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        write_pattern(base, 0x99)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        lab.type("modify-template web acknowledge-image --yes")
        lab.type(line)

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_replaced_by_another_file_it_is_refused(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        other = image(lab.bases / "other.qcow2", 0x11)
        times = base.stat()
        os.utime(other, ns=(times.st_atime_ns, times.st_mtime_ns))
        other.rename(base)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_cut_off_it_is_refused_and_cannot_be_acknowledged(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        with base.open("r+b") as file:
            file.truncate(base.stat().st_size // 2)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        refused = lab.type("modify-template web acknowledge-image --yes", code=18)
        assert str(base) in refused.err

    @EVERYTHING_THAT_NEEDS_THE_BASE
    def test_moved_away_it_is_refused_and_back_again_all_is_well(self, lab: DiskLab, line: str) -> None:
        base = lab.simple()
        lab.type("clone 1 -t web")
        away = base.rename(base.with_name("away.qcow2"))
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        lab.type("modify-template web acknowledge-image --yes", code=None)
        lab.type("list-templates -v")
        away.rename(base)
        lab.type(line)

    @EVERYTHING_THAT_NEEDS_THE_BASE
    @pytest.mark.parametrize("promoted", [False, True])
    def test_written_below_what_stands_on_it_it_is_refused_there_too(
        self, lab: DiskLab, line: str, promoted: bool
    ) -> None:
        base = lab.simple()
        lab.commit("web", 0x22, OWN)
        lab.type("clone 1 -t web")
        if promoted:
            lab.type("promote 1 fresh -t web --yes")
            lab.type("clone 1 -t fresh")
            line = line.replace("web", "fresh")
        write_pattern(base, 0x99)
        refused = lab.type(line, code=None)
        assert refused.code in REFUSED
        assert str(base) in refused.err
        assert "modify-template web@v1 acknowledge-image" in refused.err
        lab.type("modify-template web@v1 acknowledge-image --yes")
        lab.type(line)

    def test_in_use_by_a_machine_that_was_started_behind_our_back_it_is_refused(self, lab: DiskLab) -> None:
        base = lab.simple()
        lab.host.define(lab.machine("source", Disk(base)).read_text())
        lab.power(PowerVerb.START, "source")
        refused = lab.type("clone 1 -t web", code=10)
        assert str(base) in refused.err
        assert "the machine source" in refused.err
        lab.power(PowerVerb.DESTROY, "source")
        lab.type("clone 1 -t web", code=None)

    def test_a_clone_whose_own_version_is_sound_is_reset_whatever_became_of_another(self, lab: DiskLab) -> None:
        lab.simple(options="--copy")
        lab.commit("web", 0x22)
        lab.type("clone 1 -t web@v1")
        lab.type("clone 1 -t web")
        second = Path(chain(lab.disk("web-2"))[1]["filename"])
        second.chmod(0o600)
        write_pattern(second, 0x99)
        lab.type("reset 1 -t web --yes")
        for line in ("reset 2", "upgrade 1"):
            assert str(second) in lab.type(f"{line} -t web --yes", code=12).err
        lab.type("clone 1 -t web@v1")


class TestStrangers:
    """Overlays and machines that this program did not make."""

    @pytest.mark.parametrize("where", ["images", "bases", "elsewhere"])
    def test_a_foreign_overlay_of_a_machine_keeps_its_base(self, lab: DiskLab, where: str) -> None:
        lab.simple(options="--copy")
        lab.commit("web", 0x22)
        lab.type("clone 1 -t web")
        version = Path(chain(lab.disk("web-1"))[1]["filename"])
        lab.type("rm 1 -t web --yes")
        foreign = image(lab.home / where / "foreign.qcow2", 0x99, base=version)
        lab.host.define(lab.machine("stranger", Disk(foreign)).read_text())
        kept = lab.type("delete-template web --yes", code=None)
        assert kept.code == 0 or "stranger" in kept.err
        assert version.exists()
        assert read_back(foreign, OWN) == 0
        assert read_back(foreign) == 0x99

    @pytest.mark.parametrize("where", ["images"])
    def test_a_foreign_overlay_without_a_machine_is_seen_where_images_lie(self, lab: DiskLab, where: str) -> None:
        lab.simple(options="--copy")
        below = Path(chain(lab.disk(lab.prepare("web")))[1]["filename"])
        foreign = image(lab.home / where / "foreign.qcow2", 0x99, base=below)
        before = digest(below)
        refused = lab.type("modify-template web commit-image --in-place --yes", code=12)
        assert "foreign.qcow2" in refused.err
        assert digest(below) == before
        kept = lab.type("modify-template web discard-image --yes")
        kept = lab.type("delete-template web --yes", code=None)
        assert below.exists()
        assert foreign.exists(), kept

    def test_files_of_the_names_that_are_wanted_are_neither_used_nor_lost(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        wanted = lab.disk(staging)
        lab.type("modify-template web discard-image --yes")
        wanted.write_text("precious")
        lab.type("modify-template web prepare-image --no-run", code=None)
        assert wanted.read_text() == "precious"
        lab.type("modify-template web discard-image --yes", code=None)
        assert wanted.read_text() == "precious"

    def test_a_machine_of_the_staging_machines_name_is_left_alone(self, lab: DiskLab) -> None:
        lab.simple()
        staging = lab.prepare("web")
        lab.type("modify-template web discard-image --yes")
        other = image(lab.bases / "other.qcow2", 0x99)
        lab.host.define(lab.machine(staging, Disk(other)).read_text())
        uuid = lab.domain(staging).uuid
        lab.type("modify-template web prepare-image --no-run", code=None)
        lab.type("modify-template web discard-image --yes", code=None)
        assert lab.domain(staging).uuid == uuid
        assert read_back(other) == 0x99


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
