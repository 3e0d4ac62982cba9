"""Versions on a system daemon: files reached directly, through a pool, and over ssh; and two programs at once."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.cli.main import main

from .disk_lab import Disk, image, read_back, write_pattern
from .ssh_server import ssh_server
from .test_system_hypervisor import Site, chain, virsh
from .typed_commands import surroundings

POOL = "qq2clone-test-versions"
OWN = 8 << 20
CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")


@pytest.fixture
def images(system_uri: str) -> Iterator[Path]:
    """A directory that the daemon's QEMU may enter, and a pool of that name over it."""
    assert system_uri
    directory = Path(tempfile.mkdtemp(prefix="qqver", dir="/tmp"))
    directory.chmod(0o711)
    write_sample(directory).image.chmod(0o644)
    virsh("pool-create-as", POOL, "dir", "--target", str(directory))
    yield directory
    virsh("pool-destroy", POOL)
    shutil.rmtree(directory)


@dataclass(frozen=True)
class Typing(Site):
    """A site at which commands are typed in this process: it takes a fraction of the time.

    Args:
        capture: gives what was printed since it was last asked.
    """

    capture: Callable[[], tuple[str, str]] = field(kw_only=True)

    def run(self, *words: str, code: int = 0) -> "subprocess.CompletedProcess[str]":
        """Run one command and check its exit code."""
        self.capture()
        where = ("-c", self.uri, "--data-dir", str(self.home / "data"), "-s", self.storage)
        got = main([*where, *words])
        out, err = self.capture()
        assert (got, "Traceback" in out + err) == (code, False), (words, out, err)
        return subprocess.CompletedProcess(words, got, out, err)


