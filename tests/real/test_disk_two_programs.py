"""Two programs at once, with one catalogue and one daemon: one of them gets its way, and nothing is half done."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .disk_lab import read_back, write_pattern
from .test_disk_pools import Typing, clear, disk, version
from .test_system_hypervisor import Site, chain, virsh
from .typed_commands import command_line, surroundings

OWN = 8 << 20


@pytest.fixture
def images(system_uri: str) -> Iterator[Path]:
    """A directory that the daemon's QEMU may enter, with the sample template's files."""
    assert system_uri
    directory = Path(tempfile.mkdtemp(prefix="qqtwo", dir="/tmp"))
    directory.chmod(0o711)
    write_sample(directory).image.chmod(0o644)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def local(
    images: Path, tmp_path: Path, system_uri: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Site:
    """Images that are reached directly."""
    for name, value in surroundings(tmp_path).items():
        monkeypatch.setenv(name, value)
    return Typing(system_uri, str(images), images, tmp_path, capture=capfd.readouterr)


def _words(site: Site, *words: str) -> list[str]:
    return command_line("-c", site.uri, "--data-dir", str(site.home / "data"), "-s", site.storage, *words)


def _manners(site: Site) -> dict[str, object]:
    return {
        "cwd": site.home, "env": surroundings(site.home), "stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
        "stderr": subprocess.PIPE, "text": True,
    }  # fmt: skip


def at_once(site: Site, *lines: str) -> list[tuple[int, str]]:
    """Type lines at the same time, each into a process of its own; return the codes and what they said."""
    running = [subprocess.Popen(_words(site, *line.split()), **_manners(site)) for line in lines]  # type: ignore[call-overload]
    said = []
    for process in running:
        out, err = process.communicate(timeout=120)
        assert "Traceback" not in out + err
        said.append((process.returncode, err))
    return said


def test_in_place_writes_the_base_only_when_nothing_depends_on_it(local: Site) -> None:
    local.run("import-template", str(local.images / "sample.xml"), "qqver", "--copy")
    try:
        local.run("-t", "qqver", "clone", "1")
        local.run("modify-template", "qqver", "prepare-image", "--no-run")
        (staging,) = (name for name in virsh("list", "--all", "--name").split() if name.startswith("qqver.v"))
        write_pattern(disk(staging), 0x22, OWN)
        refused = local.run("modify-template", "qqver", "commit-image", "--in-place", "--yes", code=12)
        assert "qqver-1" in refused.stderr
        local.run("-t", "qqver", "rm", "1", "--yes")
        local.run("modify-template", "qqver", "commit-image", "--in-place", "--yes")
        local.run("-t", "qqver", "clone", "1")
        assert read_back(disk("qqver-1"), OWN) == 0x22
    finally:
        clear(local, "qqver")
    local.run("delete-template", "qqver", "--yes")


PAIRS = [
    ("-t qqtwo rm 1 --yes", "-t qqtwo reset 1 --yes"),
    ("-t qqtwo start staging", "modify-template qqtwo commit-image"),
    ("modify-template qqtwo discard-image --yes", "modify-template qqtwo commit-image"),
    ("modify-template qqtwo commit-image", "-t qqtwo clone 2"),
    ("-t qqtwo promote 1 qqtwonew --yes", "-t qqtwo promote 1 qqtwonew --yes"),
    ("-t qqtwo detach 1 --yes", "-t qqtwo start 1"),
    ("-t qqtwo detach 1 --yes", "-t qqtwo reset 1 --yes"),
]
"""Lines that get in each other's way."""


