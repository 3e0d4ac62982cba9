"""Real machines are kept in checkpoints and brought back, and no other file is touched by it."""

import json
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.sample.template import write_sample

from .checkpoint_bench import held_open, reads, tags, write
from .typed_here import TypedHere

Type = TypedHere


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the sample lies and the clones' disks are made."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def typed(home: Path, embed_uri: str) -> Iterator[Type]:
    """Type commands at clones of the sample template."""
    with pytest.MonkeyPatch.context() as environment:
        type_here = TypedHere(embed_uri, home, environment)
        type_here(f"import-template {write_sample(home / 'sample').xml} tiny")
        yield type_here


@pytest.fixture
def clone(typed: Type, home: Path, embed_host: LibvirtHypervisor) -> Iterator[Path]:
    """The disk of clone 1 of the sample, which is off."""
    typed("-t tiny clone")
    yield home / "images" / "tiny-1.vda.qcow2"
    typed("-t tiny rm all --yes")


def machine(host: LibvirtHypervisor, name: str = "tiny-1") -> str:
    """Return the definition of a machine."""
    return next(host.inactive_xml(each.uuid) for each in host.list_domains() if each.name == name)


def listed(typed: Type, machines: str = "all") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(typed(f"-t tiny checkpoint list {machines} --json").stdout)["checkpoints"]
    return found


def state(typed: Type, number: int = 1) -> str:
    machines = json.loads(typed("-t tiny list --json").stdout)["machines"]
    return str(next(machine["state"] for machine in machines if machine["number"] == number))


def test_what_was_written_since_is_gone_and_what_was_written_before_is_back(typed: Type, clone: Path) -> None:
    write(clone, 0x11)
    typed("-t tiny checkpoint make 1 first")
    write(clone, 0x22)
    typed("-t tiny checkpoint make 1 second")
    write(clone, 0x33)
    typed("-t tiny checkpoint revert 1 first")
    assert reads(clone, 0x11)
    typed("-t tiny checkpoint revert 1 second")
    assert reads(clone, 0x22)
    assert [(each["name"], each["current"]) for each in listed(typed)] == [("first", False), ("second", True)]


def test_deleting_one_leaves_the_disk_and_the_others_as_they_are(typed: Type, clone: Path) -> None:
    for pattern, name in ((0x11, "first"), (0x22, "second"), (0x33, "third")):
        write(clone, pattern)
        typed(f"-t tiny checkpoint make 1 {name}")
    write(clone, 0x44)
    typed("-t tiny checkpoint delete 1 second")
    assert reads(clone, 0x44)
    assert tags(clone) == ["first", "third"]
    assert [(each["name"], each["parent"]) for each in listed(typed)] == [("first", None), ("third", "first")]
    typed("-t tiny checkpoint revert 1 third")
    assert reads(clone, 0x33)


def test_neither_the_base_nor_another_clone_is_touched(typed: Type, clone: Path, home: Path) -> None:
    typed("-t tiny clone")
    other = clone.with_name("tiny-2.vda.qcow2")
    write(other, 0x55)
    before = {path: sha256(path.read_bytes()).digest() for path in (home / "sample" / "sample.qcow2", other)}
    write(clone, 0x11)
    typed("-t tiny checkpoint make 1 base")
    write(clone, 0x22)
    typed("-t tiny checkpoint revert 1 base")
    typed("-t tiny checkpoint delete 1 base")
    assert {path: sha256(path.read_bytes()).digest() for path in before} == before
    assert sorted(path.name for path in clone.parent.iterdir()) == ["tiny-1.vda.qcow2", "tiny-2.vda.qcow2"]


def test_a_running_machine_is_kept_with_its_memory_and_runs_on(typed: Type, clone: Path) -> None:
    typed("-t tiny start 1")
    typed("-t tiny checkpoint make 1 live")
    assert state(typed) == "running"
    assert listed(typed)[0]["with_memory"]
    typed("-t tiny destroy 1")
    typed("-t tiny checkpoint revert 1 live")
    assert state(typed) == "running"
    typed("-t tiny checkpoint revert 1 live")  # also from running to running
    assert state(typed) == "running"
    typed("-t tiny checkpoint delete 1 live")
    assert state(typed) == "running"
    assert tags(clone) == []


def test_a_paused_machine_is_paused_again_and_one_that_was_off_is_off_again(typed: Type, clone: Path) -> None:
    typed("-t tiny checkpoint make 1 off")
    typed("-t tiny start 1")
    typed("-t tiny suspend 1")
    typed("-t tiny checkpoint make 1 paused")
    typed("-t tiny checkpoint revert 1 off")
    assert state(typed) == "off"
    typed("-t tiny checkpoint revert 1 paused")
    assert state(typed) == "paused"


def test_a_set_is_kept_and_taken_back_together(typed: Type, clone: Path) -> None:
    typed("-t tiny clone 2")
    typed("-t tiny start 2")
    typed("-t tiny checkpoint make all base --note 'all at once'")
    typed("-t tiny start 1")
    result = json.loads(typed("-t tiny checkpoint revert all base --json").stdout)
    assert (result["done"], result["failed"], result["refused"]) == (3, 0, 0)
    assert [state(typed, number) for number in (1, 2, 3)] == ["off", "running", "off"]


