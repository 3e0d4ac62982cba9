"""Start and end libvirt daemons for tests; only processes started here are ever ended."""

import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

NOBODY = 65534
SYSTEM_SOCKET = Path("/var/run/libvirt/libvirt-sock")
START_SECONDS = 30.0
TURN_SECONDS = 240.0


def _program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _await_socket(path: Path, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while not _answers(path):
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"{process.args!r} did not open {path}")
        time.sleep(0.02)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


class Daemons:
    """One unprivileged libvirtd in a directory of its own; started, killed and started again at will."""

    def __init__(self, directory: Path, program: str) -> None:
        self.directory = directory
        self.socket = directory / "run" / "libvirt" / "libvirt-sock"
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    def uri(self, driver: str = "test", path: str = "/default") -> str:
        """Return a URI that reaches a driver inside this daemon."""
        return f"{driver}+unix://{path}?socket={self.socket}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        home = {name: str(self.directory / name.lower()) for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        as_root = os.geteuid() == 0
        self._process = subprocess.Popen(
            [self._program],
            env={"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(self.directory / "run"), **home},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
            user=NOBODY if as_root else None,
            group=NOBODY if as_root else None,
            extra_groups=[] if as_root else None,
        )
        _await_socket(self.socket, self._process)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the daemon."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def end(self) -> None:
        """End it for good."""
        if self._process is not None:
            _end(self._process)


@contextmanager
def session_daemon() -> Iterator[Daemons]:
    """Run a libvirtd of nobody's (or, without root, of one's own) apart from the host's."""
    program = _program("libvirtd")
    directory = Path(tempfile.mkdtemp(prefix="qq", dir="/tmp"))
    for name in ("run", "home", "xdg_cache_home", "xdg_config_home"):
        (directory / name).mkdir(mode=0o700)
    settings = directory / "xdg_config_home" / "libvirt"
    settings.mkdir()
    (settings / "qemu.conf").write_text('stdio_handler = "file"\n')  # else a virtlogd outlives the daemon
    if os.geteuid() == 0:
        for path in (directory, *directory.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    daemon = Daemons(directory, program)
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.end()
        shutil.rmtree(directory, ignore_errors=True)


_system = ExitStack()
_system_users: list[object] = []


@contextmanager
def system_daemon() -> Iterator[str]:
    """Yield ``qemu:///system``; start virtlogd and libvirtd when nobody has, and end them again.

    Within a process the first to ask starts them and the last to leave ends them; test processes
    take turns, so that none ends the daemon of another.
    """
    user = object()
    if not _system_users:
        _start_system(_system)
    _system_users.append(user)
    try:
        yield "qemu:///system"
    finally:
        _system_users.remove(user)
        if not _system_users:
            _system.close()


def _start_system(stack: ExitStack) -> None:
    with ExitStack() as ours:
        # The program itself is what test processes lock: no lock file is left behind.
        turn = ours.enter_context(Path(_program("libvirtd")).open("rb"))
        _await_turn(turn)
        if not _answers(SYSTEM_SOCKET):
            if os.geteuid() != 0:
                pytest.skip("no system libvirtd is running, and only root can start one")
            for name, path in (("virtlogd", SYSTEM_SOCKET.with_name("virtlogd-sock")), ("libvirtd", SYSTEM_SOCKET)):
                if _answers(path):
                    continue
                command = _with_usable_kvm(_program(name), ours)
                # Out of reach of Ctrl-C, which would end it before what runs in it is cleared away.
                process = subprocess.Popen(
                    command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0
                )
                ours.callback(_end, process)
                _await_socket(path, process)
        stack.push(ours.pop_all())


def _await_turn(lock: BinaryIO) -> None:
    end = time.monotonic() + TURN_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                pytest.skip("other tests on this host keep the system daemon to themselves")
            time.sleep(0.1)
        else:
            return


def _with_usable_kvm(program: str, stack: ExitStack) -> list[str]:
    """Return a command that runs a daemon on one CPU, and with a /dev/kvm that its QEMU user may open.

    Where only root may open the device, a daemon whose QEMU runs as another user takes KVM for
    changed at every look and gets to know QEMU anew, which takes seconds for each definition.
    """
    kvm = Path("/dev/kvm")
    command = ["taskset", "-c", str(min(os.sched_getaffinity(0))), program]
    if not kvm.exists() or kvm.stat().st_mode & 0o006 == 0o006:
        return command
    node = Path(tempfile.mkdtemp(prefix="qqkvm", dir="/tmp"))
    stack.callback(shutil.rmtree, node, ignore_errors=True)
    os.mknod(node / "kvm", 0o600 | stat.S_IFCHR, kvm.stat().st_rdev)
    (node / "kvm").chmod(0o666)
    script = 'mount --bind "$0" /dev/kvm && exec "$@"'
    return ["unshare", "--mount", "sh", "-c", script, str(node / "kvm"), *command]
