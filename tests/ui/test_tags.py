"""Machines are given tags, which sets name them by."""

from .driving import driving, keys_of


async def test_marked_machines_are_tagged_named_by_the_tag_and_untagged() -> None:
    async with driving() as driver:
        await driver.press("space", "space", "t")
        await driver.sees("Tag 2 machines")
        await driver.press(*"rack7", "enter")
        await driver.sees("2 machines now @rack7")
        await driver.press("u", "colon", *keys_of("@rack7"), "enter")
        await driver.until(lambda: driver.marked == {"alpine-1", "alpine-2"})
        await driver.press("g")
        await driver.until(lambda: "@rack7" in driver.text("#live"))
        await driver.press("t", *keys_of("-rack7"), "enter")
        await driver.sees("no longer @rack7")
        await driver.until(lambda: "@rack7" not in driver.text("#live"))


async def test_what_is_no_tag_is_said_at_once() -> None:
    async with driving() as driver:
        await driver.press("t", *"failed")
        await driver.sees("the last command failed for")
        await driver.press("ctrl+u", *keys_of("a,b"))
        await driver.sees("no word of up to 40")
        await driver.press("ctrl+u", *keys_of("-nothing"))
        await driver.sees("none of them has this tag")
