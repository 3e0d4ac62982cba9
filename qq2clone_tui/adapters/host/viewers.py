"""Start the viewers of graphical consoles on this host."""

import contextlib
import getpass
import itertools
import os
import re
import shutil
import socket
import stat
import tempfile
import time
from pathlib import Path

from qq2clone_tui.adapters.places import Places, usable_directory
from qq2clone_tui.adapters.private_files import failure
from qq2clone_tui.adapters.processes.detached import Detached, start_detached
from qq2clone_tui.domain.desk_commands import Here
from qq2clone_tui.domain.errors import AccessError
from qq2clone_tui.domain.graphics import Endpoint
from qq2clone_tui.domain.viewers import Viewer, ViewerCall

__all__ = ["HostViewers", "StartedViewer"]

_KNOCK_SECONDS = 1.0
_KEPT_LOGS = 60
_LOG = re.compile(r"[0-9]{8}-[0-9]{6}-.*\.log")
_STALE_SECONDS = 600.0
_SSH_CONNECTION_WORDS = 4


class StartedViewer:
    """A viewer that was started; implements ``engine.ports.viewers.RunningViewer``."""

    def __init__(self, program: Detached, connection_file: Path | None) -> None:
        self._program = program
        self._connection_file = connection_file
        self.pid = program.pid
        self.log = program.log

    def status(self) -> int | None:
        """Return None while it runs, else its exit status."""
        return self._program.status()

    def wait(self) -> int:
        """Wait for its end and return its exit status."""
        return self._program.wait()

    def words(self) -> str:
        """Return the end of what it printed."""
        return self._program.words()

    def end(self) -> None:
        """End it and what it started."""
        self._program.end()

    def settle(self) -> None:
        """Delete the connection file, which mostly the viewer itself has done."""
        if self._connection_file is not None:
            with contextlib.suppress(OSError):
                self._connection_file.unlink()


class HostViewers:
    """The viewers of this host; implements ``engine.ports.viewers.Viewers``.

    Args:
        places: where logs and connection files go.
    """

    def __init__(self, places: Places) -> None:
        self._logs = places.state_dir / "viewers"
        self._files = (places.runtime_dir, places.state_dir / "run")
        self._numbers = itertools.count(1)

    def has_screen(self) -> bool:
        """Tell whether there is an X or Wayland display."""
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

    def installed(self, viewer: Viewer) -> bool:
        """Tell whether the viewer is on the search path."""
        return shutil.which(viewer.value) is not None

    def here(self) -> Here:
        """Return how the user came here, by ``SSH_CONNECTION`` of sshd(8); else the name of the host."""
        words = os.environ.get("SSH_CONNECTION", "").split()
        if len(words) == _SSH_CONNECTION_WORDS and words[3].isdigit():
            return Here(words[2], _user(), int(words[3]))
        return Here(socket.gethostname(), _user())

    def knock(self, endpoint: Endpoint) -> int | None:
        """Try whether a console accepts connections; a UNIX socket only has to be there.

        QEMU would tell of our own connection as of any client: the port tells ours apart, and a
        UNIX socket has none.
        """
        if endpoint.socket:
            return 0 if _is_socket(endpoint.socket) else None
        where = (endpoint.local_host, endpoint.port or endpoint.tls_port)
        try:
            with socket.create_connection(where, _KNOCK_SECONDS) as connection:
                return int(connection.getsockname()[1])
        except OSError:
            return None

    def start(self, call: ViewerCall, label: str) -> StartedViewer:
        """Start a viewer apart from this process, with its output in a log file of its own."""
        file = self._connection_file(call.connection_file) if call.connection_file else None
        words = [call.viewer.value, *call.arguments, *([str(file)] if file else [])]
        try:
            return StartedViewer(start_detached(words, self._log(call.viewer, label)), file)
        except BaseException:
            if file is not None:
                file.unlink(missing_ok=True)
            raise

    def _log(self, viewer: Viewer, label: str) -> Path:
        directory = usable_directory(self._logs)
        known = sorted(path for path in directory.iterdir() if _LOG.fullmatch(path.name))
        for path in known[: max(0, len(known) - _KEPT_LOGS)]:
            path.unlink(missing_ok=True)
        plain = re.sub(r"[^A-Za-z0-9._-]", "_", label)[:60]
        stamp = time.strftime("%Y%m%d-%H%M%S")
        return directory / f"{stamp}-{plain}-{viewer.value}-{os.getpid()}-{next(self._numbers)}.log"

    def _connection_file(self, text: str) -> Path:
        """Write a file for its owner only; those that viewers never read are deleted some time later."""
        directory = self._directory_for_files()
        now = time.time()
        for path in directory.glob("console-*.vv"):
            with contextlib.suppress(OSError):
                if now - path.lstat().st_mtime > _STALE_SECONDS:
                    path.unlink()
        try:
            handle, name = tempfile.mkstemp(prefix="console-", suffix=".vv", dir=directory)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise failure("cannot write the connection file", directory, error) from error
        return Path(name)

    def _directory_for_files(self) -> Path:
        """Return where short-lived files go; a session taken over by su or sudo may not write where its own did."""
        try:
            return usable_directory(self._files[0])
        except AccessError:
            return usable_directory(self._files[1])


def _is_socket(path: str) -> bool:
    try:
        return stat.S_ISSOCK(Path(path).stat().st_mode)
    except OSError:
        return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""
