"""Nothing that libvirt says reaches the terminal; it is all in the log file."""

import os
import subprocess
import sys
from pathlib import Path

from .libvirt_worlds import world

FAILING_CALLS = """
import os, sys
from pathlib import Path
from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.states import PowerVerb

host = open_hypervisor(sys.argv[1], log_file=Path(sys.argv[2]) if sys.argv[2] else None)
refused = 0
for call in (
    lambda: host.define("<domain"),
    lambda: host.define("<domain><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;</domain>"),
    lambda: host.power(PowerVerb.START, "00000000-0000-0000-0000-000000000001"),
    lambda: host.power(PowerVerb.START, host.list_domains()[0].uuid),
    lambda: open_hypervisor("qemu+unix:///system?socket=/no/such/socket", log_file=None),
    lambda: open_hypervisor("test:///no/such/file", log_file=None),
):
    try:
        call()
    except Qq2cloneError:
        refused += 1
host.close()
print(refused, os.environ.get("LIBVIRT_LOG_OUTPUTS"))
"""


def run(directory: Path, log: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Make the failing calls in a process of their own."""
    return subprocess.run(
        [sys.executable, "-c", FAILING_CALLS, world(directory, "here"), log],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={name: text for name, text in os.environ.items() if not name.startswith("LIBVIRT_")} | environment,
    )


class TestSilence:
    def test_failing_calls_print_nothing_and_are_logged_in_a_private_file(self, tmp_path: Path) -> None:
        log = tmp_path / "a name with blanks.log"
        done = run(tmp_path, str(log))
        assert done.stderr == ""
        assert done.stdout.split() == ["6", "None"]
        assert "Domain not found" in log.read_text()
        assert log.stat().st_mode & 0o777 == 0o600

    def test_without_a_log_file_they_print_nothing_either(self, tmp_path: Path) -> None:
        assert run(tmp_path, "").stderr == ""

    def test_the_users_own_log_setting_counts(self, tmp_path: Path) -> None:
        log = tmp_path / "mine.log"
        done = run(tmp_path, str(tmp_path / "ours.log"), LIBVIRT_LOG_OUTPUTS=f"3:file:{log}")
        assert done.stderr == ""
        assert "Domain not found" in log.read_text()
        assert done.stdout.split() == ["6", f"3:file:{log}"]

    def test_a_setting_that_would_write_on_the_screen_does_not_count(self, tmp_path: Path) -> None:
        assert run(tmp_path, "", LIBVIRT_LOG_OUTPUTS="1:stderr").stderr == ""
