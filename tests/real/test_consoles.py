"""Consoles of real machines, shown by the real viewers on a screen that nobody sees."""

import json
import os
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host import host_programs
from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
from qq2clone_tui.adapters.memory.images import MemoryImages
from qq2clone_tui.adapters.places import find_places
from qq2clone_tui.adapters.sample.template import write_sample
from qq2clone_tui.domain.console import ConsoleReport, ConsoleState, ConsoleWish
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.domain.viewers import Viewer
from qq2clone_tui.engine.consoles.graphical import Consoles
from qq2clone_tui.engine.tools import Tools

from .conftest import remove_machines
from .embed_roots import uri_of
from .typed_commands import run_command
from .x_display import await_window, x_display

SECRET = "hunter2x"  # noqa: S105 - of a machine that lives for a second
END_SECONDS = 20.0

XML = """<domain type='qemu'>
  <name>{name}</name>
  <memory unit='MiB'>32</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>
    <controller type='usb' model='none'/>
    {graphics}
    <video><model type='vga' vram='2048'/></video>
    <memballoon model='none'/>
  </devices>
</domain>
"""
LOOPBACK = "autoport='yes' listen='127.0.0.1'"
VNC = f"<graphics type='vnc' {LOOPBACK}/>"
SPICE = f"<graphics type='spice' {LOOPBACK}/>"
SPICE_6 = "<graphics type='spice' autoport='yes' listen='::1'/>"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen for the viewers of this module."""
    for program in ("remote-viewer", "spicy", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    with x_display() as name:
        yield name


@pytest.fixture
def desk(display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let programs draw on the screen, with a home of their own; return the screen's name."""
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("LIBGL_ALWAYS_SOFTWARE", "1")
    monkeypatch.setenv("GDK_BACKEND", "x11")
    monkeypatch.setenv("NO_AT_BRIDGE", "1")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return display


Start = Callable[[str, str], str]


@pytest.fixture(scope="module")
def host(embed_uri: str) -> Iterator[LibvirtHypervisor]:
    """The embedded hypervisor, whose machines run for as long as this module's tests."""
    host = open_hypervisor(embed_uri, log_file=None)
    yield host
    with ThreadPoolExecutor() as together:  # the end of a machine takes two seconds
        list(together.map(lambda domain: host.power(PowerVerb.DESTROY, domain.uuid), host.list_domains()))
    remove_machines(host)
    host.close()


@pytest.fixture(scope="module")
def start(host: LibvirtHypervisor) -> Start:
    """Start machines with given graphics, each name once, and return the UUID."""

    @cache
    def start(name: str, graphics: str) -> str:
        try:
            uuid = host.define(XML.format(name=name, graphics=graphics))
            host.power(PowerVerb.START, uuid)
        except HypervisorError as error:
            if "spice" in graphics and "not support" in error.why:
                pytest.skip("this QEMU has no spice (apt-get install qemu-system-modules-spice)")
            raise
        return uuid

    return start


@pytest.fixture
def consoles(host: LibvirtHypervisor, desk: str) -> Iterator[Consoles]:
    """The consoles of the embedded hypervisor; every viewer is ended after the test."""
    consoles = Consoles(Tools(host, MemoryImages(), MemoryCatalogue(), host_programs(find_places())))
    yield consoles
    for report in consoles.history:
        if report.pid:
            end(report.pid)


def end(pid: int) -> None:
    """End a viewer that a test has started, and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
    _await(lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid), "the viewer's end")


def _is_zombie(pid: int) -> bool:
    with suppress(OSError):
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    return True


def _await(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + END_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def words_of(pid: int) -> str:
    """Return a process's arguments as everybody on the host can read them."""
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


@pytest.mark.parametrize(
    ("name", "graphics", "wish", "viewer"),
    [
        ("plain", VNC, Viewer.VIRT_VIEWER, "remote-viewer"),
        ("-spice", SPICE, Viewer.VIRT_VIEWER, "remote-viewer"),
        ("-spice", SPICE, Viewer.SPICY, "spicy"),
        ("vnc-all", "<graphics type='vnc' autoport='yes' listen='0.0.0.0'/>", Viewer.VIRT_VIEWER, "remote-viewer"),
        ("spice-6", SPICE_6, Viewer.VIRT_VIEWER, "remote-viewer"),
        ("spice-6", SPICE_6, Viewer.SPICY, "spicy"),
        ("unix", "<graphics type='spice'><listen type='socket'/></graphics>", Viewer.VIRT_VIEWER, "remote-viewer"),
        ("plain", VNC, Viewer.SPICY, "remote-viewer"),
        ("both", f"{VNC}{SPICE}", Viewer.VIRT_VIEWER, "remote-viewer"),
    ],
    ids=["vnc", "spice", "spicy", "vnc everywhere", "spice ipv6", "spicy ipv6", "unix", "vnc with spicy", "both"],
)
def test_a_viewer_shows_the_machine_wherever_its_console_listens(  # noqa: PLR0917
    consoles: Consoles, start: Start, desk: str, name: str, graphics: str, wish: Viewer, viewer: str
) -> None:
    (report,) = consoles.open([start(name, graphics)], ConsoleWish(wish))
    assert report.state is ConsoleState.SHOWN, report
    assert report.viewer == viewer
    assert report.where.startswith("spice" if "spice" in graphics else "vnc")
    await_window(desk, name)


