"""Versions of machines whose disks are not one plain qcow2 file: several, raw, devices, firmware, TPM."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.domain.states import DomainState, PowerVerb
from tests.adapters.image_files import chain, digest

from .disk_lab import MIB, Disk, DiskLab, image, read_back, write_pattern

OWN = 2 * MIB
CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
FIRMWARE = "<loader readonly='yes' type='pflash'>{code}</loader><nvram template='{vars}'>{path}</nvram>"


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Path]:
    """A block device with a pattern in its first 64 KiB."""
    raw = image(tmp_path / "device.raw", 0x11, "raw")
    try:
        made = subprocess.run(
            ["losetup", "--find", "--show", str(raw)], capture_output=True, text=True, timeout=30, check=False
        )
    except FileNotFoundError:
        pytest.skip("losetup is not installed")
    if made.returncode:
        pytest.skip(f"no block device can be made here: {made.stderr.strip()}")
    path = Path(made.stdout.strip())
    yield path
    subprocess.run(["losetup", "--detach", str(path)], timeout=30, check=True)


def test_every_disk_of_a_version_is_what_its_policy_says(lab: DiskLab) -> None:
    names = ("vda", "vdb", "vdc", "vdd")
    kinds = {"vda": "qcow2", "vdb": "raw", "vdc": "qcow2", "vdd": "raw"}
    bases = {name: image(lab.bases / f"{name}.img", 0x10 + at, kinds[name]) for at, name in enumerate(names)}
    before = {path: digest(path) for path in bases.values()}
    disks = [Disk(path, target, kinds[target]) for target, path in bases.items()]
    lab.template("web", *disks, options="--disk vdb=share --disk vdc=blank --disk vdd=copy")
    lab.type("clone 1 -t web")
    staging = lab.prepare("web")
    for target in names:
        write_pattern(lab.disk(staging, target), 0x77, OWN)
    lab.type("modify-template web commit-image")
    lab.type("clone 1 -t web")

    def held(name: str, at: int = 0) -> list[int]:
        formats = {target: lab.format(name, target) for target in names}
        return [read_back(lab.disk(name, target), at, formats[target]) for target in names]

    assert held("web-1") == held("web-2") == [0x10, 0x11, 0, 0x13]
    assert held("web-1", OWN) == [0, 0, 0, 0]
    assert held("web-2", OWN) == [0x77, 0x77, 0, 0x77]
    assert len(chain(lab.disk("web-2", "vdc"))) == len(chain(lab.disk("web-2", "vdd"))) == 1

    for target in ("vda", "vdc", "vdd"):
        write_pattern(lab.disk("web-1", target), 0xC1, OWN)
    lab.type("upgrade 1 -t web --yes")
    assert held("web-1", OWN) == [0x77, 0x77, 0, 0x77]
    assert lab.disk("web-1", "vdb") == lab.disk("web-2", "vdb")
    lab.type("start all -t web")
    lab.type("destroy all -t web")
    lab.type("upgrade 1 -t web --to v1 --yes")
    assert held("web-1", OWN) == [0, 0, 0, 0]
    lab.type("detach 2 -t web --yes")
    assert [len(chain(lab.disk("web-2", name))) for name in ("vda", "vdc", "vdd")] == [1, 1, 1]
    assert held("web-2", OWN) == [0x77, 0x77, 0, 0x77]

    lab.type("promote 2 full -t web --yes")
    lab.type("clone 1 -t full")
    assert held("full-1") == [0x10, 0x11, 0, 0x13]
    lab.type("rm all -t full --yes")
    lab.type("delete-template full --yes")
    lab.type("rm all -t web --yes")
    lab.type("delete-template web --yes")
    assert lab.leftovers() == set()
    assert {path: digest(path) for path in bases.values()} == before


@pytest.mark.parametrize("options", ["", "--copy"])
def test_a_raw_image_grows_versions_like_any_other(lab: DiskLab, options: str) -> None:
    base = image(lab.bases / "web.raw", 0x11, "raw")
    before = digest(base)
    lab.template("web", Disk(base, format="raw"), options=options)
    lab.type("clone 1 -t web")
    lab.commit("web", 0x22)
    lab.type("clone 1 -t web")
    assert [read_back(lab.disk(name)) for name in ("web-1", "web-2")] == [0x11, 0x22]
    if not options:
        assert chain(lab.disk("web-2"))[1]["backing-filename-format"] == "raw"
    lab.type("upgrade 1 -t web --yes")
    lab.type("reset 2 -t web --yes")
    assert [read_back(lab.disk(name)) for name in ("web-1", "web-2")] == [0x22, 0x22]
    lab.type("detach 1 -t web --yes")
    assert read_back(lab.disk("web-1")) == 0x22
    lab.type("rm all -t web --yes")
    lab.type("delete-template web --yes")
    assert (lab.leftovers(), digest(base)) == (set(), before)


@pytest.mark.parametrize("options", ["--copy", "--copy --disk vda=share", "--copy --disk vda=copy"])
def test_a_raw_image_that_was_copied_is_committed_in_place_whatever_clones_get(lab: DiskLab, options: str) -> None:
    base = image(lab.bases / "web.raw", 0x11, "raw")
    before = digest(base)
    lab.template("web", Disk(base, format="raw"), options=options)
    write_pattern(lab.disk(lab.prepare("web")), 0x22, OWN)
    lab.type("modify-template web commit-image --in-place --yes")
    lab.type("clone 1 -t web")
    assert [read_back(lab.disk("web-1"), at) for at in (0, OWN)] == [0x11, 0x22]
    assert digest(base) == before


def test_a_block_device_is_a_base_that_is_never_written(lab: DiskLab, device: Path) -> None:
    before, mode = digest(device), device.stat().st_mode
    lab.template("web", Disk(device, format="raw", block=True))
    lab.type("clone 1 -t web -r")
    assert lab.domain("web-1").state is DomainState.RUNNING
    lab.type("destroy 1 -t web")
    lab.commit("web", 0x22)
    lab.type("clone 1 -t web")
    assert [read_back(lab.disk(name)) for name in ("web-1", "web-2")] == [0x11, 0x22]
    lab.type("reset all -t web --yes")
    lab.type("upgrade 1 -t web --yes")
    lab.type("detach 2 -t web --yes")
    lab.type("promote 1 fresh -t web --yes")
    lab.type("clone 1 -t fresh")
    assert [read_back(lab.disk(name)) for name in ("fresh-1", "web-2")] == [0x22, 0x22]
    lab.type("rm all -t web --yes")
    lab.type("rm all -t fresh --yes")
    lab.type("delete-template fresh --yes")
    lab.type("delete-template web --yes")
    assert (lab.leftovers(), digest(device), device.stat().st_mode) == (set(), before, mode)


def test_a_block_device_is_copied_into_a_file_of_the_templates_own(lab: DiskLab, device: Path) -> None:
    lab.template("web", Disk(device, format="raw", block=True), options="--copy")
    write_pattern(lab.disk(lab.prepare("web")), 0x22, OWN)
    lab.type("modify-template web commit-image --in-place --yes")
    lab.type("clone 1 -t web")
    assert [read_back(lab.disk("web-1"), at) for at in (0, OWN)] == [0x11, 0x22]
    assert read_back(device, OWN, "raw") == 0


def test_another_disk_behind_a_devices_node_is_noticed_when_it_is_smaller(lab: DiskLab, device: Path) -> None:
    lab.template("web", Disk(device, format="raw", block=True))
    lab.type("clone 1 -t web")
    small = image(lab.bases / "small.raw", 0x11, "raw", size=MIB)
    for words in (["--detach", str(device)], [str(device), str(small)]):
        subprocess.run(["losetup", *words], timeout=30, check=True)
    assert "smaller" in lab.type("clone 1 -t web", code=10).err


def test_a_base_with_a_chain_of_its_own_is_left_as_it_is(lab: DiskLab) -> None:
    lowest = image(lab.bases / "lowest.qcow2", 0x11)
    base = image(lab.bases / "web.qcow2", 0x12, base=lowest)
    before = (digest(lowest), digest(base))
    lab.template("web", Disk(base))
    lab.commit("web", 0x22, OWN)
    lab.type("clone 1 -t web")
    assert len(chain(lab.disk("web-1"))) == 4
    assert [read_back(lab.disk("web-1"), at) for at in (0, OWN)] == [0x12, 0x22]
    assert (digest(lowest), digest(base)) == before


@pytest.mark.skipif(not VARIABLES.exists(), reason="OVMF is not installed")
def test_firmware_variables_of_a_version_go_to_its_clones(lab: DiskLab) -> None:
    original = lab.bases / "web_VARS.fd"
    base = image(lab.bases / "web.qcow2", 0x11)
    original.write_bytes(_varied(VARIABLES.read_bytes(), 1))
    lab.template("web", Disk(base), firmware=FIRMWARE.format(code=CODE, vars=VARIABLES, path=original))
    lab.type("clone 1 -t web")
    first = _variables(lab, "web-1")
    assert first.read_bytes() == original.read_bytes()

    staging = lab.prepare("web")
    changed = _variables(lab, staging)
    changed.write_bytes(_varied(original.read_bytes(), 2))
    lab.type("modify-template web commit-image")
    lab.type("clone 1 -t web")
    lab.type("clone 1 -t web@v1")
    assert _mark(_variables(lab, "web-2")) == 2
    assert _mark(_variables(lab, "web-3")) == 1

    first.write_bytes(_varied(first.read_bytes(), 9))
    lab.type("reset 1 -t web --yes")
    assert _mark(_variables(lab, "web-1")) == 9, "a reset keeps the firmware's state"
    lab.type("upgrade 1 -t web --yes")
    assert _mark(_variables(lab, "web-1")) == 9
    lab.type("promote 1 fresh -t web --yes")
    lab.type("clone 1 -t fresh -r")
    assert lab.domain("fresh-1").state is DomainState.RUNNING
    lab.type("destroy 1 -t fresh")
    assert _mark(_variables(lab, "fresh-1")) == 9

    lab.type("rm all -t web --yes")
    lab.type("rm all -t fresh --yes")
    lab.type("delete-template fresh --yes")
    lab.type("delete-template web --yes")
    assert (lab.leftovers(), _mark(original)) == (set(), 1)


@pytest.mark.skipif(not VARIABLES.exists(), reason="OVMF is not installed")
def test_firmware_that_libvirt_chooses_has_variables_in_every_version(lab: DiskLab) -> None:
    base = image(lab.bases / "web.qcow2", 0x11)
    lab.template("web", Disk(base), choice=" firmware='efi'")
    staging = lab.prepare("web")
    lab.type("modify-template web prepare-image --run")
    assert lab.domain(staging).state is DomainState.RUNNING
    lab.type("modify-template web destroy-image --yes")
    changed = _variables(lab, staging)
    changed.write_bytes(_varied(changed.read_bytes(), 5))
    lab.type("modify-template web commit-image")
    lab.type("clone 1 -t web -r")
    assert lab.domain("web-1").state is DomainState.RUNNING
    lab.type("destroy 1 -t web")
    assert _mark(_variables(lab, "web-1")) == 5
    lab.type("clone 1 -t web@v1 -r")
    assert lab.domain("web-2").state is DomainState.RUNNING
    lab.type("destroy 2 -t web")
    assert _mark(_variables(lab, "web-2")) != 5
    lab.type("rm all -t web --yes")
    lab.type("delete-template web --yes")
    assert lab.leftovers() == set()


@pytest.mark.skipif(shutil.which("swtpm") is None, reason="swtpm is not installed")
def test_a_machine_with_an_emulated_tpm_goes_the_whole_way(lab: DiskLab) -> None:
    tpm = "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>"
    base = image(lab.bases / "web.qcow2", 0x11)
    lab.template("web", Disk(base), choice=" firmware='efi'" if VARIABLES.exists() else "", more=tpm)
    lab.type("clone 1 -t web -r")
    assert lab.domain("web-1").state is DomainState.RUNNING
    lab.type("modify-template web prepare-image --run")
    (staging,) = lab.names() - {"web-1"}
    lab.type("modify-template web destroy-image --yes")
    write_pattern(lab.disk(staging), 0x22)
    lab.type("modify-template web commit-image")
    lab.type("upgrade 1 -t web --yes")
    assert lab.domain("web-1").state is DomainState.RUNNING
    lab.type("reset 1 -t web --yes")
    lab.power(PowerVerb.DESTROY, "web-1")
    lab.type("promote 1 fresh -t web --yes")
    lab.type("clone 1 -t fresh -r")
    assert lab.domain("fresh-1").state is DomainState.RUNNING
    lab.type("rm all -t fresh --yes")
    lab.type("delete-template fresh --yes")
    lab.type("delete-template web --yes")
    assert lab.leftovers() == set()
    assert lab.names() == set()


def _variables(lab: DiskLab, name: str) -> Path:
    """Return the file with a machine's firmware variables, as its definition names it."""
    xml = lab.host.inactive_xml(lab.domain(name).uuid)
    return Path(xml.partition("<nvram")[2].partition(">")[2].partition("</nvram>")[0])


def _varied(variables: bytes, mark: int) -> bytes:
    """Return variables that differ in a byte which no firmware uses: the last of the padding."""
    return variables[:-1] + bytes([mark])


def _mark(path: Path) -> int:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)[0]
