"""Addresses from the DHCP leases of a real libvirt network, and from the ARP table of this host."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from qq2clone_tui.adapters.libvirt import open_hypervisor
from qq2clone_tui.adapters.libvirt.hypervisor import LibvirtHypervisor
from qq2clone_tui.domain.address import Address, AddressSource
from qq2clone_tui.domain.states import PowerVerb

from .linux_guest import LinuxGuest, domain_xml

BOOT_SECONDS = 90
NAME = "qq2clone-test-leases"
MAC = "52:54:00:71:71:05"
NETWORK = f"""
<network>
  <name>{NAME}</name>
  <bridge name='qq2ctest0' stp='off' delay='0'/>
  <ip address='10.211.77.1' netmask='255.255.255.0'>
    <dhcp><range start='10.211.77.50' end='10.211.77.60'/></dhcp>
  </ip>
</network>
"""


def virsh(*words: str, code: int | None = 0) -> str:
    done = subprocess.run(
        ["virsh", "-q", "-c", "qemu:///system", *words], capture_output=True, text=True, timeout=60, check=False
    )
    assert code is None or done.returncode == code, done.stderr
    return done.stderr if code is None else done.stdout


@pytest.fixture(scope="module")
def network(system_uri: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An isolated network of the system daemon, gone after the tests; skipped where none can be made."""
    assert system_uri
    if os.geteuid() != 0 or not shutil.which("dnsmasq"):
        pytest.skip("a libvirt network takes root and dnsmasq")
    file = tmp_path_factory.mktemp("network") / "network.xml"
    file.write_text(NETWORK, encoding="utf-8")
    complaint = virsh("net-create", str(file), code=None)
    if complaint:
        pytest.skip(f"no network can be made here: {complaint.strip()}")
    yield NAME
    virsh("net-destroy", NAME)


@pytest.fixture
def host(system_uri: str, network: str, linux_guest: LinuxGuest) -> Iterator[LibvirtHypervisor]:
    """The system daemon, with a Linux that runs in the network and has no agent's channel."""
    assert network
    host = open_hypervisor(system_uri, log_file=None)
    with tempfile.TemporaryDirectory(prefix="qqleases", dir="/tmp") as place:  # where QEMU's user may read
        Path(place).chmod(0o755)
        kernel, initrd = (Path(shutil.copy(file, place)) for file in (linux_guest.kernel, linux_guest.initrd))
        guest = LinuxGuest(kernel, initrd, initrd)
        source = f"<mac address='{MAC}'/><source network='{NAME}'/><model type='virtio'/>"
        interface = f"<interface type='network'>{source}</interface>"
        uuid = host.define(domain_xml(guest, NAME, channel="", network=interface))
        try:
            host.power(PowerVerb.START, uuid)
            yield host
        finally:
            host.power(PowerVerb.DESTROY, uuid)
            host.undefine(uuid)
            host.close()


def test_a_lease_is_known_without_an_agent_and_believed_before_the_arp_table(host: LibvirtHypervisor) -> None:
    (uuid,) = [each.uuid for each in host.list_domains() if each.name == NAME]
    deadline = time.monotonic() + BOOT_SECONDS
    found: list[Address] = []
    while not any(each.source is AddressSource.LEASE for each in found):
        assert time.monotonic() < deadline, "no lease came"
        found = list(host.addresses.of_networks({uuid: [MAC], "other": ["52:54:00:71:71:06"]})[uuid])
    (lease,) = [each for each in found if each.source is AddressSource.LEASE]
    assert lease.address.startswith("10.211.77.")
    assert (lease.mac, lease.prefix) == (MAC, 24)
    with suppress(OSError):  # nobody listens there, but the host has to find the guest to hear that
        socket.create_connection((lease.address, 9), 5).close()
    while not any(each.source is AddressSource.ARP for each in found):
        assert time.monotonic() < deadline, "the host does not know the guest"
        found = list(host.addresses.of_networks({uuid: [MAC]})[uuid])
    assert {each.address for each in found} == {lease.address}
