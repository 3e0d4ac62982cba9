"""A hypervisor that goes away in the middle of a batch: nothing is lost, nothing stays half made."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .daemons import Daemons

SECONDS = 180


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory for the sample template, the catalogue and the clones' images."""
    directory = Path(tempfile.mkdtemp(prefix="qqdie", dir="/tmp"))
    directory.chmod(0o711)
    write_sample(directory)
    yield directory
    shutil.rmtree(directory)


def command(daemon: Daemons, place: Path, *words: str) -> list[str]:
    """Return a command line that works on the daemon's QEMU driver."""
    uri = daemon.uri("qemu", "/session")
    program = [sys.executable, "-m", "qq2clone_tui.cli", "--data-dir", str(place / "data"), "-s", str(place / "images")]
    return [*program, "-c", uri, *words]


def run(daemon: Daemons, place: Path, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end and check its exit code."""
    done = subprocess.run(
        command(daemon, place, *words),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr
    return done


def test_clones_cut_short_by_a_dying_daemon_are_undone_when_it_is_back(daemon: Daemons, place: Path) -> None:
    run(daemon, place, "import-template", str(place / "sample.xml"), "tiny")
    run(daemon, place, "clone", "2")
    definitions = daemon.directory / "xdg_config_home" / "libvirt" / "qemu"
    with subprocess.Popen(
        command(daemon, place, "-t", "tiny", "clone", "2000", "--json"),
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
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
