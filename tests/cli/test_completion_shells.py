"""The real bash, zsh and fish complete with what the wheel installs for them."""

import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.catalogue.catalogue import SqliteCatalogue
from qq2clone_tui.adapters.catalogue.location import catalogue_path
from tests.adapters.catalogue_samples import Ask, template
from tests.architecture.checkout import ROOT
from tests.real.typist import Typist

COMPLETION = ROOT / "docs" / "completion"
URI = "test:///nobody-asks-it"
HOSTILE = ("$(touch ran)", "`touch ran`", "'; touch ran; '", "\ntouch ran\n", "two words", "\x1b[31m")
"""What may be typed, or stand in a catalogue that another program wrote, behind a word's first letter."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home whose ``bin`` has the program."""
    program = tmp_path / "bin" / "qq2clone"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qq2clone_tui.cli "$@"\n')
    program.chmod(0o755)
    _fill_catalogue(tmp_path)
    return tmp_path


def _fill_catalogue(home: Path) -> None:
    """Remember two templates, clones of one of them, a tag, and hostile tags."""
    path = catalogue_path(home / "data", socket.gethostname(), URI)
    catalogue = SqliteCatalogue(path, home / "templates")
    catalogue.add_template(template("web"))
    catalogue.add_template(template("spare"))
    uuids = [clone.identity.uuid for clone in catalogue.reserve(Ask("web", 3))]
    for word in ("blue", *(f"b{text}" for text in HOSTILE)):
        catalogue.tags.add(word, uuids)
    catalogue.close()


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    """Return what the shells find in their environment."""
    return {
        "PATH": f"{home}/bin:/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "QQ2CLONE_DATA_DIR": str(home / "data"),
        "QQ2CLONE_CONNECTION": URI,
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
    ("modify-template any co", ["commit-image"]),
    ("modify-template any re", ["rename"]),
    ("exec all --par", ["--parallel"]),
    ("rm-wipe all --algorithm gut", ["gutmann"]),
    ("-t w", ["web"]),
    ("delete-template s", ["spare"]),
    ("modify-template we", ["web"]),
    ("-t web start 2-", ["2-3"]),
    ("-t web start running,^2-", ["running,^2-3"]),
    ("-t web start 3", ["3"]),
    ("start 1,@b", ["1,@blue"]),
    ("tag 1 b", ["blue"]),
    *((f"-t {shlex.quote(f'w{text}')}", []) for text in HOSTILE if text.isprintable()),
]


@pytest.mark.parametrize(("words", "offered"), CASES)
@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_a_real_fish_completes(home: Path, environment: dict[str, str], words: str, offered: list[str]) -> None:
    line = f"source {COMPLETION / 'qq2clone.fish'}; complete -C $typed"
    done = subprocess.run(
        ["fish", "--no-config", "-c", line], env={**environment, "typed": f"qq2clone {words}"}, cwd=home,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [each.partition("\t")[0] for each in done.stdout.splitlines()] == offered
    assert not (home / "ran").exists()


@pytest.mark.parametrize(("words", "offered"), CASES)
def test_a_real_bash_completes(home: Path, environment: dict[str, str], words: str, offered: list[str]) -> None:
    typed = ["qq2clone", *(shlex.split(words) if "'" in words else words.split(" "))]
    line = f"source {COMPLETION / 'qq2clone.bash'}; COMP_CWORD={len(typed) - 1}\n"
    line += f"COMP_WORDS=({' '.join(shlex.quote(word) for word in typed)})\n"
    line += '_qq2clone_completion qq2clone; ((${#COMPREPLY[@]})) && printf "%s\\n" "${COMPREPLY[@]}"; :'
    done = subprocess.run(["bash", "-c", line], env=environment, cwd=home, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == offered
    assert not (home / "ran").exists()


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


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_a_real_zsh_runs_nothing_of_what_is_typed_or_remembered(zsh: Typist, home: Path) -> None:
    kill_line = "\x15"
    for number, text in enumerate(each for each in HOSTILE if each.isprintable()):
        zsh.type(f"qq2clone -t {shlex.quote(f'w{text}')}\t{kill_line}print -r -- do''ne{number}\n")
        zsh.wait_for(f" done{number}")
    zsh.type(f"qq2clone untag 1 b\t\t{kill_line}print -r -- al''l\n")
    zsh.wait_for(" all")
    assert not (home / "ran").exists()
