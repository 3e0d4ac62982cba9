"""Programs are run as they are named, and never outlive their time."""

import sys
from pathlib import Path

import pytest

from qq2clone_tui.adapters.processes import failure, find_program, run, run_checked
from qq2clone_tui.domain.errors import AccessError, CommandFailed, MissingProgram

from .libvirt_worlds import eventually


def test_what_a_program_prints_and_returns_comes_back() -> None:
    done = run(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout_seconds=10)
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 3)


def test_no_argument_is_ever_read_by_a_shell(tmp_path: Path) -> None:
    hostile = f"; touch {tmp_path}/made $(touch {tmp_path}/made) `touch {tmp_path}/made`\n*"
    assert run(["printf", "%s", hostile], timeout_seconds=10).stdout == hostile
    assert list(tmp_path.iterdir()) == []


def test_programs_speak_plain_english_and_have_no_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert run(["sh", "-c", 'echo "$LC_ALL"; cat'], timeout_seconds=10).stdout == "C\n"


def test_input_and_variables_reach_the_program() -> None:
    done = run(["sh", "-c", 'cat; echo "$NAME"'], timeout_seconds=10, input="é\n", env={"NAME": "[red]"})
    assert done.stdout == "é\n[red]\n"


def test_a_missing_program_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="apt-get install qemu-utils"):
        find_program("qemu-img")
    with pytest.raises(MissingProgram, match="no-such-program"):
        run(["no-such-program"], timeout_seconds=1)


def test_a_program_that_cannot_start_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF nonsense")
    broken.chmod(0o755)
    with pytest.raises(AccessError, match="broken"):
        run([str(broken)], timeout_seconds=1)


def test_an_argument_that_no_program_can_be_given_is_refused() -> None:
    with pytest.raises(AccessError, match="null byte"):
        run(["printf", "a\0b"], timeout_seconds=1)


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"
    script = f"sleep 300 & echo $! > '{note}'; wait"
    with pytest.raises(CommandFailed, match=r"stopped after 0\.5 seconds"):
        run(["sh", "-c", script], timeout_seconds=0.5)
    child = int(note.read_text())
    assert eventually(lambda: _ended(child))


def test_a_failure_tells_the_end_of_the_complaint_without_control_characters() -> None:
    script = "import sys; sys.stderr.write('x' * 5000 + '\\x1b[2J last words\\n'); sys.exit(1)"
    with pytest.raises(CommandFailed) as caught:
        run_checked([sys.executable, "-c", script], "cannot do it", timeout_seconds=30)
    assert caught.value.what == "cannot do it"
    assert caught.value.subject == sys.executable
    assert caught.value.why.endswith("[2J last words")
    assert "\x1b" not in str(caught.value)
    assert len(caught.value.why) <= 600


def test_a_silent_failure_tells_the_exit_status() -> None:
    done = run(["sh", "-c", "exit 7"], timeout_seconds=10)
    assert "status 7" in str(failure("cannot do it", "sh", done))


def _ended(pid: int) -> bool:
    # Whoever adopts orphans may take its time to bury them: a zombie has ended.
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
