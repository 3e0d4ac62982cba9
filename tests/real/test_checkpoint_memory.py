"""A guest that goes back to a checkpoint goes on with the memory of then."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor

from .linux_guest import LinuxGuest, domain_xml
from .typed_here import TypedHere

BOOT_SECONDS = 120


@pytest.fixture
def typed(
    tmp_path: Path,
    embed_uri: str,
    embed_host: LibvirtHypervisor,
    linux_guest: LinuxGuest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[TypedHere]:
    """Type commands at a running clone of a Linux with an agent."""
    xml, base = tmp_path / "linux.xml", tmp_path / "base.qcow2"
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", str(base), "1M"], check=True)
    driver = f"<driver name='qemu' type='qcow2'/><source file='{base}'/><target dev='vda' bus='virtio'/>"
    disk = f"<disk type='file' device='disk'>{driver}</disk>"
    xml.write_text(domain_xml(linux_guest, "linux", devices=disk), encoding="utf-8")
    typed = TypedHere(embed_uri, tmp_path, monkeypatch)
    typed(f"import-template {xml} linux")
    typed("-t linux clone 1 --run")
    await_agent(typed)
    yield typed
    typed("-t linux rm all --yes")


def await_agent(typed: TypedHere) -> None:
    """Wait until the guest answers."""
    deadline = time.monotonic() + BOOT_SECONDS
    while "10.0.2.15" not in typed("-t linux list -v").stdout:
        assert time.monotonic() < deadline, "the guest has not come up"


def asked(typed: TypedHere, command: str) -> str:
    """Run a command in the guest and return what it prints."""
    return typed(f"-t linux exec 1 --guest '{command}'").stdout.strip()


def test_memory_of_then_is_back_after_the_power_was_cut(typed: TypedHere) -> None:
    asked(typed, "echo one >/run/word")  # which is in memory, as all the guest's files are
    typed("-t linux checkpoint make 1 base")
    asked(typed, "echo two >/run/word")
    assert asked(typed, "cat /run/word") == "two"
    typed("-t linux destroy 1")
    typed("-t linux checkpoint revert 1 base")
    assert asked(typed, "cat /run/word") == "one"