def test_a_state_that_was_left_behind_in_the_disk_hides_no_new_one(typed: Type, clone: Path) -> None:
    subprocess.run(["qemu-img", "snapshot", "-c", "base", str(clone)], check=True)
    refused = typed("-t tiny checkpoint make 1 base", code=12)
    assert "holds a state base already" in refused.stderr
    typed("-t tiny checkpoint make 1 another")
    assert tags(clone) == ["base", "another"]


@pytest.mark.parametrize("what", ["revert", "delete"])
def test_a_disk_that_another_program_has_open_is_not_touched(typed: Type, clone: Path, what: str) -> None:
    write(clone, 0x11)
    typed("-t tiny checkpoint make 1 base")
    write(clone, 0x22)
    with held_open(clone):
        assert "another program has" in typed(f"-t tiny checkpoint {what} 1 base", code=12).stderr
    assert reads(clone, 0x22)
    assert tags(clone) == ["base"]


def test_saved_machines_are_left_alone(typed: Type, clone: Path) -> None:
    typed("-t tiny checkpoint make 1 base")
    typed("-t tiny start 1")
    typed("-t tiny save 1")
    for line in ("make 1 more", "revert 1 base", "delete 1 base"):
        assert "is saved" in typed(f"-t tiny checkpoint {line}", code=12).stderr
    typed("-t tiny start 1")  # the disk is as it was saved, so that it goes on
    assert state(typed) == "running"
    typed("-t tiny checkpoint revert 1 base")
    assert state(typed) == "off"


def test_removal_takes_checkpoints_along(typed: Type, clone: Path, embed_root: Path) -> None:
    typed("-t tiny clone 2 -r")
    typed("-t tiny checkpoint make all base")
    assert "3 of them have checkpoints, which go too" in typed("-t tiny rm all --dry-run").stdout
    typed("-t tiny rm 1-2 --yes")
    typed("-t tiny rm-wipe 3 --yes")
    assert list(clone.parent.iterdir()) == []
    assert [path for path in (embed_root / "lib" / "qemu" / "snapshot").rglob("*") if path.is_file()] == []
    typed("-t tiny clone")  # for the next test to find


def test_a_machine_whose_template_was_renamed_goes_back_and_keeps_its_new_name(
    typed: Type, clone: Path, embed_host: LibvirtHypervisor
) -> None:
    typed("-t tiny start 1")
    typed("-t tiny checkpoint make 1 base")
    typed("-t tiny destroy 1")
    typed("modify-template tiny rename small")
    try:
        typed("-t small checkpoint revert 1 base")
        machines = json.loads(typed("-t small list --json").stdout)["machines"]
        assert [(each["name"], each["state"]) for each in machines] == [("small-1", "running")]
        assert 'template="small"' in machine(embed_host, "small-1").replace("'", '"')
    finally:
        typed("-t small destroy 1")
        typed("modify-template small rename tiny")


def test_going_back_undoes_changes_to_the_definition_which_the_plan_says(
    typed: Type, clone: Path, embed_host: LibvirtHypervisor
) -> None:
    typed("-t tiny checkpoint make 1 base")
    embed_host.define(machine(embed_host).replace("</name>", "</name><title>edited</title>"))
    assert "changes to the definition are undone" in typed("-t tiny checkpoint revert 1 base --dry-run").stdout
    typed("-t tiny checkpoint revert 1 base")
    assert "edited" not in machine(embed_host)


def add_disk(host: LibvirtHypervisor, disk: str) -> None:
    host.define(machine(host).replace("<controller type='usb'", f"{disk}<controller type='usb'", 1))


@pytest.mark.parametrize("kind", ["raw", "qcow2"])
@pytest.mark.parametrize("device", ["disk vdb", "floppy fda"])
def test_a_disk_that_is_not_the_machines_own_keeps_it_from_being_kept(
    typed: Type, clone: Path, embed_host: LibvirtHypervisor, kind: str, device: str
) -> None:
    foreign = clone.parent.parent / f"foreign.{kind}"
    subprocess.run(["qemu-img", "create", "-q", "-f", kind, str(foreign), "1M"], check=True)
    before = foreign.read_bytes()
    sort, target = device.split()
    driver = f"<driver name='qemu' type='{kind}'/><source file='{foreign}'/>"
    add_disk(embed_host, f"<disk type='file' device='{sort}'>{driver}<target dev='{target}'/></disk>")
    assert f"disk {target}, which is not its own" in typed("-t tiny checkpoint make 1 base", code=12).stderr
    assert tags(clone) == []
    assert foreign.read_bytes() == before


