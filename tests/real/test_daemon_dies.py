"""A hypervisor that goes away in the middle of a batch: nothing is lost, nothing stays half made."""

import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .daemons import Daemons
from .typed_commands import SECONDS, command_line, run_command, surroundings


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for the sample template, the catalogue and the clones' images."""
    directory = Path(tempfile.mkdtemp(prefix="qqdie", dir="/tmp"))
    directory.chmod(0o711)
    write_sample(directory)
    yield directory
    shutil.rmtree(directory)


def where(daemon: Daemons, place: Path) -> tuple[str, ...]:
    """Return the options that lead to the daemon's QEMU driver and to the test's own directories."""
    uri = daemon.uri("qemu", "/session")
    return ("-c", uri, "--data-dir", str(place / "data"), "-s", str(place / "images"))


def run(daemon: Daemons, place: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its successful end."""
    return run_command(place, *where(daemon, place), *words)


def test_clones_cut_short_by_a_dying_daemon_are_undone_when_it_is_back(daemon: Daemons, place: Path) -> None:
    run(daemon, place, "import-template", str(place / "sample.xml"), "tiny")
    run(daemon, place, "clone", "2")
    definitions = daemon.directory / "xdg_config_home" / "libvirt" / "qemu"
    with subprocess.Popen(
        command_line(*where(daemon, place), "-t", "tiny", "clone", "2000", "--json"),
        env=surroundings(place),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as batch:
        end = time.monotonic() + SECONDS
        while len(list(definitions.glob("tiny-*.xml"))) < 60:
            assert time.monotonic() < end
            assert batch.poll() is None, "the batch was over before the daemon could be ended"
            time.sleep(0.002)
        daemon.kill()
        output, _ = batch.communicate(timeout=SECONDS)
    told = json.loads(output)
    assert batch.returncode == 16
    assert len(told["machines"]) == 2000
    failed = [machine for machine in told["machines"] if machine["state"] == "failed"]
    assert failed
    assert all(machine["reason"] for machine in failed)

    daemon.start()
    listed = json.loads(run(daemon, place, "list", "all", "--json").stdout)["machines"]
    names = {machine["name"] for machine in listed}
    done = {machine["name"] for machine in told["machines"] if machine["state"] == "done"}
    assert names == done | {"tiny-1", "tiny-2"}
    assert {machine["state"] for machine in listed} == {"off"}
    assert {path.stem for path in definitions.glob("tiny-*.xml")} == names
    assert {path.name.removesuffix(".vda.qcow2") for path in (place / "images").iterdir()} == names
    run(daemon, place, "rm", "all", "--yes")
    assert list((place / "images").iterdir()) == []