@pytest.fixture
def capture(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[[], tuple[str, str]]:
    """What gives the output of commands that are typed in this process, apart from the tester's settings."""
    for name, value in surroundings(tmp_path).items():
        monkeypatch.setenv(name, value)
    return capfd.readouterr


@pytest.fixture(params=["by file", "by pool", "over ssh"])
def site(
    request: pytest.FixtureRequest,
    images: Path,
    tmp_path: Path,
    system_uri: str,
    capture: Callable[[], tuple[str, str]],
) -> Iterator[Site]:
    """The three ways to reach images on a system daemon."""
    match request.param:
        case "by file":
            yield Typing(system_uri, str(images), images, tmp_path, capture=capture)
        case "by pool":
            yield Typing(system_uri, POOL, images, tmp_path, capture=capture)
        case _:
            with ssh_server() as server:
                yield Typing(server.uri, str(images), images, tmp_path, capture=capture)


def disk(name: str, number: int = 0) -> Path:
    """Return the file behind a disk of a machine, the first one by default."""
    return Path(virsh("domblklist", name).split()[2 * number + 1])


def clear(site: Site, *templates: str) -> None:
    """Remove the clones of some templates, and whatever machine of theirs a test that failed has left."""
    for template in templates:
        where = ("-c", site.uri, "--data-dir", str(site.home / "data"), "-s", site.storage)
        staging = ("modify-template", template)
        for line in ((*staging, "destroy-image"), (*staging, "discard-image"), ("-t", template, "rm", "all")):
            main([*where, *line, "--yes"])
    for name in virsh("list", "--all", "--name").split():
        if name.startswith(templates):
            subprocess.run(["virsh", "-c", "qemu:///system", "destroy", name], capture_output=True, check=False)
            virsh("undefine", name)


def version(site: Site, template: str) -> int:
    """Return the newest version of a template."""
    listed = json.loads(site.run("list-templates", "--json").stdout)["templates"]
    (found,) = (each["version"] for each in listed if each["name"] == template)
    return int(found)


def test_a_template_grows_versions_wherever_its_images_are(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqver")
    try:
        site.run("-t", "qqver", "clone", "2")
        site.run("modify-template", "qqver", "prepare-image", "--no-run")
        (staging,) = (name for name in virsh("list", "--all", "--name").split() if name.startswith("qqver.v"))
        staged = disk(staging)
        write_pattern(staged, 0x22, OWN)
        site.run("modify-template", "qqver", "commit-image", "--note", "second")
        assert version(site, "qqver") == 2
        # libvirt has no call that changes the mode of a volume.
        assert (staged.stat().st_mode & 0o222 == 0) is (site.storage.startswith("/") and "ssh" not in site.uri)
        site.run("-t", "qqver", "clone", "1", "-r")
        assert [Path(link["filename"]).name for link in chain(disk("qqver-3"))][1:] == [staged.name, "sample.qcow2"]
        site.run("-t", "qqver", "destroy", "3")
        site.run("-t", "qqver", "start", "1")
        site.run("-t", "qqver", "upgrade", "1-2", "--yes")
        assert site.states() == {1: "running", 2: "off", 3: "off"}
        site.run("-t", "qqver", "destroy", "1")
        write_pattern(disk("qqver-3"), 0xC3, OWN)
        site.run("-t", "qqver", "reset", "3", "--yes")
        assert [read_back(disk(f"qqver-{number}"), OWN) for number in (1, 2, 3)] == [0x22, 0x22, 0x22]
    finally:
        clear(site, "qqver")
    site.run("delete-template", "qqver", "--yes")
    assert {path.name for path in site.images.iterdir()} == before


@pytest.mark.parametrize("site", ["by pool"], indirect=True)
def test_a_clone_is_detached_and_promoted_through_libvirt_alone(site: Site) -> None:
    before = {path.name for path in site.images.iterdir()}
    site.run("import-template", str(site.images / "sample.xml"), "qqver", "--copy")
    try:
        site.run("-t", "qqver", "clone", "2")
        write_pattern(disk("qqver-1"), 0xC1, OWN)
        write_pattern(disk("qqver-2"), 0xC2, OWN)
        site.run("-t", "qqver", "detach", "1", "--yes")
        assert len(chain(disk("qqver-1"))) == 1
        assert read_back(disk("qqver-1"), OWN) == 0xC1
        site.run("-t", "qqver", "promote", "2", "qqpro", "--yes")
        site.run("-t", "qqpro", "clone", "1", "-r")
        site.run("-t", "qqpro", "destroy", "1")
        assert read_back(disk("qqpro-1"), OWN) == 0xC2
    finally:
        clear(site, "qqpro", "qqver")
    site.run("delete-template", "qqpro", "--yes")
    site.run("delete-template", "qqver", "--yes")
    assert {path.name for path in site.images.iterdir()} == before


@pytest.mark.parametrize("site", ["by pool"], indirect=True)
class TestThroughLibvirtAlone:
    """What is noticed and done where the program itself cannot reach the files."""

    def test_a_foreign_overlay_keeps_the_image_below_it(self, site: Site) -> None:
        site.run("import-template", str(site.images / "sample.xml"), "qqver", "--copy")
        base, foreign = site.images / "qqver.vda.base.qcow2", site.images / "foreign.qcow2"
        try:
            image(foreign, 0x99, base=base)
            site.run("delete-template", "qqver", "--yes")
        finally:
            clear(site, "qqver")
        assert base.exists()
        foreign.unlink()
        base.unlink()

    def test_a_base_that_was_written_to_is_refused_until_it_is_acknowledged(self, site: Site) -> None:
        site.run("import-template", str(site.images / "sample.xml"), "qqver")
        try:
            site.run("-t", "qqver", "clone", "1")
            write_pattern(site.images / "sample.qcow2", 0x99, OWN)
            refused = site.run("-t", "qqver", "clone", "1", code=10)
            assert "sample.qcow2 was written to" in refused.stderr
            site.run("-t", "qqver", "reset", "1", "--yes", code=12)
            site.run("modify-template", "qqver", "acknowledge-image", "--yes")
            site.run("-t", "qqver", "clone", "1")
        finally:
            clear(site, "qqver")
        site.run("delete-template", "qqver", "--yes")

    def test_a_base_that_a_machine_writes_to_is_refused(self, site: Site) -> None:
        site.run("import-template", str(site.images / "sample.xml"), "qqver")
        try:
            virsh("define", str(site.images / "sample.xml"))
            virsh("start", "sample")
            refused = site.run("-t", "qqver", "clone", "1", code=10)
            assert "the machine sample" in refused.stderr
        finally:
            virsh("destroy", "sample")
            virsh("undefine", "sample")
            clear(site, "qqver")
        site.run("delete-template", "qqver", "--yes")

    @pytest.mark.skipif(not VARIABLES.exists(), reason="OVMF is not installed")
    def test_firmware_variables_and_several_disks_go_from_version_to_clone(self, site: Site) -> None:
        variables, second = site.images / "two_VARS.fd", image(site.images / "two.raw", 0xB3, "raw")
        shutil.copyfile(VARIABLES, variables)
        second.chmod(0o644)
        before = {path.name for path in site.images.iterdir()}
        xml = (site.images / "sample.xml").read_text()
        firmware = f"<loader readonly='yes' type='pflash'>{CODE}</loader><nvram>{variables}</nvram><boot dev='hd'/>"
        extra = f"</disk>{Disk(second, 'vdb', 'raw').xml}"
        xml = xml.replace("<boot dev='hd'/>", firmware).replace("machine='pc'", "machine='q35'")
        (site.home / "two.xml").write_text(xml.replace("</disk>", extra, 1))
        site.run("import-template", str(site.home / "two.xml"), "qqver", "--copy")
        try:
            site.run("modify-template", "qqver", "prepare-image", "--no-run")
            (staging,) = (name for name in virsh("list", "--all", "--name").split() if name.startswith("qqver.v"))
            write_pattern(disk(staging, 1), 0x44, OWN)
            own = site.images / f"{staging}_VARS.fd"
            own.write_bytes(own.read_bytes()[:-1] + b"\x05")
            site.run("modify-template", "qqver", "commit-image")
            site.run("-t", "qqver", "clone", "1", "--run")
            assert site.states() == {1: "running"}
            site.run("-t", "qqver", "destroy", "1")
            site.run("-t", "qqver", "reset", "1", "--yes")
            assert [read_back(disk("qqver-1", 1), at) for at in (0, OWN)] == [0xB3, 0x44]
            assert (site.images / "qqver-1_VARS.fd").read_bytes()[-1] == 5
        finally:
            clear(site, "qqver")
        site.run("delete-template", "qqver", "--yes")
        assert {path.name for path in site.images.iterdir()} == before
