"""Which reports of addresses count, and in which order."""

from ipaddress import IPv4Address

import pytest

from qq2clone_tui.domain.address import Address, AddressSource, address_of, in_order, reachable, sorting_key
from qq2clone_tui.domain.guest_channel import has_agent_channel

LEASE, ARP, AGENT = AddressSource.LEASE, AddressSource.ARP, AddressSource.AGENT
MAC = "52:54:00:00:00:01"


@pytest.mark.parametrize(
    "report",
    [
        None,
        7,
        "",
        "nonsense",
        "10.0.0.256",
        "10.0.0.1; rm -rf /",
        "\x1b[31m10.0.0.1",
        str(IPv4Address(0)),
        "::",
        "224.0.0.1",
        "9" * 5000,
    ],
)
def test_what_is_no_address_of_a_machine_does_not_count(report: object) -> None:
    assert address_of(MAC, report, 24, AGENT) is None


@pytest.mark.parametrize(
    ("mac", "prefix", "expected"),
    [
        ("52:54:00:AA:00:01", 24, ("52:54:00:aa:00:01", 24)),
        ("\x1b[2J", 99, ("", 0)),
        (None, None, ("", 0)),
        ("x" * 99, -1, ("", 0)),
        (MAC, True, (MAC, 0)),
    ],
)
def test_of_a_mac_and_a_prefix_only_sound_ones_are_kept(mac: object, prefix: object, expected: tuple[str, int]) -> None:
    address = address_of(mac, "10.0.0.1", prefix, AGENT)
    assert address is not None
    assert (address.mac, address.prefix) == expected


def test_a_zone_is_no_part_of_an_address() -> None:
    address = address_of(MAC, "fe80::1%eth0", 64, AGENT)
    assert address == Address(MAC, "fe80::1", 64, AGENT)


def test_leases_are_believed_before_the_arp_table_and_that_before_the_guest() -> None:
    told = [
        Address(MAC, "fd00::5", 64, LEASE),
        Address(MAC, "10.0.0.9", 24, AGENT),
        Address(MAC, "10.0.0.5", 24, AGENT),
        Address(MAC, "10.0.0.7", 0, ARP),
        Address(MAC, "10.0.0.5", 24, LEASE),
    ]
    assert [(each.address, each.source) for each in in_order(told)] == [
        ("10.0.0.5", LEASE), ("fd00::5", LEASE), ("10.0.0.7", ARP), ("10.0.0.9", AGENT),
    ]  # fmt: skip


def test_a_guest_that_reports_thousands_does_not_fill_the_screen() -> None:
    many = [Address("", f"10.1.{each // 256}.{each % 256}", 8, AGENT) for each in range(1, 5000)]
    assert len(in_order(many)) <= 64


def test_only_what_others_can_reach_is_shown_and_ipv4_first() -> None:
    texts = ["fe80::1", "fd00::5", "127.0.0.1", "::1", "169.254.1.1", "10.0.0.5"]
    assert reachable([Address(MAC, text, 64, AGENT) for text in texts]) == ("10.0.0.5", "fd00::5")


def test_addresses_sort_by_number() -> None:
    texts = ["fd00::1", "10.0.0.10", "9.0.0.1", "10.0.0.9"]
    assert sorted(texts, key=sorting_key) == ["9.0.0.1", "10.0.0.9", "10.0.0.10", "fd00::1"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("name='org.qemu.guest_agent.0' state='connected'", True),
        ("name='org.qemu.guest_agent.0'", True),
        ("name='org.qemu.guest_agent.0' state='disconnected'", False),
        ("name='com.redhat.spice.0' state='connected'", False),
    ],
)
def test_agents_are_asked_only_where_one_is_connected(target: str, expected: bool) -> None:
    devices = f"<devices><channel type='unix'><target type='virtio' {target}/></channel></devices>"
    assert has_agent_channel(f"<domain><name>a</name>{devices}</domain>") is expected
    assert not has_agent_channel("<domain><name>a</name></domain>")
