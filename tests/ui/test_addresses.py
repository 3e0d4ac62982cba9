"""Addresses in the app: in the table, in the filter and the order, and close up."""

import pytest

from qq2clone_tui.domain.address import Address, AddressSource
from tests.snapshots.fleet import StagedFleet

from .driving import driving

MAC = "52:54:00:00:00:01"


@pytest.fixture
def fleet() -> StagedFleet:
    """The staged fleet, of which alpine-1 and alpine-3 have addresses; both run."""
    fleet = StagedFleet().stage()
    uuids = {each.name: each.uuid for each in fleet.hypervisor.list_domains()}
    for name, text in (("alpine-1", "10.0.0.12"), ("alpine-3", "10.0.0.9")):
        link = Address(MAC, "fe80::1", 64, AddressSource.ARP)
        fleet.hypervisor.addresses.known[uuids[name]] = (link, Address(MAC, text, 24, AddressSource.LEASE))
    return fleet


async def test_the_table_shows_where_a_machine_can_be_reached(fleet: StagedFleet) -> None:
    async with driving(fleet, size=(160, 48)) as driver:
        await driver.sees("10.0.0.12")
        assert "10.0.0.12" in driver.row("alpine-1")
        assert "10.0.0.9" in driver.row("alpine-3")


async def test_on_a_narrow_terminal_the_column_goes_first(fleet: StagedFleet) -> None:
    async with driving(fleet, size=(80, 24)) as driver:
        await driver.until(lambda: driver.app.desk.reachable)
        assert "10.0.0" not in driver.text("#table")
        assert "cpu" in driver.text("#table")


async def test_the_live_pane_tells_every_address_and_who_says_so(fleet: StagedFleet) -> None:
    async with driving(fleet, size=(160, 48)) as driver:
        await driver.until(lambda: "10.0.0.12/24  lease" in driver.text("#live"))
        assert "fe80::1/64  arp" in driver.text("#live")


async def test_the_filter_finds_addresses(fleet: StagedFleet) -> None:
    async with driving(fleet, size=(160, 48)) as driver:
        await driver.sees("10.0.0.12")
        await driver.press("/")
        await driver.type("10.0.0")
        await driver.press("enter")
        await driver.until(lambda: driver.names() == ["alpine-1", "alpine-3"])


async def test_rows_sort_by_the_number_of_the_address(fleet: StagedFleet) -> None:
    async with driving(fleet, size=(160, 48)) as driver:
        await driver.sees("10.0.0.12")
        for _ in range(12):
            if driver.app.desk.sort == "address":
                break
            await driver.press("greater_than_sign")
        assert driver.app.desk.sort == "address"
        assert driver.names()[-2:] == ["alpine-3", "alpine-1"]
