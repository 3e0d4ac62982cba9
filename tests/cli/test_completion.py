"""The shell completes commands, templates and sets without asking a hypervisor."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli.completing import VARIABLE
from qq2clone_tui.cli.world import Preferences
from qq2clone_tui.domain.errors import AccessError

from .conftest import MemoryWorld, Run


def offers(monkeypatch: pytest.MonkeyPatch, run: Run, line: str, shell: str = "bash") -> list[str]:
    words = line.split(" ")
    monkeypatch.setenv(VARIABLE, f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", str(len(words) - 1) if shell != "fish" else words[-1])
    result = run()
    assert result.err == ""
    if shell == "zsh":
        return result.out.splitlines()[1::3]
    return [each.partition(",")[2].partition("\t")[0] for each in result.out.splitlines() if each]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_verbs_are_completed(monkeypatch: pytest.MonkeyPatch, run: Run, shell: str) -> None:
    assert offers(monkeypatch, run, "qq2clone s", shell) == ["start", "shutdown", "suspend", "save", "save-rm"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_last_term_of_a_set_is_completed(
    monkeypatch: pytest.MonkeyPatch, run: Run, web: SampleFleet, shell: str
) -> None:
    assert offers(monkeypatch, run, "qq2clone start ru", shell) == ["running"]
    assert offers(monkeypatch, run, "qq2clone start 1,^ru", shell) == ["1,^running"]
    assert offers(monkeypatch, run, "qq2clone rm 1,2", shell) == ["1,2"]
    assert {"all", "off", "1", "4"} <= set(offers(monkeypatch, run, "qq2clone rm ", shell))


def test_numbers_are_those_of_the_template_named_before(
    monkeypatch: pytest.MonkeyPatch, run: Run, web: SampleFleet
) -> None:
    web.add_template("db")
    assert offers(monkeypatch, run, "qq2clone -t web rm 3") == ["3"]
    assert offers(monkeypatch, run, "qq2clone -t db rm 3") == []


def test_numbers_are_those_of_the_template_that_the_settings_name(
    monkeypatch: pytest.MonkeyPatch, run: Run, world: MemoryWorld, web: SampleFleet
) -> None:
    web.add_template("db")
    assert offers(monkeypatch, run, "qq2clone rm 3") == []
    world.settings = Preferences(template="web")
    assert offers(monkeypatch, run, "qq2clone rm 3") == ["3"]


@pytest.mark.parametrize(
    ("begun", "offered"), [("2-", ["2-3", "2-4"]), ("^3-", ["^3-4"]), ("²-", []), ("9" * 5000 + "-", [])]
)
def test_a_range_that_was_begun_ends_at_a_clone(
    monkeypatch: pytest.MonkeyPatch, run: Run, web: SampleFleet, begun: str, offered: list[str]
) -> None:
    assert offers(monkeypatch, run, f"qq2clone rm {begun}") == offered


def test_templates_are_completed_and_hostile_names_are_not(
    monkeypatch: pytest.MonkeyPatch, run: Run, world: MemoryWorld, web: SampleFleet
) -> None:
    web.add_template("win11")
    web.add_template("w\x1b[31m")
    assert offers(monkeypatch, run, "qq2clone -t w") == ["web", "win11"]
    assert offers(monkeypatch, run, "qq2clone delete-template we") == ["web"]
    assert world.opened == []


def test_trouble_with_the_catalogue_offers_nothing_and_says_nothing(
    monkeypatch: pytest.MonkeyPatch, run: Run, world: MemoryWorld
) -> None:
    def refuse(shared: object) -> dict[str, list[int]]:
        raise AccessError("cannot read the catalogue")

    monkeypatch.setattr(world, "remembered", refuse)
    assert offers(monkeypatch, run, "qq2clone -t w") == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_calls_the_program(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert result.code == 0
    assert f"{VARIABLE}={shell}_complete" in result.out


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_a_real_bash_completes_with_the_script(tmp_path: Path, run: Run) -> None:
    program = tmp_path / "qq2clone"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qq2clone_tui.cli "$@"\n')
    program.chmod(0o755)
    (tmp_path / "complete.sh").write_text(run("completion", "bash").out)
    typed = (
        'source complete.sh; COMP_WORDS=(qq2clone destroy "1,^ru"); COMP_CWORD=2\n'
        '_qq2clone_completion qq2clone; printf "%s\\n" "${COMPREPLY[@]}"; complete -p qq2clone'
    )
    environment = {
        "PATH": f"{tmp_path}:/usr/bin:/bin",
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "QQ2CLONE_DATA_DIR": str(tmp_path / "data"),
        "HOME": str(tmp_path),
    }
    done = subprocess.run(["bash", "-c", typed], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert done.stdout.splitlines()[0] == b"1,^running"
    assert done.stdout.splitlines()[1].endswith(b"_qq2clone_completion qq2clone")
    assert done.stderr == b""
