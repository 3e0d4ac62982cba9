"""What guests are asked to run, tried with the shells that guests have for /bin/sh."""

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt.guest_shell import Posix

MARK = "f00d"
SHELLS = [[shell] if shell != "busybox" else ["busybox", "sh"] for shell in ("dash", "bash", "busybox")]


@pytest.fixture(params=SHELLS, ids=" ".join)
def shell(request: pytest.FixtureRequest) -> list[str]:
    """The words that begin a shell."""
    words: list[str] = request.param
    if not shutil.which(words[0]):
        pytest.skip(f"{words[0]} is not installed")
    return words


def _let_process_numbers_begin_again() -> bool:
    """Let the processes from the one after the next on have lower numbers than it, as happens on busy hosts."""
    try:
        most = int(Path("/proc/sys/kernel/pid_max").read_text())
        Path("/proc/sys/kernel/ns_last_pid").write_text(str(most - 2))
    except OSError:
        return False
    return True


def words(command: str, keep_bytes: int = 1000) -> list[str]:
    return [str(word) for word in Posix().run(command, keep_bytes, MARK)["arg"]]


def run(shell: list[str], command: str, keep_bytes: int = 1000) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [*shell, *words(command, keep_bytes)], stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False
    )


@pytest.mark.parametrize("status", [0, 1, 255])
def test_status_output_and_errors_are_the_commands(shell: list[str], status: int) -> None:
    done = run(shell, f"echo out; echo err >&2; exit {status}")
    assert done.returncode == status
    assert Posix().output(done.stdout, MARK, truncated=False).head == b"out\n"
    assert Posix().output(done.stderr, MARK, truncated=False).head == b"err\n"


def test_the_beginning_is_kept_and_the_rest_counted(shell: list[str]) -> None:
    done = run(shell, "head -c 500000 /dev/zero", keep_bytes=4096)
    output = Posix().output(done.stdout, MARK, truncated=False)
    assert output.head == b"\0" * 4096
    assert output.total == pytest.approx(500_000, abs=8192)


def test_a_service_left_behind_with_its_output_elsewhere_is_not_waited_for(shell: list[str], tmp_path: Path) -> None:
    began = time.monotonic()
    run(shell, f"sleep 15 >/dev/null 2>&1 & echo $! > '{tmp_path}/pid'")
    assert time.monotonic() - began < 10
    os.kill(int((tmp_path / "pid").read_text()), 9)


@pytest.mark.parametrize("numbers", ["rising", "begun again"])
def test_a_command_is_killed_alone_and_what_it_printed_stays(shell: list[str], tmp_path: Path, numbers: str) -> None:
    if numbers == "begun again" and not _let_process_numbers_begin_again():
        pytest.skip("only root of a host can say which number a process gets")
    note = tmp_path / "pids"
    process = subprocess.Popen(
        [*shell, *words(f"echo begun; sleep 4711 & echo $! $$ > '{note}.new'; mv '{note}.new' '{note}'; sleep 4711")],
        stdout=subprocess.PIPE,
    )
    deadline = time.monotonic() + 10
    while not note.exists():
        assert time.monotonic() < deadline
    arguments = [str(word) for word in Posix().kill(process.pid)["arg"]]
    assert subprocess.run([*shell, *arguments], timeout=20, check=False).returncode == 0
    out, _ = process.communicate(timeout=20)
    assert Posix().output(out, MARK, truncated=False).head == b"begun\n"
    assert process.returncode == 128 + 9
    for pid in note.read_text().split():
        state = Path(f"/proc/{pid}/stat")
        assert not state.exists() or " Z " in state.read_text(), "it still runs"
