"""Real machines put aside and back: by libvirt, and in files of their own."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.sample.template import write_sample

from .embed_roots import uri_of
from .typed_commands import run_command

Type = Callable[..., Any]


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Type:
    """Type commands at running clones of the sample template."""
    home = tmp_path_factory.mktemp("home")

    def run(*words: str, code: int = 0, storage: bool = True) -> Any:
        options = ["-c", uri_of(root), "--data-dir", str(home / "data"), "-t", "tiny"]
        return run_command(home, *options, *(["-s", str(home / "images")] if storage else []), *words, code=code)

    run("import-template", str(write_sample(home / "sample").xml), "tiny")
    run("clone", "4", "-r")
    return run


def machine(typed: Type, number: int) -> dict[str, Any]:
    machines: list[dict[str, Any]] = json.loads(typed("list", "--json").stdout)["machines"]
    return next(one for one in machines if one["number"] == number)


def test_libvirt_keeps_the_state_and_start_goes_on_from_it(typed: Type) -> None:
    typed("save", "1", storage=False)
    saved = machine(typed, 1)
    assert saved["state"] == "saved"
    assert saved["saved_bytes"] > 100_000
    assert len(saved["files"]) == 1
    typed("start", "1")
    assert machine(typed, 1)["state"] == "running"


def test_a_state_can_be_deleted(typed: Type, root: Path) -> None:
    typed("save", "2", storage=False)
    assert (root / "lib/qemu/save/tiny-2.save").exists()
    assert "tiny-2" in typed("save-rm", "2", "--dry-run").stdout
    typed("save-rm", "2")
    assert machine(typed, 2)["state"] == "off"
    assert not (root / "lib/qemu/save/tiny-2.save").exists()


def test_a_named_place_gets_the_state_and_start_takes_it_from_there(typed: Type, tmp_path: Path) -> None:
    place = tmp_path / "states"
    typed("save", "3", "-s", str(place))
    file = place / "tiny-3.save"
    assert file.stat().st_mode & 0o777 == 0o600
    assert machine(typed, 3)["state"] == "saved"
    typed("start", "3")
    assert machine(typed, 3)["state"] == "running"
    assert not file.exists()


def test_a_disk_written_to_since_keeps_the_state_from_being_put_back(typed: Type, tmp_path: Path) -> None:
    typed("save", "4", "-s", str(tmp_path / "states"))
    disk = Path(machine(typed, 4)["files"][0])
    disk.touch()
    refused = typed("start", "4", code=12)
    assert "was written to since it was saved" in refused.stderr
    typed("save-rm", "4")
    assert not any((tmp_path / "states").iterdir())
    typed("start", "4")
    assert machine(typed, 4)["state"] == "running"


def test_removal_takes_saved_states_along(typed: Type, tmp_path: Path, root: Path) -> None:
    typed("clone", "2", "-r")
    typed("save", "5", "-s", str(tmp_path / "states"))
    typed("save", "6", storage=False)
    typed("rm", "5-6", "--yes")
    assert not any((tmp_path / "states").iterdir())
    assert not (root / "lib/qemu/save/tiny-6.save").exists()


@pytest.mark.parametrize("place", ["relative/dir", "/proc/nowhere"])
def test_a_place_that_cannot_be_used_saves_nothing(typed: Type, place: str) -> None:
    code = 12 if place.startswith("r") else 10
    typed("save", "3", "-s", place, code=code)
    assert machine(typed, 3)["state"] == "running"
