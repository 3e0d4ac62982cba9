"""Whatever moment a process is killed at, the next one finds a machine without anything half made."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .embed_roots import uri_of
from .typed_commands import run_command, surroundings

KILLED_AT = """
import os, signal, sys
from qq2clone_tui.adapters.libvirt import binding
from qq2clone_tui.adapters.libvirt.checkpoints import LibvirtCheckpoints
from qq2clone_tui.cli.main import main

call, after = sys.argv[1], sys.argv[2] == "after"
real = getattr(LibvirtCheckpoints, call)

def die(self, uuid, *rest):
    if after:
        real(self, uuid, *rest)
    else:
        HALF[call](self, uuid, *rest)
    os.kill(os.getpid(), signal.SIGKILL)

def half_made(self, uuid, name, note, disks):
    # What libvirt leaves when it dies between QEMU's part and its own.
    import subprocess
    with self._connections.lease() as connection:
        domain = connection.lookupByUUIDString(uuid)
        if domain.isActive():
            domain.suspend()
            real(self, uuid, name, note, disks)
            domain.snapshotLookupByName(name).delete(binding.libvirt.VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY)
        else:
            subprocess.run(["qemu-img", "snapshot", "-c", name, os.environ["DISK"]], check=True)

def half_deleted(self, uuid, name):
    import subprocess
    subprocess.run(["qemu-img", "snapshot", "-d", name, os.environ["DISK"]], check=True)

HALF = {"make": half_made, "delete": half_deleted, "revert": lambda self, uuid, name: None}
setattr(LibvirtCheckpoints, call, die)
sys.exit(main(sys.argv[3:]))
"""


class Lab:
    """One clone on a hypervisor of its own, and processes that die while they work on it."""

    def __init__(self, root: Path, home: Path) -> None:
        self._options = ["-c", uri_of(root), "--data-dir", str(home / "data"), "-s", str(home / "images")]
        self._home = home
        self.disk = home / "images" / "tiny-1.vda.qcow2"
        self.type("import-template", str(write_sample(home / "sample").xml), "tiny")

    def type(self, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        """Run one command to its end."""
        return run_command(self._home, *self._options, *words, code=code)

    def killed(self, call: str, moment: str, *words: str) -> None:
        """Run one command that is killed before or after libvirt was asked to do its part."""
        argv = [sys.executable, "-c", KILLED_AT, call, moment, *self._options, *words]
        environment = surroundings(self._home) | {"DISK": str(self.disk)}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == -9, done

    def checkpoints(self) -> list[str]:
        """Return the names of the checkpoints that the machine has."""
        return [
            each["name"] for each in json.loads(self.type("checkpoint", "list", "1", "--json").stdout)["checkpoints"]
        ]

    def tags(self) -> list[str]:
        """Return the names of the states in its disk."""
        info = ["qemu-img", "info", "-U", "--output=json", str(self.disk)]
        found: dict[str, Any] = json.loads(subprocess.run(info, check=True, capture_output=True).stdout)
        return [each["name"] for each in found.get("snapshots", [])]

    def state(self) -> str:
        """Return the machine's state."""
        return str(json.loads(self.type("list", "--json").stdout)["machines"][0]["state"])


@pytest.fixture(scope="module")
def lab(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A template on a hypervisor of this module's own."""
    return Lab(root, tmp_path_factory.mktemp("home"))


@pytest.fixture
def machine(lab: Lab) -> Iterator[Lab]:
    """Clone 1, which is off."""
    lab.type("clone")
    yield lab
    lab.type("rm", "all", "--yes")


@pytest.mark.parametrize("running", [False, True], ids=["off", "running"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_checkpoint_is_whole_or_not_there_at_all(machine: Lab, moment: str, running: bool) -> None:
    if running:
        machine.type("start", "1")
    machine.killed("make", moment, "checkpoint", "make", "1", "base")
    mended = machine.type("list")
    assert ("is whole" if moment == "after" else "was only half made and is undone") in mended.stderr
    assert machine.checkpoints() == machine.tags() == (["base"] if moment == "after" else [])
    assert machine.state() == ("running" if running else "off")
    machine.type("checkpoint", "make", "1", "other")  # nothing is in its way


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_deletion_is_finished(machine: Lab, moment: str) -> None:
    machine.type("checkpoint", "make", "1", "base")
    machine.killed("delete", moment, "checkpoint", "delete", "1", "base")
    assert "the deletion of checkpoint base is finished" in machine.type("list").stderr
    assert machine.checkpoints() == machine.tags() == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_machine_that_was_on_its_way_back_is_named_and_nothing_is_thrown_away(machine: Lab, moment: str) -> None:
    machine.type("checkpoint", "make", "1", "base")
    machine.killed("revert", moment, "checkpoint", "revert", "1", "base")
    assert "going back to checkpoint base was interrupted" in machine.type("list").stderr
    assert "interrupted" not in machine.type("list").stderr
    machine.type("checkpoint", "revert", "1", "base")


def test_the_next_step_with_the_same_machine_mends_too(machine: Lab) -> None:
    machine.killed("make", "before", "checkpoint", "make", "1", "base")
    machine.type("checkpoint", "make", "1", "base")
    assert machine.checkpoints() == machine.tags() == ["base"]
