"""Each library is known in one place, and the layers look only downwards."""

import subprocess
import sys
from pathlib import Path

import pytest

from .checkout import PACKAGE, ROOT, Module, modules
from .imports import imported, process_starters, trespassers

HOMES = {
    "PIL": ("ui.pictures",),
    "click": ("cli", "__main__"),
    "libvirt": ("adapters.libvirt",),
    "libvirt_qemu": ("adapters.libvirt",),
    "libvirtmod": ("adapters.libvirt",),
    "lxml": ("domain", "adapters"),
    "msgspec": ("adapters",),
    "rich": ("cli", "ui"),
    "sqlite3": ("adapters.catalogue",),
    "subprocess": ("adapters.processes",),
    "textual": ("ui",),
    "textual_image": ("ui.pictures",),
    "tomli_w": ("adapters.settings",),
    "tomllib": ("adapters.settings",),
}
IMPURE = {"asyncio", "logging", "os", "random", "secrets", "shutil", "socket", "tempfile", "threading", "time"}


def test_import_contracts_of_the_project_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_each_library_is_imported_only_where_it_lives() -> None:
    assert trespassers(modules(), HOMES) == []


def test_a_trespasser_is_caught_even_inside_a_function_or_by_name() -> None:
    planted = (
        Module(f"{PACKAGE}.ui.app", "def f():\n    import libvirt\n"),
        Module(f"{PACKAGE}.ui.table", "from importlib import import_module\nimport_module('sqlite3')\n"),
        Module(f"{PACKAGE}.adapters.libvirt.pool", "import libvirt\n"),
    )
    assert trespassers(planted, HOMES) == [f"{PACKAGE}.ui.app imports libvirt", f"{PACKAGE}.ui.table imports sqlite3"]


def test_processes_are_started_in_one_module_only() -> None:
    assert [
        place for module in modules() if not module.within("adapters.processes") for place in process_starters(module)
    ] == []


def test_a_process_started_on_the_side_is_caught() -> None:
    planted = Module("planted", "import os\nos.system('true')\nos.path.join('a', 'b')\n")
    assert process_starters(planted) == ["planted:2 os.system"]


@pytest.mark.parametrize("module", [m for m in modules() if m.within("domain")], ids=lambda module: module.name)
def test_domain_is_pure(module: Module) -> None:
    """The domain does no I/O, reads no clock, starts no thread and rolls no dice."""
    assert {name.split(".")[0] for name in imported(module)} & IMPURE == set()
    assert [node for node in ("open(", "print(", "input(") if f" {node}" in module.text] == []


def test_faces_and_adapters_are_blind_to_one_another() -> None:
    groups = ("adapters", "cli", "ui")
    seen = [
        f"{module.name} imports {name}"
        for module in modules()
        for group in groups
        if module.within(group)
        for name in imported(module)
        if any(name.startswith(f"{PACKAGE}.{other}") for other in groups if other != group)
    ]
    assert seen == []
