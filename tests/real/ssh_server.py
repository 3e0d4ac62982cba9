"""Start an sshd on the loopback address that lets in one key made for the test."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path
from urllib.parse import quote

import pytest

START_SECONDS = 20.0


@dataclass(frozen=True)
class SshServer:
    """An sshd that runs: its port, and the key that opens it."""

    port: int
    key: Path

    @property
    def uri(self) -> str:
        """Return the URI of the system hypervisor behind it."""
        options = f"keyfile={quote(str(self.key))}&no_verify=1&no_tty=1"
        return f"qemu+ssh://{getuser()}@127.0.0.1:{self.port}/system?{options}"


@contextmanager
def ssh_server() -> Iterator[SshServer]:
    """Run an sshd on a free port of 127.0.0.1 for as long as the block lasts."""
    program = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if program is None:
        pytest.skip("sshd is not installed (apt-get install openssh-server)")
    directory = Path(tempfile.mkdtemp(prefix="qqssh", dir="/tmp"))
    try:
        for name in ("host", "user"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / name)], check=True, timeout=30
            )
        port = _free_port()
        (directory / "config").write_text(_config(directory, port))
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        process = subprocess.Popen(
            [program, "-D", "-e", "-f", str(directory / "config")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(directory / "log").open("wb"),
        )
        try:
            _await(port, process, directory / "log")
            yield SshServer(port, directory / "user")
        finally:
            process.terminate()
            process.wait(20)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _config(directory: Path, port: int) -> str:
    return "\n".join(
        (
            f"Port {port}",
            "ListenAddress 127.0.0.1",
            f"HostKey {directory / 'host'}",
            f"AuthorizedKeysFile {directory / 'user.pub'}",
            f"PidFile {directory / 'pid'}",
            "PasswordAuthentication no",
            "PermitRootLogin prohibit-password",
            "StrictModes no",
            "UsePAM no",
            "MaxStartups 100",
            "",
        )
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"sshd did not start: {log.read_text()}")
        time.sleep(0.02)
