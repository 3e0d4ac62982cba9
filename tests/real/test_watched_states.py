"""Firmware variables of versions are watched, from the commit or import that brings them on: seen by typed commands."""

from pathlib import Path
from typing import Any

import pytest

from .disk_lab import Disk, DiskLab, image, write_pattern

CODE = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
VARIABLES = Path("/usr/share/OVMF/OVMF_VARS_4M.fd")
FIRMWARE = f"<loader readonly='yes' type='pflash'>{CODE}</loader><nvram>{{path}}</nvram>"

pytestmark = pytest.mark.skipif(not VARIABLES.exists(), reason="OVMF is not installed")


@pytest.fixture
def foreign(lab: DiskLab) -> Path:
    """The variables of a machine that is imported by reference as *web*."""
    base = image(lab.bases / "web.qcow2", 0x11)
    path = lab.bases / "web_VARS.fd"
    path.write_bytes(VARIABLES.read_bytes())
    lab.template("web", Disk(base), firmware=FIRMWARE.format(path=path))
    return path


def change(path: Path) -> None:
    """Write to a file as somebody does who does not ask whose it is; its length stays."""
    path.chmod(0o600)
    with path.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x07")
    path.chmod(0o444)


def refused_and_acknowledged(lab: DiskLab, version: str, path: Path) -> None:
    """See that no clone is made over a changed file until somebody says that it is right."""
    assert str(path) in lab.type(f"clone 1 -t {version}", code=10).err
    assert str(path) in lab.type("check", code=None).out
    name, _, number = version.partition("@v")
    assert any(str(path) in clause for clause in listed(lab, name, int(number))["drift"])
    lab.type(f"modify-template {version} acknowledge-image --yes")
    assert listed(lab, name, int(number))["drift"] == []
    lab.type(f"clone 1 -t {version}")


def states(lab: DiskLab, template: str, number: int) -> list[tuple[str, bool]]:
    """Return the files beside the disks of a version, as the program tells."""
    return [(state["path"], state["owned"]) for state in listed(lab, template, number)["states"]]


def listed(lab: DiskLab, template: str, number: int) -> dict[str, Any]:
    """Return what the program tells of a version."""
    (version,) = (each for each in lab.listed(template)["versions"] if each["number"] == number)
    return dict(version)


def test_the_variables_of_a_referenced_machine_are_watched(lab: DiskLab, foreign: Path) -> None:
    assert states(lab, "web", 1) == [(str(foreign), False)]
    lab.type("clone 1 -t web")
    change(foreign)
    refused_and_acknowledged(lab, "web@v1", foreign)


def test_the_variables_of_a_committed_version_are_watched(lab: DiskLab, foreign: Path) -> None:
    lab.commit("web", 0x22)
    ((own, owned),) = states(lab, "web", 2)
    assert owned
    assert lab.type("check").code == 0
    change(foreign)
    lab.type("clone 1 -t web")  # the new version has its own
    change(Path(own))
    refused_and_acknowledged(lab, "web@v2", Path(own))


def test_the_variables_of_a_promoted_clone_are_watched(lab: DiskLab, foreign: Path) -> None:
    lab.type("clone 1 -t web")
    write_pattern(lab.disk("web-1"), 0x33)
    lab.type("promote 1 fresh -t web --yes")
    ((own, owned),) = states(lab, "fresh", 1)
    assert owned
    assert Path(own) != foreign
    change(Path(own))
    refused_and_acknowledged(lab, "fresh@v1", Path(own))


def test_variables_that_an_edit_names_are_watched_from_then_on(
    lab: DiskLab, foreign: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = foreign.with_name("other_VARS.fd")
    other.write_bytes(foreign.read_bytes())
    monkeypatch.setenv("EDITOR", f"sed -i s/{foreign.name}/{other.name}/")
    lab.type("modify-template web edit")
    assert states(lab, "web", 1) == [(str(other), False)]
    change(foreign)
    lab.type("clone 1 -t web")
    change(other)
    refused_and_acknowledged(lab, "web@v1", other)


def test_a_copied_import_is_watched_and_a_check_by_digest_knows_its_bytes(lab: DiskLab, foreign: Path) -> None:
    lab.type(f"import-template {lab.home / 'web.xml'} gold --copy")
    ((own, owned),) = states(lab, "gold", 1)
    assert owned
    lab.type("check --digest gold")
    (version,) = lab.listed("gold")["versions"]
    assert version["states"][0]["digest"]
    Path(own).touch()
    assert str(own) in lab.type("clone 1 -t gold", code=10).err
    lab.type("check --digest gold", code=None)  # the same bytes: their new stamp is recorded
    lab.type("clone 1 -t gold")
    change(foreign)
    lab.type("clone 1 -t gold")