def test_a_cdrom_and_a_disk_that_is_only_read_do_not_matter(
    typed: Type, clone: Path, home: Path, embed_host: LibvirtHypervisor
) -> None:
    subprocess.run(["qemu-img", "create", "-q", "-f", "raw", str(home / "y.raw"), "1M"], check=True)
    driver = f"<driver name='qemu' type='raw'/><source file='{home}/y.raw'/>"
    add_disk(embed_host, f"<disk type='file' device='cdrom'>{driver}<target dev='hdc'/><readonly/></disk>")
    add_disk(embed_host, f"<disk type='file' device='disk'>{driver}<target dev='vdb'/><readonly/></disk>")
    typed("-t tiny checkpoint make 1 off")
    typed("-t tiny start 1")
    typed("-t tiny checkpoint make 1 live")
    typed("-t tiny checkpoint revert 1 off")
    assert state(typed) == "off"


def test_other_disks_are_put_in_only_when_checkpoints_may_go(typed: Type, clone: Path) -> None:
    typed("-t tiny checkpoint make 1 base")
    for line in ("reset 1 --yes", "detach 1 --yes", "promote 1 new --yes"):
        assert "checkpoint" in typed(f"-t tiny {line}", code=12).stderr
    assert tags(clone) == ["base"]
    typed("-t tiny reset 1 --drop-checkpoints --yes")
    assert listed(typed) == []
    files = json.loads(typed("-t tiny list --json").stdout)["machines"][0]["files"]
    assert tags(Path(files[0])) == []
    typed("-t tiny checkpoint make 1 base")
    assert [path.name for path in clone.parent.iterdir()] == [Path(files[0]).name]


@pytest.fixture
def pair(typed: Type, home: Path, embed_host: LibvirtHypervisor) -> Iterator[tuple[Path, Path]]:
    """The two disks of a clone, which is off."""
    base, xml = home / "second.qcow2", home / "pair.xml"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(base), "1M"], check=True)
    driver = f"<driver name='qemu' type='qcow2'/><source file='{base}'/><target dev='vdb' bus='virtio'/>"
    sample = (home / "sample" / "sample.xml").read_text()
    xml.write_text(sample.replace("<controller", f"<disk type='file' device='disk'>{driver}</disk><controller", 1))
    typed(f"import-template {xml} pair")
    typed("-t pair clone")
    yield home / "images" / "pair-1.vda.qcow2", home / "images" / "pair-1.vdb.qcow2"
    typed("-t pair rm all --yes")
    typed("delete-template pair --yes")


def test_all_disks_go_back_together_or_none(typed: Type, pair: tuple[Path, Path]) -> None:
    for disk in pair:
        write(disk, 0x11)
    with held_open(pair[1]):
        typed("-t pair checkpoint make 1 base", code=16)
    assert [tags(disk) for disk in pair] == [[], []]
    typed("-t pair checkpoint make 1 base")
    for disk in pair:
        write(disk, 0x22)
    with held_open(pair[1]):
        typed("-t pair checkpoint revert 1 base", code=12)
    assert all(reads(disk, 0x22) for disk in pair)
    typed("-t pair checkpoint revert 1 base")
    assert all(reads(disk, 0x11) for disk in pair)
    typed("-t pair start 1")
    typed("-t pair checkpoint make 1 live")
    typed("-t pair checkpoint delete 1 base")
    assert [tags(disk) for disk in pair] == [["live"], ["live"]]
    typed("-t pair checkpoint revert 1 live")


CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")


@pytest.mark.skipif(not CODE.exists(), reason="the package ovmf is not installed")
def test_the_disks_of_a_machine_with_uefi_variables_are_kept_while_it_is_off(
    typed: Type, clone: Path, home: Path, embed_host: LibvirtHypervisor
) -> None:
    variables = home / "vars.fd"
    variables.write_bytes(CODE.with_name("OVMF_VARS_4M.fd").read_bytes())
    firmware = f"<loader readonly='yes' type='pflash'>{CODE}</loader><nvram>{variables}</nvram>"
    embed_host.define(machine(embed_host).replace("<boot dev='hd'/>", f"{firmware}<boot dev='hd'/>"))
    old = embed_host.connections.first.getLibVersion() < 10_010_000
    write(clone, 0x11)
    typed("-t tiny checkpoint make 1 first --note 'with UEFI'")
    write(clone, 0x22)
    typed("-t tiny checkpoint make 1 second")
    write(clone, 0x33)
    found = [(each["name"], each["parent"], each["current"]) for each in listed(typed)]
    assert found == [("first", None, False), ("second", "first", True)]
    typed("-t tiny start 1")
    refused = typed("-t tiny checkpoint make 1 live", code=12).stderr
    assert ("10.10 is the first that does" if old else "in a raw file") in refused
    assert "turn it off first" in typed("-t tiny checkpoint delete 1 second", code=12).stderr
    typed("-t tiny checkpoint revert 1 first")
    assert state(typed) == "off"
    assert reads(clone, 0x11)
    typed("-t tiny checkpoint revert 1 second")
    assert reads(clone, 0x22)
    typed("-t tiny checkpoint delete 1 first")
    assert tags(clone) == ["second"]
