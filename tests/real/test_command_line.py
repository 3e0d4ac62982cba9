"""The command line on real machines: what it says it did, QEMU and qemu-img confirm."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .embed_roots import uri_of
from .typed_commands import run_command


@dataclass(frozen=True)
class Shell:
    """Types commands in a directory of its own, at an embedded hypervisor of its own.

    Args:
        root: the hypervisor's root.
        home: where settings, catalogue and sample template are.
    """

    root: Path
    home: Path

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command and check its exit code."""
        return run_command(self.home, "-c", uri_of(self.root), "--data-dir", "data", *words, code=code)

    def json(self, *words: str, code: int = 0) -> Any:
        """Run one command with ``--json`` and return what it says."""
        return json.loads(self.run(*words, "--json", code=code).stdout)

    def states(self) -> dict[int, str]:
        """Return the state of each clone by number."""
        return {each["number"]: each["state"] for each in self.json("list", "all")["machines"]}

    def running(self) -> set[str]:
        """Return the names of the machines that a QEMU process really runs."""
        found = set()
        for file in (self.root / "run" / "qemu").glob("*.pid"):
            if file.name == "driver.pid":
                continue
            command = Path(f"/proc/{int(file.read_text())}/cmdline")
            words = command.read_bytes().split(b"\0") if command.exists() else [b""]
            if b"qemu-system" in words[0]:
                found.add(file.stem)
        return found

    def images(self) -> list[Path]:
        """Return every file in the place where new images go."""
        place = self.root / "images"
        return sorted(path for path in place.rglob("*") if path.is_file()) if place.exists() else []


COMPLETE = """
import sys
from qq2clone_tui.cli.main import main
code = main([])
sys.exit("libvirt was asked" if "libvirt" in sys.modules else code)
"""


@pytest.fixture
def shell(fresh_root: Callable[[], Path], tmp_path: Path) -> Iterator[Shell]:
    """A shell beside the sample template's files."""
    write_sample(tmp_path)
    yield Shell(fresh_root(), tmp_path)


def chain(image: Path) -> list[str]:
    """Return the file names of an image's backing chain, its own first."""
    words = ["qemu-img", "info", "-U", "--backing-chain", "--output=json", str(image)]
    told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    assert all(link.get("backing-filename-format", "qcow2") == "qcow2" for link in told)
    return [link["filename"] for link in told]


def names(*numbers: int) -> set[str]:
    return {f"tiny-{number}" for number in numbers}


def test_a_fleet_is_made_started_forced_off_and_removed_without_a_trace(shell: Shell) -> None:
    base = shell.home / "sample.qcow2"
    before = base.read_bytes()
    shell.run("import-template", "sample.xml", "tiny")
    shell.run("clone", "20")
    assert shell.states() == dict.fromkeys(range(1, 21), "off")
    assert len(shell.images()) == 20
    assert [chain(image) for image in shell.images()] == [[str(image), str(base)] for image in shell.images()]

    shell.run("start", "1-10")
    assert shell.running() == names(*range(1, 11))
    assert shell.states() == {number: "running" if number <= 10 else "off" for number in range(1, 21)}
    listed = shell.run("list").stdout.splitlines()
    assert listed[0].split() == ["#", "NAME", "STATE"]
    assert listed[10].split() == ["10", "tiny-10", "running"]
    assert listed[11].split() == ["11", "tiny-11", "off"]

    forced = shell.run("destroy", "all,^3")
    assert "9 forced off" in forced.stderr
    assert shell.running() == names(3)

    shell.run("rm", "all")
    assert shell.running() == set()
    assert shell.states() == {}
    assert shell.images() == []
    assert base.read_bytes() == before

    shell.run("delete-template", "tiny")
    assert shell.run("list-templates").stdout == ""
    assert base.read_bytes() == before


def test_suspend_resume_and_shutdown_reach_the_machines(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "tiny")
    shell.run("clone", "2", "-r")
    assert shell.running() == names(1, 2)
    shell.run("suspend", "1")
    assert shell.states() == {1: "paused", 2: "running"}
    answer = shell.json("resume", "all")
    assert [(each["name"], each["state"]) for each in answer["machines"]] == [("tiny-1", "done"), ("tiny-2", "refused")]
    assert shell.states() == {1: "running", 2: "running"}
    shell.run("shutdown", "all")
    shell.run("rm", "all")
    assert shell.running() == set()


def test_a_dry_run_leaves_numbers_machines_and_files_alone(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "tiny", "--dry-run")
    assert shell.run("list-templates").stdout == ""
    shell.run("import-template", "sample.xml", "tiny")
    plan = shell.run("clone", "3", "--dry-run").stdout
    assert "qemu-img create" in plan
    assert "tiny-3" in plan
    assert shell.images() == []
    shell.run("clone")
    assert shell.states() == {1: "off"}
    removal = shell.json("rm", "all", "--dry-run")["plan"]
    assert removal["files_removed"] == [str(path) for path in shell.images()]
    assert shell.states() == {1: "off"}


