"""Programs that go on without us, and what is known of this host's viewers."""

import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host.viewers import HostViewers
from qq2clone_tui.adapters.places import find_places
from qq2clone_tui.adapters.processes.detached import Detached, start_detached
from qq2clone_tui.adapters.processes.keep_end import KEPT_BYTES, keep
from qq2clone_tui.domain.errors import AccessError, MissingProgram
from qq2clone_tui.domain.graphics import Endpoint, GraphicsKind
from qq2clone_tui.domain.viewers import Viewer, ViewerCall

SECONDS = 20.0


def _await(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _shell(tmp_path: Path, script: str) -> Detached:
    return start_detached(["sh", "-c", script], tmp_path / "log")


def test_the_end_of_a_program_and_its_last_words_are_known(tmp_path: Path) -> None:
    program = _shell(tmp_path, "echo one; echo two >&2; exit 7")
    assert program.wait() == 7
    assert program.words() == "one\ntwo\n"


def test_words_can_be_read_while_the_program_runs(tmp_path: Path) -> None:
    program = _shell(tmp_path, "echo ready; exec sleep 1000")
    _await(lambda: program.words() == "ready\n")
    assert program.status() is None
    program.end()
    assert program.status() == -15


def test_a_program_that_hands_over_to_another_still_runs(tmp_path: Path) -> None:
    program = _shell(tmp_path, "sleep 1000 & exit 0")
    program._process.wait()
    assert program.status() is None
    program.end()
    assert program.status() == 0


def test_a_program_that_will_not_end_is_made_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qq2clone_tui.adapters.processes.detached._TERM_SECONDS", 0.3)
    program = _shell(tmp_path, "trap '' TERM; echo deaf; while :; do sleep 0.1; done")
    _await(lambda: "deaf" in program.words())
    program.end()
    assert program.status() == -9


def test_a_program_outlives_the_process_that_started_it_and_its_words_are_still_kept(tmp_path: Path) -> None:
    log, go = tmp_path / "log", tmp_path / "go"
    script = f"until test -e {go}; do sleep 0.05; done; echo after; echo $PPID"
    code = (
        "import sys, pathlib; from qq2clone_tui.adapters.processes.detached import start_detached;"
        "print(start_detached(['sh', '-c', sys.argv[1]], pathlib.Path(sys.argv[2])).pid)"
    )
    starter = [sys.executable, "-W", "ignore", "-c", code, script, str(log)]
    done = subprocess.run(starter, capture_output=True, text=True, timeout=SECONDS, check=True)
    pid = int(done.stdout)
    assert os.getsid(pid) == pid
    go.touch()
    _await(lambda: "after" in log.read_text())


def test_the_log_is_private_and_never_another_file(tmp_path: Path) -> None:
    _shell(tmp_path, "true").wait()
    assert stat.S_IMODE((tmp_path / "log").stat().st_mode) == 0o600
    with pytest.raises(AccessError):
        _shell(tmp_path, "true")


def test_a_missing_program_is_named_with_its_package_and_makes_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(MissingProgram) as caught:
        start_detached(["spicy"], tmp_path / "log")
    assert "apt-get install spice-client-gtk" in caught.value.remedy
    assert not (tmp_path / "log").exists()


def test_of_very_much_output_the_end_is_kept(tmp_path: Path) -> None:
    source, into = os.pipe()
    file = os.open(tmp_path / "kept", os.O_RDWR | os.O_APPEND | os.O_CREAT)
    total = 40 * KEPT_BYTES
    writer = subprocess.Popen(
        ["sh", "-c", f"yes 0123456789 | head -c {total}; printf 'the end'"], stdout=into, stdin=subprocess.DEVNULL
    )
    os.close(into)
    keep(source, file)
    assert writer.wait(SECONDS) == 0
    os.close(source)
    os.close(file)
    text = (tmp_path / "kept").read_text()
    assert KEPT_BYTES <= len(text) <= 2 * KEPT_BYTES
    assert text.endswith("the end")


@pytest.fixture
def viewers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HostViewers:
    """The viewers of this host, with places of their own and a viewer that reads its file."""
    program = tmp_path / "bin" / "remote-viewer"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\ncat "$1"; stat -c "mode %a" "$1"; exec sleep 1000\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    for name in ("STATE_HOME", "RUNTIME_DIR", "CONFIG_HOME", "DATA_HOME", "CACHE_HOME"):
        monkeypatch.setenv(f"XDG_{name}", str(tmp_path / name))
    return HostViewers(find_places())


def test_a_connection_file_is_private_and_deleted_when_the_viewer_has_settled(
    viewers: HostViewers, tmp_path: Path
) -> None:
    viewer = viewers.start(ViewerCall(Viewer.REMOTE_VIEWER, (), "password=geheim\n"), "../web 1\n")
    _await(lambda: "mode 600" in viewer.words())
    assert "password=geheim" in viewer.words()
    assert list(tmp_path.rglob("*.vv"))
    viewer.settle()
    viewer.settle()
    assert not list(tmp_path.rglob("*.vv"))
    assert Path(viewer.log).parent == tmp_path / "STATE_HOME" / "qq2clone" / "viewers"
    viewer.end()


def test_where_the_runtime_directory_cannot_be_had_the_file_goes_to_the_state(
    viewers: HostViewers, tmp_path: Path
) -> None:
    (tmp_path / "RUNTIME_DIR").touch()
    viewer = viewers.start(ViewerCall(Viewer.REMOTE_VIEWER, (), "password=geheim\n"), "web")
    (file,) = tmp_path.rglob("*.vv")
    assert file.parent == tmp_path / "STATE_HOME" / "qq2clone" / "run"
    viewer.settle()
    viewer.end()


def test_a_connection_file_does_not_stay_when_the_viewer_is_missing(
    viewers: HostViewers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(MissingProgram):
        viewers.start(ViewerCall(Viewer.REMOTE_VIEWER, (), "password=geheim\n"), "web")
    assert not list(tmp_path.rglob("*.vv"))


def test_old_logs_make_room_and_strange_files_stay(viewers: HostViewers, tmp_path: Path) -> None:
    directory = tmp_path / "STATE_HOME" / "qq2clone" / "viewers"
    directory.mkdir(parents=True)
    (directory / "notes.log").touch()
    for number in range(80):
        (directory / f"20200101-0000{number:02}-old.log").touch()
    viewer = viewers.start(ViewerCall(Viewer.REMOTE_VIEWER, ("/dev/null",)), "web")
    viewer.end()
    assert (directory / "notes.log").exists()
    left = sorted(path.name for path in directory.glob("*-old.log"))
    assert len(left) == 60
    assert left[-1] == "20200101-000079-old.log"


@pytest.mark.parametrize(
    ("environment", "there"),
    [({"DISPLAY": ":0"}, True), ({"WAYLAND_DISPLAY": "wayland-0"}, True), ({"DISPLAY": ""}, False), ({}, False)],
)
def test_a_screen_is_there_when_the_environment_names_one(
    viewers: HostViewers, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], there: bool
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert viewers.has_screen() is there


def test_the_host_is_the_one_that_its_user_came_to_by_ssh(
    viewers: HostViewers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "ada")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.1 40000 203.0.113.7 2222")
    here = viewers.here()
    assert (here.host, here.user, here.ssh_port) == ("203.0.113.7", "ada", 2222)
    monkeypatch.setenv("SSH_CONNECTION", "nonsense")
    assert viewers.here().host == socket.gethostname()


def test_knocking_tells_who_listens(viewers: HostViewers, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        endpoint = Endpoint(GraphicsKind.VNC, "127.0.0.1", port)
        knocked = viewers.knock(endpoint)
        _, peer = server.accept()
        assert knocked == peer[1]
    assert viewers.knock(endpoint) is None
    path = str(tmp_path / "socket")
    assert viewers.knock(Endpoint(GraphicsKind.VNC, socket=path)) is None
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        assert viewers.knock(Endpoint(GraphicsKind.VNC, socket=path)) == 0


def test_a_full_disk_costs_what_a_program_said_and_not_the_program() -> None:
    source, into = os.pipe()
    os.write(into, b"some of many words")
    os.close(into)
    with Path("/dev/full").open("ab", buffering=0) as full:
        keep(source, full.fileno())
    assert os.read(source, 1) == b"", "all was read, so nobody is told of a broken pipe"
    os.close(source)
