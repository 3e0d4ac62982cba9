"""Copying where tmux stands between the program and the terminal."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host.clipboard import HostClipboard

TEXT = "remote-viewer spice://localhost:5900 'a b'"


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Path]:
    """A tmux server of the test's own, with one session; yield its socket."""
    program = shutil.which("tmux")
    if program is None:
        pytest.skip("tmux is not installed")
    path = tmp_path / "tmux"
    subprocess.run([program, "-S", str(path), "-f", "/dev/null", "new-session", "-d", "cat"], check=True, timeout=20)
    yield path
    subprocess.run([program, "-S", str(path), "kill-server"], check=True, timeout=20)


def test_outside_of_tmux_nothing_stands_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    assert HostClipboard().put(TEXT) == ""


def test_tmux_is_given_the_text_as_it_is(tmux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMUX", f"{tmux},{os.getpid()},0")
    assert HostClipboard().put(TEXT) == ""
    shown = subprocess.run(
        ["tmux", "-S", str(tmux), "show-buffer"], capture_output=True, text=True, timeout=20, check=True
    )
    assert shown.stdout == TEXT


def test_a_tmux_that_does_not_answer_is_said_to_need_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX", f"{tmp_path}/nobody,1,0")
    assert "set-clipboard" in HostClipboard().put(TEXT)