class TestTwoProgramsAtOnce:
    """Two processes with the same catalogue and the same daemon."""

    @pytest.fixture
    def both(self, local: Site) -> Iterator[Site]:
        """A template with a clone."""
        local.run("import-template", str(local.images / "sample.xml"), "qqtwo", "--copy")
        local.run("-t", "qqtwo", "clone", "2")
        yield local
        clear(local, "qqtwo")
        if "qqtwo" in local.run("list-templates").stdout:
            local.run("delete-template", "qqtwo", "--yes")
        assert {path.name for path in local.images.iterdir()} == {"sample.qcow2", "sample.xml"}

    def test_two_prepares_make_one_staging_machine(self, both: Site) -> None:
        line = "modify-template qqtwo prepare-image --no-run"
        codes = sorted(code for code, _ in at_once(both, line, line))
        assert codes[0] == 0
        assert len([name for name in virsh("list", "--all", "--name").split() if name.startswith("qqtwo.v")]) == 1
        both.run("modify-template", "qqtwo", "commit-image")

    def test_two_commits_make_one_version(self, both: Site) -> None:
        both.run("modify-template", "qqtwo", "prepare-image", "--no-run")
        line = "modify-template qqtwo commit-image"
        codes = sorted(code for code, _ in at_once(both, line, line))
        assert codes[0] == 0
        assert codes[1] in {12, 13}
        assert version(both, "qqtwo") == 2
        both.run("-t", "qqtwo", "clone", "1")
        assert len(chain(disk("qqtwo-3"))) == 3

    def test_a_prepare_and_the_deletion_of_the_template_leave_one_of_them_done(self, both: Site) -> None:
        both.run("-t", "qqtwo", "rm", "all", "--yes")
        (prepared, _), (deleted, _) = at_once(
            both, "modify-template qqtwo prepare-image --no-run", "delete-template qqtwo --yes"
        )
        assert 0 in (prepared, deleted)
        there = "qqtwo" in both.run("list-templates").stdout.split()
        staging = [name for name in virsh("list", "--all", "--name").split() if name.startswith("qqtwo.v")]
        assert there or not staging
        if staging:
            assert len(chain(disk(staging[0]))) == 2

    def test_a_reset_and_a_start_leave_a_machine_with_its_disk(self, both: Site) -> None:
        write_pattern(disk("qqtwo-1"), 0xC1, OWN)
        at_once(both, "-t qqtwo reset 1 --yes", "-t qqtwo start 1")
        assert both.states()[1] in {"off", "running"}
        both.run("-t", "qqtwo", "destroy", "1", code=0 if both.states()[1] == "running" else 12)
        both.run("-t", "qqtwo", "start", "1")
        assert both.states()[1] == "running"
        assert len([path for path in both.images.iterdir() if path.name.startswith("qqtwo-1")]) == 1

    def test_two_resets_of_the_same_machines_leave_each_with_one_fresh_disk(self, both: Site) -> None:
        names = ("qqtwo-1", "qqtwo-2")
        for name in names:
            write_pattern(disk(name), 0xC1, OWN)
        answers = at_once(both, "-t qqtwo reset all --yes", "-t qqtwo reset all --yes")
        # Either may be quicker with either machine, and leaves it out if the other was.
        assert {code for code, _ in answers} <= {0, 12}, answers
        for name in names:
            assert (len(chain(disk(name))), read_back(disk(name), OWN)) == (2, 0)
            assert [path for path in both.images.iterdir() if path.name.startswith(name)] == [disk(name)]

    def test_a_clone_and_an_in_place_commit_never_both_have_the_base(self, both: Site) -> None:
        both.run("-t", "qqtwo", "rm", "all", "--yes")
        both.run("modify-template", "qqtwo", "prepare-image", "--no-run")
        (staging,) = (name for name in virsh("list", "--all", "--name").split() if name.startswith("qqtwo.v"))
        write_pattern(disk(staging), 0x22, OWN)
        (cloned, _), (committed, _) = at_once(
            both, "-t qqtwo clone 1", "modify-template qqtwo commit-image --in-place --yes"
        )
        assert 0 in (cloned, committed)
        if cloned == 0:
            assert read_back(disk("qqtwo-1"), OWN) in ({0x22} if committed == 0 else {0})

    @pytest.mark.parametrize("lines", PAIRS, ids=" | ".join)
    def test_what_gets_in_the_way_of_something_else_leaves_nothing_half_done(
        self, both: Site, lines: tuple[str, str]
    ) -> None:
        both.run("modify-template", "qqtwo", "prepare-image", "--no-run")
        staging = next(name for name in virsh("list", "--all", "--name").split() if name.startswith("qqtwo.v"))
        write_pattern(disk(staging), 0x22, OWN)
        answers = at_once(both, *lines)
        assert 0 in [code for code, _ in answers], answers
        assert "all is sound" in both.run("check").stderr, answers
        machines = {name for name in virsh("list", "--all", "--name").split() if name.startswith("qqtwo")}
        running = {name for name in virsh("list", "--name").split() if name.startswith("qqtwo")}
        listed = json.loads(both.run("list", "all", "--json").stdout)["machines"]
        changed = {each["name"] for each in listed if each["version"] == 2 or each["name"] == staging}
        for name in machines - running:
            assert read_back(disk(name), OWN) == (0x22 if name in changed else 0)
        written = {disk(name) for name in running}
        sealed = {path for path in both.images.iterdir() if path.suffix == ".qcow2" and not path.stat().st_mode & 0o222}
        assert not written & sealed, answers
        clear(both, "qqtwonew")
        if "qqtwonew" in both.run("list-templates").stdout:
            both.run("delete-template", "qqtwonew", "--yes")
