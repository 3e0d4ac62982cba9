"""What is shipped is what is needed: the package, its stylesheets, two commands, their papers, and no tests."""

import subprocess
import sys
import zipfile
from configparser import ConfigParser
from pathlib import Path

import pytest

from .checkout import PACKAGE, ROOT, files, modules


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    (built,) = target.glob("*.whl")
    return zipfile.ZipFile(built)


def test_wheel_holds_every_file_of_the_package_and_every_stylesheet(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    sources = [path.relative_to(ROOT) for path in files()]
    expected = {str(path) for path in sources if path.parts[0] == PACKAGE}
    expected |= {f"{PACKAGE}/styles/{path.name}" for path in sources if path.parts[0] == "styles"}
    assert len(expected) > len(modules())
    assert f"{PACKAGE}/py.typed" in expected
    assert expected - names == set()


def test_wheel_holds_nothing_but_the_package(wheel: zipfile.ZipFile) -> None:
    tops = {Path(name).parts[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith((".dist-info", ".data"))} == {PACKAGE}
    assert [name for name in wheel.namelist() if "/tests/" in name or name.endswith(".pyc")] == []


def test_wheel_installs_both_commands(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    points = ConfigParser()
    points.read_string(wheel.read(name).decode())
    assert dict(points["console_scripts"]) == {
        "qq2clone": f"{PACKAGE}.cli.main:main",
        "qq2clone-tui": f"{PACKAGE}.__main__:main",
    }


def test_wheel_installs_the_manual_page_and_the_completion_of_each_shell(wheel: zipfile.ZipFile) -> None:
    installed = {name.partition(".data/data/")[2] for name in wheel.namelist() if ".data/" in name}
    assert installed == {
        "share/man/man1/qq2clone.1",
        "share/bash-completion/completions/qq2clone",
        "share/zsh/site-functions/_qq2clone",
        "share/fish/vendor_completions.d/qq2clone.fish",
    }


def test_wheel_carries_its_licence(wheel: zipfile.ZipFile) -> None:
    assert [name for name in wheel.namelist() if name.endswith("/LICENSE")] != []
