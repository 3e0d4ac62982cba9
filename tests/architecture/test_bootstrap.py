"""Setting up says what it will do, does only what is missing, and survives being run in odd places.

The script is the real one; apt, dpkg and Python are stand-ins that write down how they were called.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from .checkout import ROOT

_STANDINS = {
    "apt-get": """
        printf 'apt-get %s\\n' "$*" >>"$SANDBOX/calls"
        case " $* " in
          *" install "*)
            [ ! -e "$SANDBOX/broken" ] || exit 100
            shift $(($# - $(printf '%s\\n' "$@" | sed '1,/--no-install-recommends/d' | wc -l)))
            printf '%s\\n' "$@" >>"$SANDBOX/installed";;
        esac""",
    "apt-cache": "echo '  Candidate: 3.11.2-1'",
    "dpkg-query": """
        shift 3
        for package; do
          if grep -qx "$package" "$SANDBOX/installed"; then printf 'installed:%s ' "$package"; fi
        done""",
    "getent": "exit 0",
    "sudo": '[ "$1" != -n ] || shift; "$@"',
    "python-standin": """
        case "$*" in
          "-m venv --clear "*)
            mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; echo "venv $4" >>"$SANDBOX/calls";;
          "-m pip --version") ;;
          "-m pip install "*)
            [ ! -e "$SANDBOX/offline" ] || exit 1
            printf 'pip %s\\n' "$*" >>"$SANDBOX/calls";;
          --version) echo "Python 3.11.2";;
        esac""",
}


class Sandbox:
    """A checkout in a directory with a space in its name, and a PATH of stand-ins."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.checkout = directory / "a checkout"
        (self.checkout / "script").mkdir(parents=True)
        shutil.copy(ROOT / "script" / "bootstrap", self.checkout / "script")
        shutil.copy(ROOT / "pyproject.toml", self.checkout)
        (directory / "bin").mkdir()
        for name, body in _STANDINS.items():
            program = directory / "bin" / name
            program.write_text(f"#!/bin/sh\n{body}\n")
            program.chmod(0o755)
        (directory / "installed").touch()

    def run(self, *arguments: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Run the script from the root directory, with nobody at the keyboard."""
        path = f"{self.directory / 'bin'}:{os.environ['PATH']}"
        mine = {"PATH": path, "SANDBOX": str(self.directory), "PYTHON": str(self.directory / "bin" / "python-standin")}
        return subprocess.run(
            [self.checkout / "script" / "bootstrap", *arguments],
            cwd="/",
            env={**mine, "HOME": "/nonexistent", **(env or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def calls(self, program: str) -> list[str]:
        """Return how a stand-in was called, and forget it."""
        log = self.directory / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return [line for line in lines if line.startswith(f"{program} ")]


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path)


def test_it_says_what_it_will_install_and_installs_just_that(sandbox: Sandbox) -> None:
    result = sandbox.run()
    assert result.returncode == 0, result.stderr
    (announced,) = (line for line in result.stderr.splitlines() if "installing system packages: " in line)
    names = announced.partition("--no-install-recommends ")[2].split()
    assert {"gcc", "libvirt-dev", "libvirt-daemon-driver-qemu", "qemu-system-x86", "qemu-utils"} <= set(names)
    (installed,) = (call for call in sandbox.calls("apt-get") if " install " in call)
    assert installed.endswith(f"-y --no-install-recommends {' '.join(names)}")


def test_a_second_run_does_nothing(sandbox: Sandbox) -> None:
    sandbox.run()
    sandbox.calls("")
    result = sandbox.run()
    assert (result.returncode, result.stdout) == (0, "")
    assert "installing" not in result.stderr
    assert sandbox.calls("apt-get") + sandbox.calls("pip") == []


def test_only_what_is_missing_is_installed(sandbox: Sandbox) -> None:
    sandbox.run()
    kept = (sandbox.directory / "installed").read_text().replace("qemu-utils\n", "")
    (sandbox.directory / "installed").write_text(kept)
    sandbox.calls("")
    sandbox.run()
    assert [call.split()[-1] for call in sandbox.calls("apt-get") if " install " in call] == ["qemu-utils"]


def test_the_tests_need_more_than_the_app_and_cover_it(sandbox: Sandbox) -> None:
    sandbox.run("--test")
    assert sandbox.calls("pip")[-1].endswith(f"{sandbox.checkout}[dev]")
    sandbox.run()
    assert sandbox.calls("pip") == []
    assert "tmux" in (sandbox.directory / "installed").read_text().split()


def test_where_packages_cannot_be_had_python_is_set_up_all_the_same(sandbox: Sandbox) -> None:
    (sandbox.directory / "broken").touch()
    result = sandbox.run()
    assert result.returncode == 0
    assert "some system packages could not be installed" in result.stderr
    assert sandbox.calls("pip") != []


def test_what_could_not_be_had_is_not_tried_at_every_start(sandbox: Sandbox) -> None:
    (sandbox.directory / "broken").touch()
    sandbox.run()
    sandbox.calls("")
    sandbox.run("--if-needed")
    assert sandbox.calls("apt-get") == []
    (sandbox.directory / "broken").unlink()
    sandbox.run()
    assert sandbox.calls("apt-get") != []


def test_an_interrupted_run_is_finished_by_the_next(sandbox: Sandbox) -> None:
    (sandbox.directory / "offline").touch()
    broken = sandbox.run()
    assert broken.returncode == 1
    assert "libvirt-dev" in broken.stderr
    (sandbox.directory / "offline").unlink()
    assert sandbox.run().returncode == 0
    assert sandbox.calls("pip") != []


def test_changed_requirements_are_installed_again(sandbox: Sandbox) -> None:
    sandbox.run()
    sandbox.calls("")
    with (sandbox.checkout / "pyproject.toml").open("a") as project:
        project.write("\n# changed\n")
    sandbox.run()
    assert len(sandbox.calls("pip")) == 1


def test_a_checkout_that_was_moved_is_set_up_anew(sandbox: Sandbox) -> None:
    sandbox.run()
    sandbox.calls("")
    sandbox.checkout = sandbox.checkout.rename(sandbox.directory / "elsewhere")
    sandbox.run()
    assert len(sandbox.calls("pip")) == 1


def test_an_unknown_option_is_refused_with_the_usage(sandbox: Sandbox) -> None:
    result = sandbox.run("--tset")
    assert (result.returncode, sandbox.calls("apt-get")) == (2, [])
    assert "Usage: script/bootstrap" in result.stderr
