"""check on real machines: what was lost comes back, what was left half done goes, and nothing else is touched."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample
from tests.adapters.image_files import qemu_io

from .embed_roots import uri_of
from .test_command_line import Shell
from .typed_commands import command_line, surroundings


@pytest.fixture
def shell(fresh_root: Callable[[], Path], tmp_path: Path) -> Iterator[Shell]:
    """A shell beside the sample template's files, with the sample imported as *tiny*."""
    write_sample(tmp_path)
    shell = Shell(fresh_root(), tmp_path)
    shell.run("import-template", "sample.xml", "tiny")
    yield shell


def lose_catalogue(shell: Shell) -> None:
    for path in (shell.home / "data" / "catalogues").iterdir():
        path.unlink()


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def started(shell: Shell, *words: str) -> "subprocess.Popen[str]":
    """Begin a command and return its process."""
    line = command_line("-c", uri_of(shell.root), "--data-dir", "data", *words)
    return subprocess.Popen(
        line, cwd=shell.home, env=surroundings(shell.home), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def files_of(pid: int) -> set[Path]:
    """Return the files that a process has open."""
    found: set[Path] = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            found.add(descriptor.readlink())
    return found


def machines(shell: Shell) -> list[dict[str, Any]]:
    """Return what is listed of each clone, without when it was made."""
    listed: list[dict[str, Any]] = shell.json("list", "all")["machines"]
    return [{key: each[key] for key in ("number", "name", "uuid", "version", "state", "files")} for each in listed]


def test_a_lost_catalogue_is_rebuilt_while_machines_run_and_serves_as_before(shell: Shell) -> None:
    shell.run("clone", "3")
    qemu_io(shell.root / "images" / "tiny-2.vda.qcow2", "write -P 0x42 4M 64k")
    shell.run("start", "1")
    before = machines(shell)
    lose_catalogue(shell)
    assert machines(shell) == []
    looked = shell.json("check", "--dry-run", code=13)
    assert [each["fate"] for each in looked["findings"]] == ["mendable"] * 4
    assert machines(shell) == []
    assert shell.json("check")["exit_code"] == 0
    assert machines(shell) == before
    assert shell.running() == {"tiny-1"}
    qemu_io(shell.root / "images" / "tiny-2.vda.qcow2", "read -P 0x42 4M 64k")
    assert shell.run("check").stdout == ""
    shell.run("-t", "tiny", "clone")
    assert [each["number"] for each in machines(shell)] == [1, 2, 3, 4]
    shell.run("rm", "all")
    assert shell.images() == []
    assert (shell.home / "sample.qcow2").exists()
    assert shell.run("check").stdout == ""


def test_what_a_killed_process_left_is_told_by_a_look_and_cleared_up_by_a_check(shell: Shell) -> None:
    shell.run("clone", "1")
    kept = shell.images()
    process = started(shell, "clone", "300")
    try:
        until(lambda: len(shell.images()) > 20, "no clone was made")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    looked = shell.json("check", "--dry-run", code=12)
    assert {each["kind"] for each in looked["findings"]} == {"unfinished work"}
    half_made = len(looked["findings"])
    assert half_made > 0
    report = shell.json("check")
    assert [each["fate"] for each in report["findings"]] == ["mended"] * half_made
    whole = machines(shell)
    assert {each["state"] for each in whole} == {"off"}
    assert sorted(Path(path) for each in whole for path in each["files"]) == shell.images()
    assert set(kept) <= set(shell.images())
    assert shell.run("check", "--dry-run").stdout == ""


def test_a_machine_that_virsh_took_away_and_files_that_nobody_knows_are_told(shell: Shell) -> None:
    shell.run("clone", "2")
    orphan = shell.root / "images" / "tiny-7.vda.qcow2"
    orphan.write_bytes((shell.root / "images" / "tiny-1.vda.qcow2").read_bytes())
    undefine = ["virsh", "-q", "-c", uri_of(shell.root), "undefine", "tiny-2"]
    subprocess.run(undefine, check=True, timeout=60, stdin=subprocess.DEVNULL, capture_output=True)
    report = shell.json("check", code=16)
    assert [(each["kind"], each["subject"]) for each in report["findings"]] == [
        ("lost clone", "tiny-2"),
        ("orphan file", str(orphan)),
    ]
    assert shell.states() == {1: "off", 2: "missing"}
    assert [each["fate"] for each in shell.json("check", "--yes", code=18)["findings"]] == ["mended", "open"]
    shell.run("start", "2")
    assert shell.running() == {"tiny-2"}
    assert len(shell.images()) == 3
    shell.run("rm", "2")
    assert orphan.exists()
    assert shell.run("check", code=18).stdout.startswith("open  orphan file ")


def test_a_base_image_that_was_written_moved_and_brought_back_is_seen_each_time(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "own", "--copy")
    shell.run("-t", "own", "clone", "1")
    assert shell.json("check", "--digest")["digests"] == 1
    (image,) = [path for path in shell.images() if "base" in path.name]
    content = image.read_bytes()
    image.rename(image.with_name("elsewhere"))
    moved = shell.run("check", "own", code=10).stdout
    assert f"mv -- {image.with_name('elsewhere')} {image}" in moved
    image.with_name("elsewhere").rename(image)
    assert shell.run("check").stdout == ""
    image.chmod(0o600)
    image.write_bytes(content[:-1] + b"\xff")
    image.chmod(0o444)
    assert "its bytes are not those it had" in shell.run("check", "--digest", code=18).stdout
    image.chmod(0o600)
    image.write_bytes(content)
    assert {each["fate"] for each in shell.json("check", "--digest")["findings"]} == {"mended"}
    assert shell.run("check").stdout == ""
    assert image.stat().st_mode & 0o777 == 0o444


def test_digests_of_a_huge_image_can_be_interrupted_and_what_was_found_is_told(shell: Shell) -> None:
    shell.run("import-template", "sample.xml", "own", "--copy")
    (image,) = shell.images()
    image.chmod(0o644)
    os.truncate(image, 1 << 42)
    process = started(shell, "check", "--digest")
    try:
        until(lambda: image in files_of(process.pid), "it was not read")
        asked = time.monotonic()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, err
    assert time.monotonic() - asked < 10
    assert "writable image" in out
    assert "interrupted" in err
    assert "Traceback" not in err
    assert "digests computed" not in err
