"""``exec`` as it is typed: what goes where, and what a terminal, a closed pipe or Ctrl-C change."""

import os
import pty
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host.shell import HostShell
from qq2clone_tui.adapters.memory.sample import SampleFleet

from .conftest import MemoryWorld, Run

ROOT = Path(__file__).parents[2]

EXEC = """
import signal, sys
from qq2clone_tui.adapters.host.shell import HostShell
from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli.process import last_words, run
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.ports.programs import Programs
from tests.cli.conftest import MemoryWorld
signal.signal(signal.SIGINT, signal.default_int_handler)
fleet = SampleFleet()
fleet.add_clones(fleet.add_template("web"), [DomainState.OFF] * 4)
world = MemoryWorld(fleet)
world.programs = Programs(bash=HostShell())
arguments = ["exec", *sys.argv[1:]]
try:
    code = run(arguments, world)
except OSError as error:
    code = last_words(error, arguments)
sys.exit(code)
"""


@pytest.fixture(autouse=True)
def shell(world: MemoryWorld) -> None:
    """Give the world the real bash."""
    world.programs = replace(world.programs, bash=HostShell())


def typed(*words: str, stdout: int = subprocess.PIPE) -> "subprocess.Popen[bytes]":
    """Type at a process of its own with four machines."""
    return subprocess.Popen(
        [sys.executable, "-c", EXEC, *words], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE
    )


def gone(pid: str) -> bool:
    """Tell whether a process has ended; one that nobody has waited for yet counts."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def seen_on_terminal(*words: str) -> str:
    """Return what a terminal as standard output gets to see."""
    ours, theirs = pty.openpty()
    process = typed(*words, stdout=theirs)
    os.close(theirs)
    text = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other side is closed: https://man7.org/linux/man-pages/man7/pty.7.html
            break
        if not piece:
            break
        text += piece
    process.communicate(timeout=60)
    os.close(ours)
    return text.decode()


def test_outputs_in_parallel_are_kept_apart_each_under_its_machine(run: Run, web: SampleFleet) -> None:
    result = run("exec", "all", "echo one $name; echo two $name", "--parallel", "4")
    blocks = sorted(block for block in result.out.split("== ") if block)
    assert blocks == [f"web-{number}: exit 0\none web-{number}\ntwo web-{number}\n" for number in (1, 2, 3, 4)]


def test_equal_results_are_shown_once_the_largest_group_first(run: Run, web: SampleFleet) -> None:
    result = run("exec", "all", "echo $((number == 2)); exit $((number == 2))", "--keep-going", "--group")
    assert result.code == 14
    assert result.out == "== 3 the same (web-1, web-3, web-4): exit 0\n0\n== web-2: exit 1\n1\n"


def test_the_failed_of_the_last_run_are_a_tag_for_every_verb_and_completed(
    run: Run, web: SampleFleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("exec", "all", "test $number -ge 3", "--keep-going", "-Q").code == 14
    plan = run("rm", "@failed", "--dry-run", "--json").json["plan"]
    assert [step["name"] for step in plan["steps"]] == ["web-1", "web-2"]
    monkeypatch.setenv("_QQ2CLONE_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "qq2clone start all,^@f")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert run().out == "plain,all,^@failed\n"


def test_json_has_every_machine_and_stdout_nothing_else(run: Run, web: SampleFleet) -> None:
    result = run("exec", "all", "echo out; echo err >&2; exit $number", "--json")
    assert result.code == 14
    first, second = result.json["machines"][:2]
    assert {key: first[key] for key in ("name", "number", "ending", "code", "stdout", "stderr", "truncated")} == {
        "name": "web-1", "number": 1, "ending": "exited", "code": 1, "stdout": "out\n", "stderr": "err\n",
        "truncated": False,
    }  # fmt: skip
    assert (second["state"], second["ending"], second["code"]) == ("skipped", None, None)


def test_without_bash_nothing_is_run(
    run: Run, web: SampleFleet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run("exec", "all", "true")
    assert result.code == 11
    assert "bash" in result.err


@pytest.mark.parametrize("words", [("--parallel", "0"), ("--timeout", "0"), ("--timeout", "nan"), ("--timeout", "-1")])
def test_nonsense_is_refused(run: Run, web: SampleFleet, words: tuple[str, ...], tmp_path: Path) -> None:
    assert run("exec", "all", f"touch {tmp_path}/ran", *words).code == 12
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_gets_the_bytes_as_they_are() -> None:
    out, _ = typed("1", r"printf '\033[31m\377\000'").communicate(timeout=60)
    assert out == b"\x1b[31m\xff\x00"


def test_a_terminal_gets_nothing_that_could_steer_it() -> None:
    text = seen_on_terminal("1", r"printf 'a\tb\033]0;title\007 \302\233 \303'; sleep 0.2; printf '\251\n'")
    assert text == "a\tb\\x1b]0;title\\x07 \\x9b é\r\n"


def test_on_a_terminal_parallel_results_are_grouped() -> None:
    text = seen_on_terminal("all", "echo hello", "--parallel", "4")
    assert "== 4 the same (web-1, web-2, web-3, web-4): exit 0\r\nhello\r\n" in text


@pytest.mark.parametrize("manner", [(), ("--parallel", "2")])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_ends_the_commands_and_their_children_and_reports_what_was_done(
    tmp_path: Path, manner: tuple[str, ...], number: signal.Signals
) -> None:
    command = f"[ $number = 1 ] && exit; sleep 600 & echo $$ $! > {tmp_path}/new; mv {tmp_path}/new {tmp_path}/pids; "
    process = typed("1-3", command + "echo begun >&2; wait", "--json", *manner)
    while not (tmp_path / "pids").exists():
        assert process.poll() is None
    pids = (tmp_path / "pids").read_text().split()
    process.send_signal(number)
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b'"code": 0' in out
    assert b'"why": "stopped"' in out
    deadline = time.monotonic() + 20
    while not all(gone(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("manner", [(), ("--parallel", "2", "--keep-going")])
def test_when_nobody_reads_any_more_the_commands_are_stopped(manner: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    process = typed("all", "[ $number = 1 ] && echo one && exit; yes | head -c 10000000; exec sleep 600", *manner,
                    stdout=writing)  # fmt: skip
    os.close(writing)
    assert os.read(reading, 1)
    os.close(reading)
    if manner:  # a block is written when its command has ended, so the limit has to be met first
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 141
    assert b"Traceback" not in errors
