"""Consoles of machines behind a daemon: virt-viewer finds them through libvirt, also over ssh."""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from qq2clone_tui.adapters.host import host_programs
from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.adapters.memory.catalogue import MemoryCatalogue
from qq2clone_tui.adapters.memory.images import MemoryImages
from qq2clone_tui.adapters.places import find_places
from qq2clone_tui.domain.console import ConsoleReport, ConsoleState, ConsoleWish
from qq2clone_tui.domain.states import PowerVerb
from qq2clone_tui.engine.consoles.graphical import Consoles
from qq2clone_tui.engine.tools import Tools

from .ssh_server import ssh_server
from .test_consoles import SECRET, VNC, XML
from .x_display import await_window, x_display

PREFIX = "qq2clone-test-console"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen for the viewers of this module."""
    for program in ("virt-viewer", "xdotool"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    with x_display() as name:
        yield name


@pytest.fixture
def show(
    display: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[LibvirtHypervisor, str], ConsoleReport]]:
    """Opens the console of a machine; viewers are ended after the test."""
    for name, value in (("DISPLAY", display), ("LIBGL_ALWAYS_SOFTWARE", "1"), ("GDK_BACKEND", "x11")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("NO_AT_BRIDGE", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    pids: list[int] = []

    def show(host: LibvirtHypervisor, uuid: str) -> ConsoleReport:
        consoles = Consoles(Tools(host, MemoryImages(), MemoryCatalogue(), host_programs(find_places())))
        (report,) = consoles.open([uuid], ConsoleWish(timeout_seconds=20))
        pids.append(report.pid)
        return report

    yield show
    for pid in filter(None, pids):
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGTERM)


@pytest.fixture(scope="module")
def machine(system_uri: str) -> Iterator[Callable[[str, str], str]]:
    """Starts machines of the system's hypervisor, each name once; they are gone after the module."""
    host = open_hypervisor(system_uri, log_file=None)
    made: dict[str, str] = {}

    def machine(name: str, graphics: str) -> str:
        if name not in made:
            made[name] = host.define(XML.format(name=f"{PREFIX}-{name}", graphics=graphics))
            host.power(PowerVerb.START, made[name])
        return made[name]

    yield machine
    with ThreadPoolExecutor() as together:
        list(together.map(lambda uuid: host.power(PowerVerb.DESTROY, uuid), made.values()))
    for uuid in made.values():
        host.undefine(uuid)
    host.close()


Show = Callable[[LibvirtHypervisor, str], ConsoleReport]


@pytest.mark.parametrize(
    ("name", "graphics"),
    [
        ("vnc", VNC),
        ("guarded", f"<graphics type='vnc' autoport='yes' listen='127.0.0.1' passwd='{SECRET}'/>"),
        ("unix", "<graphics type='vnc'><listen type='socket'/></graphics>"),
        ("nowhere", "<graphics type='spice'><listen type='none'/></graphics>"),
    ],
)
def test_virt_viewer_is_handed_the_console_by_libvirt_wherever_it_listens(  # noqa: PLR0917
    system_uri: str, show: Show, machine: Callable[[str, str], str], display: str, name: str, graphics: str
) -> None:
    host = open_hypervisor(system_uri, log_file=None)
    try:
        report = show(host, machine(name, graphics))
    finally:
        host.close()
    assert report.state is ConsoleState.SHOWN, report
    assert report.viewer == "virt-viewer"
    await_window(display, f"{PREFIX}-{name}")


def test_virt_viewer_shows_a_machine_of_another_host_over_ssh(  # noqa: PLR0917
    system_uri: str,
    show: Show,
    machine: Callable[[str, str], str],
    display: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uuid = machine("far", VNC)
    with ssh_server() as server:
        # For the tunnel of the picture virt-viewer calls ssh by itself, which knows neither key nor host of the test.
        wrapper = tmp_path / "bin" / "ssh"
        wrapper.parent.mkdir()
        options = f"-i {server.key} -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null"
        wrapper.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} {options} "$@"\n')
        wrapper.chmod(0o755)
        monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
        host = open_hypervisor(server.uri, log_file=None)
        try:
            report = show(host, uuid)
            assert report.commands[0].line.startswith("virt-viewer --connect 'qemu+ssh://")
            assert report.state is ConsoleState.SHOWN, report
            await_window(display, f"{PREFIX}-far")
        finally:
            host.close()
