"""Real hypervisors for tests: embedded ones, and the system daemon."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.states import PowerVerb

from .daemons import Daemons, session_daemon, system_daemon
from .disk_lab import DiskLab
from .embed_roots import keep_probes, make_root, remove_root, uri_of
from .linux_guest import LinuxGuest, NoPackages, build

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this directory, and skip them where there is no QEMU."""
    missing = shutil.which("qemu-system-x86_64") is None
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.real)
            if missing:
                item.add_marker(pytest.mark.skip(reason="qemu-system-x86_64 is not installed"))


@pytest.fixture(scope="session")
def qemu_probes(pytestconfig: pytest.Config) -> Path:
    """A directory that keeps what libvirt learnt of QEMU (seconds a root) from run to run."""
    assert pytestconfig.cache is not None
    return pytestconfig.cache.mkdir("qemu-capabilities")


@pytest.fixture(scope="session")
def linux_guest(pytestconfig: pytest.Config) -> LinuxGuest:
    """A Linux that boots in seconds and runs a guest agent, built once for the packages there are."""
    assert pytestconfig.cache is not None
    try:
        return build(pytestconfig.cache.mkdir("linux-guest"))
    except NoPackages as fault:
        pytest.skip(f"no guest can be built from Debian's packages here: {fault}")


@pytest.fixture(scope="session")
def embed_root(qemu_probes: Path) -> Iterator[Path]:
    """The root that this process holds: libvirt allows one a process, for as long as it lives."""
    root = make_root(qemu_probes)
    yield root
    keep_probes(root, qemu_probes)
    remove_root(root, clear=_clear_here)


@pytest.fixture(scope="session")
def embed_uri(embed_root: Path) -> str:
    """URI of the embedded hypervisor of this process."""
    return uri_of(embed_root)


@pytest.fixture
def embed_host(embed_uri: str) -> Iterator[LibvirtHypervisor]:
    """The embedded hypervisor of this process, without any machine, before and after."""
    host = open_hypervisor(embed_uri, log_file=None)
    yield host
    remove_machines(host)
    host.close()


@pytest.fixture
def lab(
    embed_host: LibvirtHypervisor, embed_uri: str, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> DiskLab:  # fmt: skip
    """A place to try disks in, on the hypervisor of this process."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QQ2CLONE_DATA_DIR", "QQ2CLONE_TEMPLATE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("QQ2CLONE_USE_SPICE", "false")
    return DiskLab(embed_host, embed_uri, tmp_path, capfd.readouterr)


@pytest.fixture
def fresh_root(qemu_probes: Path) -> Iterator[Callable[[], Path]]:
    """Makes roots for child processes; their machines and files are gone after the test."""
    roots: list[Path] = []

    def make() -> Path:
        roots.append(make_root(qemu_probes))
        return roots[-1]

    yield make
    for root in roots:
        keep_probes(root, qemu_probes)
        remove_root(root)


@pytest.fixture(scope="module")
def root(qemu_probes: Path) -> Iterator[Path]:
    """A hypervisor of this module's own."""
    made = make_root(qemu_probes)
    yield made
    keep_probes(made, qemu_probes)
    remove_root(made)


@pytest.fixture
def daemon() -> Iterator[Daemons]:
    """A libvirtd of the test's own, apart from the host's, that it may kill and start again."""
    with session_daemon() as mine:
        yield mine


@pytest.fixture(scope="module")
def system_uri() -> Iterator[str]:
    """``qemu:///system``: the host's daemon, or one started for these tests and ended after them."""
    with system_daemon() as uri:
        yield uri


def remove_machines(host: LibvirtHypervisor) -> None:
    """End and undefine every machine of a hypervisor that belongs to the tests alone."""
    for summary in host.list_domains():
        if summary.state.active:
            host.power(PowerVerb.DESTROY, summary.uuid)
        if summary.persistent:
            host.undefine(summary.uuid)


def _clear_here(root: Path) -> None:
    host = open_hypervisor(uri_of(root), log_file=None)
    remove_machines(host)
    host.close()
