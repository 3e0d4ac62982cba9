"""Commands of the user's end as they should, whatever they print and however they resist."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host.shell import HostShell
from qq2clone_tui.domain.errors import AccessError, MissingProgram
from qq2clone_tui.domain.outcome import Ending, Outcome

KEEP_BYTES = 10_000


def run(
    command: str,
    *,
    timeout_seconds: float | None = None,
    stop: threading.Event | None = None,
    on_output: Callable[[bool, bytes], None] | None = None,
    **variables: str,
) -> Outcome:
    return HostShell().run(
        command,
        variables,
        timeout_seconds=timeout_seconds,
        stop=stop or threading.Event(),
        keep_bytes=KEEP_BYTES,
        on_output=on_output,
    )


def gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody has waited for yet counts."""
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true"
        time.sleep(0.01)


def test_both_streams_the_status_and_the_time_are_kept() -> None:
    outcome = run("echo out; echo err >&2; exit 3")
    assert (outcome.ending, outcome.code) == (Ending.EXITED, 3)
    assert (outcome.stdout.head, outcome.stderr.head) == (b"out\n", b"err\n")
    assert 0 < outcome.seconds < 20


@pytest.mark.parametrize("value", ["$(touch owned)", "; touch owned", "`touch owned`", "a\nb", "é\t'\"\\", ""])
def test_a_variable_is_only_a_value(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run('printf %s "$name"', name=value).stdout.head.decode() == value
    assert list(tmp_path.iterdir()) == []


def test_the_input_is_empty_and_there_is_no_terminal() -> None:
    assert run("cat; test -t 0 || echo none; (: < /dev/tty) 2> /dev/null || echo alone").stdout.head == b"none\nalone\n"


def test_none_of_our_files_is_open_in_the_command(tmp_path: Path) -> None:
    with (tmp_path / "ours").open("w") as ours:
        os.set_inheritable(ours.fileno(), True)
        assert run(f"test -e /proc/self/fd/{ours.fileno()}").code == 1


def test_a_command_killed_by_a_signal_is_told_apart() -> None:
    assert (run("kill -SEGV $$").ending, run("kill -SEGV $$").code) == (Ending.SIGNALLED, 11)


def test_very_much_output_is_counted_and_its_two_ends_kept() -> None:
    outcome = run("seq 3000000 | tee /dev/stderr; echo end")
    for output in (outcome.stdout, outcome.stderr):
        assert output.total > 20_000_000
        assert output.head.startswith(b"1\n2\n3\n")
        assert len(output.head) + len(output.tail) <= KEEP_BYTES
        assert output.left_out == output.total - KEEP_BYTES
    assert outcome.stdout.tail.endswith(b"3000000\nend\n")
    assert outcome.stdout.digest != outcome.stderr.digest


def test_output_comes_while_the_command_runs() -> None:
    stop, pieces = threading.Event(), []

    def hear(is_error: bool, piece: bytes) -> None:
        pieces.append((is_error, piece))
        stop.set()

    assert run("echo first; exec sleep 600", stop=stop, on_output=hear).why == "stopped"
    assert pieces == [(False, b"first\n")]


def test_a_time_limit_ends_the_command_and_its_children(tmp_path: Path) -> None:
    outcome = run(f"sleep 600 & echo $! > {tmp_path}/pid; wait", timeout_seconds=0.3)
    assert outcome.ending is Ending.TIMED_OUT
    assert outcome.why == "it was stopped after 0.3 s"
    wait_until(lambda: gone(int((tmp_path / "pid").read_text())))


def test_a_command_may_tidy_up_when_its_time_is_up() -> None:
    assert run("trap 'echo tidy; exit 0' TERM; sleep 600 & wait", timeout_seconds=0.3).stdout.head == b"tidy\n"


def test_a_command_that_will_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = f"trap '' TERM; (trap '' TERM; echo $BASHPID > {tmp_path}/pid; while :; do sleep 0.1; done) & wait; wait"
    outcome = run(stubborn, timeout_seconds=0.3)
    assert outcome.ending is Ending.TIMED_OUT
    assert outcome.seconds < 20
    wait_until(lambda: gone(int((tmp_path / "pid").read_text())))


def test_a_child_left_behind_that_holds_the_output_is_not_waited_for(tmp_path: Path) -> None:
    outcome = run(f"sleep 600 & echo $! > {tmp_path}/pid; echo done")
    pid = int((tmp_path / "pid").read_text())
    try:
        assert outcome.good
        assert outcome.stdout.head == b"done\n"
        assert not gone(pid)
    finally:
        os.kill(pid, 9)


def test_a_listener_that_fails_does_not_leave_the_command_running(tmp_path: Path) -> None:
    def full(_is_error: bool, _piece: bytes) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run(f"echo $$ > {tmp_path}/pid; echo hello; exec sleep 600", on_output=full)
    assert gone(int((tmp_path / "pid").read_text()))


def test_no_descriptor_is_left_open() -> None:
    run("true")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        run("echo hello")
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_host_without_bash_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="bash"):
        HostShell().check()


def test_a_command_longer_than_the_kernel_takes_is_refused_in_words() -> None:
    with pytest.raises(AccessError, match="too long"):
        run("#" * 3_000_000)