@pytest.mark.parametrize("kind", ["vnc", "spice"])
def test_a_password_reaches_the_viewer_and_nobody_else(
    consoles: Consoles, start: Start, desk: str, tmp_path: Path, kind: str
) -> None:
    uuid = start(f"guarded-{kind}", f"<graphics type='{kind}' {LOOPBACK} passwd='{SECRET}'/>")
    (report,) = consoles.open([uuid], ConsoleWish())
    assert report.state is ConsoleState.SHOWN, report
    await_window(desk, f"guarded-{kind}")
    assert SECRET not in words_of(report.pid)
    assert SECRET not in repr(report)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in left if path.suffix == ".vv"]
    assert not [path for path in left if SECRET.encode() in path.read_bytes()]


def test_several_consoles_open_at_once_and_each_has_a_private_log(consoles: Consoles, start: Start, desk: str) -> None:
    uuids = [start(f"many-{number}", f"<graphics type='vnc' {LOOPBACK}/>") for number in range(4)]
    began = time.monotonic()
    reports = consoles.open(uuids, ConsoleWish())
    assert time.monotonic() - began < 8
    assert [report.state for report in reports] == [ConsoleState.SHOWN] * 4
    logs = {report.log for report in reports}
    assert len(logs) == 4
    assert {stat.S_IMODE(Path(log).stat().st_mode) for log in logs} == {0o600}
    assert {stat.S_IMODE(Path(log).parent.stat().st_mode) for log in logs} == {0o700}
    for number in range(4):
        await_window(desk, f"many-{number}")


