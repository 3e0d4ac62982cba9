"""The whole way from template to rubbish bin on a system daemon: by file, by pool, and over ssh."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .ssh_server import ssh_server
from .typed_commands import run_command

POOL = "qq2clone-test-system"


@dataclass(frozen=True)
class Site:
    """A hypervisor with a directory for images, in which the sample template's files lie too."""

    uri: str
    storage: str
    images: Path
    home: Path

    def run(self, *words: str, code: int = 0) -> subprocess.CompletedProcess[str]:
        """Run one command and check its exit code."""
        where = ("-c", self.uri, "--data-dir", str(self.home / "data"), "-s", self.storage)
        return run_command(self.home, *where, *words, code=code)

    def states(self) -> dict[int, str]:
        """Return the state of each clone by number."""
        listed = json.loads(self.run("list", "all", "--json").stdout)
        return {machine["number"]: machine["state"] for machine in listed["machines"]}


def virsh(*words: str) -> str:
    """Run virsh on the system daemon and return what it prints."""
    done = subprocess.run(
        ["virsh", "-q", "-c", "qemu:///system", *words], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def chain(path: Path) -> list[dict[str, Any]]:
    """Return the backing chain of an image as qemu-img sees it, also while a machine runs on it."""
    done = subprocess.run(
        ["qemu-img", "info", "-U", "--backing-chain", "--output=json", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, (done.stderr, sorted(path.parent.iterdir()))
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture
def images(system_uri: str) -> Iterator[Path]:
    """A directory that the daemon's QEMU may enter, and a pool of that name over it."""
    assert system_uri
    directory = Path(tempfile.mkdtemp(prefix="qqsys", dir="/tmp"))
    directory.chmod(0o711)
    write_sample(directory).image.chmod(0o644)
    virsh("pool-create-as", POOL, "dir", "--target", str(directory))
    yield directory
    virsh("pool-destroy", POOL)
    shutil.rmtree(directory)


@pytest.fixture(params=["by file", "by pool", "over ssh"])
def site(request: pytest.FixtureRequest, images: Path, tmp_path: Path, system_uri: str) -> Iterator[Site]:
    """The three ways to reach images on a system daemon."""
    match request.param:
        case "by file":
            yield Site(system_uri, str(images), images, tmp_path)
        case "by pool":
            yield Site(system_uri, POOL, images, tmp_path)
        case _:
            with ssh_server() as server:
                yield Site(server.uri, str(images), images, tmp_path)


def test_a_fleet_is_made_started_cut_off_and_removed_without_a_trace(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqsys")
    try:
        site.run("-t", "qqsys", "clone", "4")
        overlay = site.images / "qqsys-2.vda.qcow2"
        assert [link["format"] for link in chain(overlay)] == ["qcow2", "qcow2"]
        assert chain(overlay)[0]["full-backing-filename"] == str(site.images / "sample.qcow2")
        assert chain(overlay)[0]["backing-filename-format"] == "qcow2"

        site.run("-t", "qqsys", "start", "1-3")
        assert site.states() == {1: "running", 2: "running", 3: "running", 4: "off"}
        assert {name for name in virsh("list", "--name").split() if name.startswith("qqsys")} == {
            "qqsys-1",
            "qqsys-2",
            "qqsys-3",
        }
        site.run("-t", "qqsys", "destroy", "all,^3")
        assert site.states() == {1: "off", 2: "off", 3: "running", 4: "off"}
    finally:
        site.run("-t", "qqsys", "rm", "all", "--yes")
    assert "qqsys" not in virsh("list", "--all", "--name")
    site.run("delete-template", "qqsys")
    assert {path.name for path in site.images.iterdir()} == before


def test_a_copied_template_lives_and_dies_with_its_own_image(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqcopy", "--copy")
    site.run("-t", "qqcopy", "clone", "1")
    assert chain(site.images / "qqcopy-1.vda.qcow2")[0]["full-backing-filename"] == str(
        site.images / "qqcopy.vda.base.qcow2"
    )
    site.run("delete-template", "qqcopy", code=13)
    site.run("-t", "qqcopy", "rm", "1", "--yes")
    site.run("delete-template", "qqcopy")
    assert {path.name for path in site.images.iterdir()} == before


def test_machines_are_saved_restored_and_wiped_whoever_holds_their_files(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqkeep")
    try:
        site.run("-t", "qqkeep", "clone", "3", "-r")
        site.run("-t", "qqkeep", "save", "1")
        assert (site.images / "qqkeep-1.save").stat().st_mode & 0o777 == 0o600
        site.run("-t", "qqkeep", "save-rm", "1")
        assert not (site.images / "qqkeep-1.save").exists()
        site.run("-t", "qqkeep", "save", "2-3")
        assert site.states() == {1: "off", 2: "saved", 3: "saved"}
        site.run("-t", "qqkeep", "start", "2")
        assert site.states() == {1: "off", 2: "running", 3: "saved"}
        site.run("-t", "qqkeep", "rm-wipe", "1-2", "--yes")
        by_file = site.storage.startswith("/") and "ssh" not in site.uri
        site.run("-t", "qqkeep", "rm-shred", "3", "--yes", code=0 if by_file else 12)
    finally:
        site.run("-t", "qqkeep", "rm", "all", "--yes", code=12 if not site.states() else 0)
    site.run("delete-template", "qqkeep")
    assert {path.name for path in site.images.iterdir()} == before


def test_wiping_leaves_zeros_and_never_follows_a_link_to_what_is_not_the_machines(site: Site) -> None:
    site.run("import-template", str(site.images / "sample.xml"), "qqwipe")
    foreign, base = site.images / "foreign.img", site.images / "sample.qcow2"
    foreign.write_bytes(b"precious" * 1000)
    kept = {path: path.read_bytes() for path in (foreign, base)}
    overlays = [site.images / f"qqwipe-{number}.vda.qcow2" for number in (1, 2, 3)]
    try:
        site.run("-t", "qqwipe", "clone", "3")
        with overlays[0].open("rb") as held:
            site.run("-t", "qqwipe", "rm-wipe", "1", "--yes")
            assert held.read().strip(b"\0") == b""
        for overlay, target in zip(overlays[1:], kept, strict=True):
            overlay.unlink()
            overlay.symlink_to(target)
        by_file = "ssh" not in site.uri and site.storage == str(site.images)
        if "ssh" not in site.uri:  # of another host's files, libvirt tells too little
            site.run("-t", "qqwipe", "rm-wipe", "2", "--yes", code=18)
        site.run("-t", "qqwipe", "rm-wipe", "3", "--yes", code=12 if by_file else 18)
    finally:
        for overlay in overlays:
            overlay.unlink(missing_ok=True)
        site.run("-t", "qqwipe", "rm", "all", "--yes")
        site.run("delete-template", "qqwipe")
    assert {path: path.read_bytes() for path in kept} == kept
    foreign.unlink()


def test_an_unknown_host_is_named_with_the_reason(images: Path, tmp_path: Path) -> None:
    site = Site("qemu+ssh://nobody@no-such-host.invalid/system?no_tty=1", str(images), images, tmp_path)
    done = site.run("list", "all", code=16)
    assert "no-such-host.invalid" in done.stderr


def test_machines_are_kept_in_checkpoints_and_taken_back_whoever_holds_their_disks(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqback")
    disk = site.images / "qqback-1.vda.qcow2"
    try:
        site.run("-t", "qqback", "clone", "2")
        subprocess.run(["qemu-io", "-c", "write -P 0x11 64k 64k", str(disk)], check=True, capture_output=True)
        site.run("-t", "qqback", "start", "2")
        site.run("-t", "qqback", "checkpoint", "make", "all", "base", "--note", "a note")
        assert virsh("snapshot-list", "qqback-1", "--name").split() == ["base"]
        subprocess.run(["qemu-io", "-c", "write -P 0x22 64k 64k", str(disk)], check=True, capture_output=True)
        site.run("-t", "qqback", "start", "1")
        site.run("-t", "qqback", "destroy", "2")
        site.run("-t", "qqback", "checkpoint", "revert", "all", "base")
        assert site.states() == {1: "off", 2: "running"}
        read = ["qemu-io", "-r", "-c", "read -P 0x11 64k 64k", str(disk)]
        assert "failed" not in subprocess.run(read, check=True, capture_output=True, text=True).stdout
        site.run("-t", "qqback", "checkpoint", "delete", "all", "base")
        assert "snapshots" not in chain(disk)[0]
        # What something else left behind in the disk is seen through pools too.
        subprocess.run(["qemu-img", "snapshot", "-c", "base", str(disk)], check=True)
        assert "holds a state base" in site.run("-t", "qqback", "checkpoint", "make", "1", "base", code=12).stderr
    finally:
        site.run("-t", "qqback", "rm", "all", "--yes")
    site.run("delete-template", "qqback")
    assert {path.name for path in site.images.iterdir()} == before


def test_a_machine_that_was_forced_off_is_still_known_to_the_next_command_as_such(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqcut")
    try:
        site.run("modify-template", "qqcut", "prepare-image", "--run")
        site.run("modify-template", "qqcut", "destroy-image", "--yes")
        tried = site.run("modify-template", "qqcut", "commit-image", "--dry-run")
        assert "  warning: the staging machine was forced off, not shut down" in tried.stdout
    finally:
        site.run("modify-template", "qqcut", "discard-image", "--yes")
        site.run("delete-template", "qqcut")
    assert {path.name for path in site.images.iterdir()} == before
