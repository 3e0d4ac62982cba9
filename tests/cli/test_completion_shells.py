"""The real bash, zsh and fish complete with what the wheel installs for them."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT
from tests.real.typist import Typist

COMPLETION = ROOT / "docs" / "completion"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home whose ``bin`` has the program."""
    program = tmp_path / "bin" / "qq2clone"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qq2clone_tui.cli "$@"\n')
    program.chmod(0o755)
    return tmp_path


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """Return what the shells find in their environment."""
    return {
        "PATH": f"{home}/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "QQ2CLONE_DATA_DIR": str(home / "data"),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "share"),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


CASES = [
    ("shred", []),
    ("rm-s", ["rm-shred"]),
    ("destroy 1,^ru", ["1,^running"]),
    ("config info spice", ["spice_timeout"]),
    ("modify-template any ", ["edit", "rename"]),
    ("exec all --par", ["--parallel"]),
    ("rm-wipe all --algorithm gut", ["gutmann"]),
]


@pytest.mark.parametrize(("words", "offered"), CASES)
@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_a_real_fish_completes(environment: dict[str, str], words: str, offered: list[str]) -> None:
    line = f"source {COMPLETION / 'qq2clone.fish'}; complete -C 'qq2clone {words}'"
    done = subprocess.run(
        ["fish", "--no-config", "-c", line], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert [each.partition("\t")[0] for each in done.stdout.splitlines()] == offered


@pytest.mark.parametrize(("words", "offered"), CASES)
def test_a_real_bash_completes(environment: dict[str, str], words: str, offered: list[str]) -> None:
    typed = ["qq2clone", *words.split(" ")]
    line = f"source {COMPLETION / 'qq2clone.bash'}; COMP_CWORD={len(typed) - 1}\n"
    line += f"COMP_WORDS=({' '.join(repr(word) for word in typed)})\n"
    line += '_qq2clone_completion qq2clone; ((${#COMPREPLY[@]})) && printf "%s\\n" "${COMPREPLY[@]}"; :'
    done = subprocess.run(["bash", "-c", line], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == offered


@pytest.fixture
def zsh(home: Path, environment: dict[str, str]) -> Iterator[Typist]:
    """Start zsh on a terminal, with the completion where packages put it."""
    functions = home / "functions"
    functions.mkdir()
    shutil.copy(COMPLETION / "_qq2clone", functions)
    (home / ".zshrc").write_text(f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u; PS1='ready> '\n")
    with Typist(["zsh", "-i"], home, {**environment, "ZDOTDIR": str(home)}) as typist:
        typist.wait_for("ready>")
        yield typist


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(("words", "offered"), [case for case in CASES if len(case[1]) == 1])
def test_a_real_zsh_completes(zsh: Typist, words: str, offered: list[str]) -> None:
    start_of_line, completed = "\x01", " ".join([*words.split(" ")[:-1], *offered])
    zsh.type(f"qq2clone {words}\t{start_of_line}print -r -- \n")
    zsh.wait_for(f"qq2clone {completed}")