def test_the_end_of_a_viewer_is_told_of(consoles: Consoles, start: Start) -> None:
    (report,) = consoles.open([start("plain", VNC)], ConsoleWish())
    told: list[ConsoleReport] = []
    consoles.subscribe(told.append)
    os.kill(report.pid, signal.SIGKILL)
    _await(lambda: told, "nothing was told")
    assert told[0].state is ConsoleState.DIED
    assert "signal 9" in told[0].reason
    assert consoles.history == (told[0],)


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a shell script in the place of remote-viewer."""

    def fake(script: str) -> None:
        program = tmp_path / "bin" / "remote-viewer"
        program.parent.mkdir()
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    return fake


Fake = Callable[[str], None]


def test_a_viewer_that_dies_at_once_fails_with_what_it_said(consoles: Consoles, start: Start, fake: Fake) -> None:
    fake("echo 'cannot open the [31mdisplay' >&2; exit 3")
    (report,) = consoles.open([start("plain", VNC)], ConsoleWish())
    assert (report.state, report.exit_code) == (ConsoleState.FAILED, 17)
    assert "ended with status 3: cannot open the [31mdisplay" in report.reason
    assert "cannot open the" in report.words


def test_a_viewer_that_a_signal_ends_fails_with_its_number(consoles: Consoles, start: Start, fake: Fake) -> None:
    fake("kill -SEGV $$")
    (report,) = consoles.open([start("plain", VNC)], ConsoleWish())
    assert report.exit_code == 17
    assert "signal 11" in report.reason


def test_a_viewer_that_never_connects_is_ended_in_time(consoles: Consoles, start: Start, fake: Fake) -> None:
    fake("echo thinking; sleep 1000")
    began = time.monotonic()
    (report,) = consoles.open([start("plain", VNC)], ConsoleWish(timeout_seconds=2))
    assert 2 <= time.monotonic() - began < 10
    assert report.exit_code == 17
    assert "did not connect" in report.reason
    assert "thinking" in report.words
    assert not Path(f"/proc/{report.pid}").exists() or _is_zombie(report.pid)


def test_a_viewer_in_a_wrapper_that_leaves_it_running_counts(
    consoles: Consoles, start: Start, desk: str, fake: Fake
) -> None:
    real = shutil.which("remote-viewer")
    fake(f'{real} "$@" & exit 0')
    (report,) = consoles.open([start("plain", VNC)], ConsoleWish())
    assert report.state is ConsoleState.SHOWN, report
    await_window(desk, "plain")


def test_a_viewer_that_prints_without_end_does_not_fill_the_disk(consoles: Consoles, start: Start, fake: Fake) -> None:
    fake("head -c 30000000 /dev/zero | tr '\\0' x; echo; echo the end; exit 1")
    (report,) = consoles.open([start("plain", VNC)], ConsoleWish())
    assert report.exit_code == 17
    assert Path(report.log).stat().st_size <= 128 * 1024
    assert report.words.endswith("the end\n")
    assert len(report.reason) < 2000


def test_a_viewer_that_is_not_installed_names_its_package(
    consoles: Consoles, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    uuid = start("plain", VNC)
    monkeypatch.setenv("PATH", "/nonexistent")
    (report,) = consoles.open([uuid], ConsoleWish())
    assert report.exit_code == 11
    assert "apt-get install virt-viewer" in report.reason


def test_vnc_over_a_socket_says_why_no_viewer_shows_it_and_how_to_see_it(consoles: Consoles, start: Start) -> None:
    (report,) = consoles.open(
        [start("socket", "<graphics type='vnc'><listen type='socket'/></graphics>")], ConsoleWish()
    )
    assert report.exit_code == 17
    assert "UNIX socket" in report.reason
    assert report.commands[0].line.startswith("ssh -N -L 5900:/")


def test_a_machine_without_graphics_is_left_out(consoles: Consoles, start: Start) -> None:
    (report,) = consoles.open([start("blind", "")], ConsoleWish())
    assert report.state is ConsoleState.LEFT_OUT


Lab = Callable[..., str]


@pytest.fixture
def lab(fresh_root: Callable[[], Path], tmp_path: Path, desk: str) -> Iterator[Callable[[str], Lab]]:
    """Makes a root with two clones of a template, given its graphics, and types commands there."""
    ran: list[Lab] = []
    pids: list[int] = []

    def lab(graphics: str, configuration: str = "") -> Lab:
        root = fresh_root()
        with (root / "etc" / "qemu.conf").open("a") as file:
            file.write(configuration)

        def run(*words: str, code: int = 0) -> str:
            done = run_command(tmp_path, "-c", uri_of(root), "--data-dir", str(tmp_path / "data"), *words, code=code)
            if "--json" in words:
                pids.extend(each["pid"] for each in json.loads(done.stdout).get("consoles", []) if each["pid"])
            return done.stdout

        sample = write_sample(tmp_path / "sample").xml
        sample.write_text(
            sample.read_text().replace("<graphics type='vnc' autoport='yes' listen='127.0.0.1'/>", graphics)
        )
        run("import-template", str(sample), "lab")
        run("clone", "2")
        ran.append(run)
        return run

    yield lab
    for pid in pids:
        end(pid)
    for run in ran:
        run("destroy", "all")  # all at once, which is quicker than what clears the root


def test_commands_open_consoles_that_outlive_them_and_print_the_way_there_without_a_screen(
    lab: Callable[[str], Lab], desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = lab(VNC)
    result = json.loads(run("--json", "connect", "1"))
    assert result["start"]["done"] == 1
    assert [each["state"] for each in result["consoles"]] == ["shown"]
    assert json.loads(run("--json", "-g", "start", "2"))["consoles"][0]["state"] == "shown"
    monkeypatch.setenv("QQ2CLONE_USE_SPICE", "true")
    assert json.loads(run("--json", "clone", "--run"))["consoles"][0]["state"] == "shown"
    assert "consoles" not in json.loads(run("--json", "-f", "clone", "--run"))
    for number in (1, 2, 3):
        await_window(desk, f"lab-{number}")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.9 50022 10.0.0.1 2222")
    printed = run("connect", "1").splitlines()
    assert printed[0].startswith("# lab-1: vnc 127.0.0.1:59")
    assert any(line.startswith("ssh -N -L ") and "-p 2222" in line and "@10.0.0.1" in line for line in printed)
    assert run("clone", "--run") == ""


def test_a_console_that_is_only_there_encrypted_is_shown(
    lab: Callable[[str, str], Lab], start: Start, desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("-spice", SPICE)  # for a QEMU that has no spice the test is skipped here
    authority = make_certificates(tmp_path / "pki")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".spicec").mkdir()
    shutil.copyfile(authority, tmp_path / ".spicec" / "spice_truststore.pem")
    spice = "<graphics type='spice' autoport='yes' listen='127.0.0.1' defaultMode='secure'/>"
    run = lab(spice, f'spice_tls = 1\nspice_tls_x509_cert_dir = "{authority.parent}"\n')
    (report,) = json.loads(run("--json", "connect", "1"))["consoles"]
    assert report["state"] == "shown"
    assert report["graphics"].endswith("(TLS)")
    await_window(desk, "lab-1")


def make_certificates(directory: Path) -> Path:
    """Make an authority and a server's certificate for the loopback address, and return the authority's file."""
    directory.mkdir()
    (directory / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    key = ("-newkey", "rsa:2048", "-nodes")
    for words in (
        ("req", "-x509", *key, "-keyout", "ca-key.pem", "-out", "ca-cert.pem", "-subj", "/CN=test", "-days", "2"),
        ("req", *key, "-keyout", "server-key.pem", "-out", "request", "-subj", "/CN=127.0.0.1"),
        ("x509", "-req", "-in", "request", "-CA", "ca-cert.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
         "-out", "server-cert.pem", "-days", "2", "-extfile", "names"),
    ):  # fmt: skip
        subprocess.run(["openssl", *words], cwd=directory, check=True, capture_output=True, timeout=60)
    return directory / "ca-cert.pem"
