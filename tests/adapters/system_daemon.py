"""Give tests the system's libvirt daemon: the one that runs, or one of their own for a while."""

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

SOCKET = Path("/run/libvirt/libvirt-sock")
URI = "qemu:///system"
DEADLINE_SECONDS = 60.0


def why_not() -> str:
    """Return why there can be no system daemon here, or nothing."""
    if os.geteuid() != 0:
        return "only root can start libvirtd and make pools in a directory of the test"
    for program in ("libvirtd", "virtlogd"):
        if shutil.which(program) is None:
            return f"{program} is not installed (apt-get install libvirt-daemon-system)"
    return ""


@contextmanager
def system_daemon() -> Iterator[str]:
    """Yield the URI of a daemon that answers; stop it afterwards if it was started here."""
    with ExitStack() as stack:
        # Two runs of the tests must not stop one another's daemon.
        lock = stack.enter_context(Path(tempfile.gettempdir(), "qq2clone-tests-libvirtd.lock").open("a"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers():
            for program in ("virtlogd", "libvirtd"):
                stack.enter_context(_running(program))
            end = time.monotonic() + DEADLINE_SECONDS
            while not _answers():
                if time.monotonic() > end:
                    raise TimeoutError("libvirtd did not answer in time")
        yield URI


def _answers() -> bool:
    asked = subprocess.run(["virsh", "-q", "-c", URI, "version"], capture_output=True, check=False, timeout=30)
    return asked.returncode == 0


@contextmanager
def _running(program: str) -> Iterator[None]:
    process = subprocess.Popen([program], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
