"""What holds for the command line as a process: imports, pipes, signals, crashes."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli.main import main
from qq2clone_tui.cli.shared import Shared
from qq2clone_tui.domain.states import PowerVerb

from .conftest import MemoryWorld, Run

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "qq2clone_tui.cli")

MEMORY = """
import sys
from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.cli.main import main
from tests.cli.conftest import MemoryWorld
from qq2clone_tui.domain.states import DomainState
fleet = SampleFleet()
fleet.add_clones(fleet.add_template("web"), [DomainState.RUNNING] * {machines})
world = MemoryWorld(fleet)
"""


def python(code: str) -> "subprocess.Popen[bytes]":
    pipe = subprocess.PIPE
    words = [sys.executable, "-c", code]
    return subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)


@pytest.mark.parametrize(
    "words", [[], ["--help"], ["rm", "--help"], ["list", "--help"], ["--version"], ["start", "1,,"]]
)
def test_help_and_usage_errors_load_neither_screen_nor_hypervisor_nor_xml(words: list[str]) -> None:
    code = (
        f"import sys\nfrom qq2clone_tui.cli.main import main\nmain({words!r})\n"
        "heavy = {'textual', 'rich', 'libvirt', 'lxml', 'sqlite3', 'msgspec'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)"
    )
    process = python(code)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 0, errors


def test_the_module_runs_as_a_program_and_returns_exit_codes() -> None:
    done = subprocess.run([*COMMAND, "start", "1,,2"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert done.returncode == 12
    assert done.stdout == b""
    assert done.stderr.splitlines()[-1] == b"    ^"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    process = python(MEMORY.format(machines=2000) + "sys.exit(main(['list', '-v'], world=world))")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    _, *errors = process.stderr.read().splitlines()
    assert process.wait(timeout=60) == 141
    assert errors == []
    process.stderr.close()


@pytest.mark.parametrize("words", [["list"], ["--help"]])
def test_a_full_disk_under_stdout_is_said_and_exits_10(words: list[str]) -> None:
    code = MEMORY.format(machines=3) + f"sys.exit(main({words!r}, world=world))"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", code],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            cwd=ROOT,
        )
    assert done.returncode == 10
    assert done.stderr == b"qq2clone: cannot write the results: No space left on device.\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [(["start", "nosuch"], 12), (["nosuch"], 12), (["-t", "nosuch", "list"], 13), (["suspend", "all"], 0)],
)
def test_where_nothing_can_be_said_the_work_is_done_and_the_exit_code_still_tells_how_it_went(
    words: list[str], code: int
) -> None:
    program = MEMORY.format(machines=3) + f"sys.exit(main({words!r}, world=world))"
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-c", program], stderr=full, stdout=full, check=False, cwd=ROOT)
    assert done.returncode == code


def test_a_listener_that_leaves_early_does_not_hide_how_a_batch_went() -> None:
    process = python(MEMORY.format(machines=3) + "sys.exit(main(['-v', 'resume', 'all'], world=world))")
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait(timeout=60) == 12
    assert process.stdout is not None
    process.stdout.close()


def test_closed_streams_are_survived() -> None:
    code = MEMORY.format(machines=3) + "sys.exit(main(['-v', 'list'], world=world))"
    shell = 'exec "$0" -c "$1" >&- 2>&- <&-'
    done = subprocess.run(["/bin/sh", "-c", shell, sys.executable, code], check=False, cwd=ROOT)
    assert done.returncode == 0


def test_ctrl_c_lets_the_machines_under_way_finish_skips_the_rest_and_exits_130() -> None:
    code = MEMORY.format(machines=30) + (
        "import signal, threading\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "power = fleet.hypervisor.power\n"
        "def slow(verb, uuid):\n"
        "    print('begun', file=sys.stderr, flush=True)\n"
        "    threading.Event().wait(0.5)\n"
        "    power(verb, uuid)\n"
        "fleet.hypervisor.power = slow\n"
        "code = main(['destroy', 'all', '--json'], world=world)\n"
        "sys.exit(code)\n"
    )
    process = python(code)
    assert process.stderr is not None
    process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert b'"state": "skipped"' in out
    assert b'"state": "done"' in out
    assert b'"failed": 0' in out


def test_ctrl_c_before_a_batch_is_quiet(world: MemoryWorld, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    def interrupted(shared: Shared) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(world, "open_session", interrupted)
    result = run("list")
    assert (result.code, result.out, result.err) == (130, "", "")


def test_a_bug_is_one_paragraph_and_its_traceback_is_in_a_private_log(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    def broken(shared: Shared) -> None:
        raise ZeroDivisionError("a bug\x1b[31m")

    monkeypatch.setattr(world, "open_session", broken)
    result = run("--data-dir", str(tmp_path / "data"), "list")
    log = tmp_path / "data" / "qq2clone.log"
    assert result.code == 19
    assert len(result.err.splitlines()) == 1
    assert str(log) in result.err
    assert "\x1b" not in result.err
    assert "ZeroDivisionError" in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_a_log_is_never_written_through_a_link(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch, run: Run, tmp_path: Path
) -> None:
    def broken(shared: Shared) -> None:
        raise ZeroDivisionError

    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "qq2clone.log").symlink_to(precious)
    monkeypatch.setattr(world, "open_session", broken)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    assert run("--data-dir", str(tmp_path), "list").code == 19
    assert precious.read_text() == "mine"


def test_narration_on_a_terminal_is_wrapped_to_its_width(
    world: MemoryWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    assert main(["-t", "nosuch", "list"], world=world) == 13
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) > 1
    assert all(len(line) <= 40 for line in lines)


def test_a_real_terminal_is_asked_before_anything_is_removed() -> None:
    import pty

    code = (
        MEMORY.format(machines=3) + "sys.exit(main(['rm', 'all'], world=world) + len(fleet.hypervisor.list_domains()))"
    )
    ours, theirs = pty.openpty()
    process = subprocess.Popen([sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, cwd=ROOT)
    os.close(theirs)
    said = b""
    while b"[y/N]" not in said:
        said += os.read(ours, 1024)
    os.write(ours, b"y\n")
    assert process.wait(timeout=30) == 0
    os.close(ours)
    assert b"web-1, web-2, web-3" in said


def test_a_bug_in_one_machine_fails_that_machine_and_is_explained_in_the_log(
    run: Run, web: SampleFleet, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def broken(verb: PowerVerb, uuid: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(web.hypervisor, "power", broken)
    result = run("--data-dir", str(tmp_path), "destroy", "1")
    assert result.code == 19
    assert "Traceback" not in result.err
    assert "ZeroDivisionError" in (tmp_path / "qq2clone.log").read_text()


def test_ctrl_c_while_the_program_loads_is_quiet() -> None:
    code = (
        "import sys\nfrom qq2clone_tui.cli.main import main\n"
        "class Interrupted:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupted())\n"
        "sys.exit(main(['list']))"
    )
    process = python(code)
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (130, b"", b"")