def test_a_copied_template_outlives_the_image_it_came_from(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "tiny", "--copy")
    (shell.home / "sample.qcow2").unlink()
    shell.run("clone", "2", "-r")
    assert shell.running() == names(1, 2)
    shell.run("delete-template", "tiny", code=13)
    shell.run("rm", "all")
    shell.run("delete-template", "tiny")
    assert shell.images() == []


def test_a_machine_that_cannot_start_is_named_and_the_others_run(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "tiny")
    shell.run("clone", "3")
    image = next(path for path in shell.images() if "tiny-2" in path.name)
    image.write_bytes(b"this is no image any more" * 40)
    answer = shell.json("start", "all", code=16)
    assert {each["name"]: each["state"] for each in answer["machines"]} == {
        "tiny-1": "done",
        "tiny-2": "failed",
        "tiny-3": "done",
    }
    assert shell.running() == names(1, 3)
    shell.run("rm", "all")
    assert shell.images() == []


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda place: place.write_text("a file"), 18),
        (lambda place: (place / ".hidden").mkdir(parents=True), 10),
    ],
    ids=["a file", "hidden"],
)
def test_storage_that_cannot_be_used_is_said_and_nothing_is_made(
    shell: Shell, make: Callable[[Path], object], code: int
) -> None:
    place = shell.home / "place"
    make(place)
    storage = place / ".hidden" if place.is_dir() else place
    shell.run("import-template", "sample.xml", "tiny")
    done = shell.run("-s", str(storage), "clone", "2", code=code)
    assert str(storage) in done.stderr
    assert shell.states() == {}
    shell.run("clone", "2")
    assert shell.states() == {1: "off", 2: "off"}


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, 10), (b"", 18), (b"no image at all" * 100, 18)],
    ids=["missing", "empty", "garbage"],
)
def test_a_spoilt_base_image_stops_clone_before_anything_is_made(
    shell: Shell, content: bytes | None, code: int
) -> None:
    shell.run("import-template", "sample.xml", "tiny")
    base = shell.home / "sample.qcow2"
    base.unlink()
    if content is not None:
        base.write_bytes(content)
    done = shell.run("clone", "3", code=code)
    assert str(base) in done.stderr
    assert shell.images() == []
    assert shell.states() == {}


def test_a_root_that_another_process_holds_is_said_with_its_number(shell: Shell) -> None:
    shell.run("list-templates")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, uri_of(shell.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        holder.stdout.readline()
        done = shell.run("list-templates", code=16)
        assert str(holder.pid) in done.stderr
    finally:
        holder.stdin.close()
        holder.wait(timeout=120)
        holder.stdout.close()


HOLD = """
import sys
from qq2clone_tui.adapters.libvirt import open_hypervisor
host = open_hypervisor(sys.argv[1], log_file=None)
print("held", flush=True)
sys.stdin.read()
host.close()
"""


def test_a_hypervisor_that_cannot_be_reached_is_16_and_names_the_uri(shell: Shell) -> None:
    done = shell.run("-c", "qemu+unix:///system?socket=/nosuch/socket", "list", code=16)
    assert "/nosuch/socket" in done.stderr
    assert shell.run("-c", "nosuch:///", "list", code=16).stdout == ""
    assert shell.run("-c", "qemu:///embed?root=/tmp/\udcff", "list", code=12).stdout == ""


def test_what_libvirt_mutters_in_its_children_stays_off_the_terminal(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "tiny")
    shell.run("clone", "-r")
    image = shell.images()[0]
    stamp = "trusted.libvirt.security.timestamp_dac"
    if stamp not in os.listxattr(image):
        pytest.skip("libvirt does not remember image owners here")
    os.setxattr(image, stamp, b"1")
    assert shell.run("destroy", "1").stderr == "1 forced off.\n"


def test_templates_and_numbers_are_completed_without_libvirt(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "tiny")
    shell.run("clone", "3")

    def offers(*words: str) -> list[str]:
        line = ["qq2clone", "-c", uri_of(shell.root), "--data-dir", str(shell.home / "data"), *words]
        told = {"_QQ2CLONE_COMPLETE": "bash_complete", "COMP_WORDS": shlex.join(line), "COMP_CWORD": str(len(line) - 1)}
        done = subprocess.run(
            [sys.executable, "-c", COMPLETE],
            env={**os.environ, "XDG_CONFIG_HOME": str(shell.home), **told},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        return [each.partition(",")[2] for each in done.stdout.splitlines()]

    assert offers("-t", "t") == ["tiny"]
    assert offers("rm", "1,^3") == ["1,^3"]
    assert {"all", "running", "1", "2", "3"} <= set(offers("rm", ""))
