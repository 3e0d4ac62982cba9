"""The app looks for what is wrong, mends nothing unasked, and asks before what takes consent."""

import threading
from collections.abc import Callable

import pytest

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.findings import CheckReport, CheckWish, Fate, Finding, FindingKind
from qq2clone_tui.engine.checking import Checking
from qq2clone_tui.engine.ports.salvage import Leftover
from tests.snapshots.fleet import StagedFleet

from .driving import Driver, driving


def troubled() -> StagedFleet:
    """Return the staged fleet after others were at it: a record too many, a record too few, a file of nobody."""
    fleet = StagedFleet().stage()
    by_name = {record.identity.name: record for record in fleet.catalogue.clones()}
    lost, unrecorded = by_name["alpine-2"], by_name["alpine-1"]
    fleet.hypervisor.undefine(lost.identity.uuid)
    for path in lost.files:
        fleet.images.facts.pop(path, None)
    fleet.catalogue.salvage.left.append(Leftover("/srv/x.qcow2", "/srv/x.qcow2", "it was being made"))
    orphan = f"{fleet.images.place}/alpine-99.vda.qcow2"
    fleet.images.facts[orphan] = ImageFacts(orphan, "qcow2", 1 << 20, 4096)
    assert unrecorded
    return fleet


async def looked(user: Driver) -> None:
    await user.press("m")
    await user.sees("What was found")
    await user.until(lambda: not user.app.errands.under_way)
    await user.pilot.pause()


async def test_where_all_is_sound_one_line_says_so() -> None:
    async with driving() as user:
        await looked(user)
        assert "all is sound" in user.text("#summary")
        await user.press("escape")
        assert user.app.screen is user.main


async def test_a_look_mends_nothing_and_says_all_there_is_to_say_of_the_finding_under_the_cursor() -> None:
    async with driving(troubled()) as user:
        records = len(user.fleet.catalogue.clones())
        await looked(user)
        text = user.text("#finding-list")
        assert [word for word in ("unfinished work", "lost clone", "orphan file") if word in text] == [
            "unfinished work", "lost clone", "orphan file",
        ]  # fmt: skip
        assert "1 mendable" in user.text("#summary")
        assert "1 with consent" in user.text("#summary")
        assert "r mends it" in user.text("#finding-detail")
        await user.press("j")
        assert "With your consent (y)" in user.text("#finding-detail")
        await user.press("j")
        assert "delete it yourself" in user.text("#finding-detail")
        assert len(user.fleet.catalogue.clones()) == records


async def test_what_can_be_mended_is_mended_on_r_and_what_takes_consent_only_on_y_twice() -> None:
    async with driving(troubled()) as user:
        records = len(user.fleet.catalogue.clones())
        await looked(user)
        user.fleet.catalogue.salvage.left.clear()
        await user.press("r")
        await user.until(lambda: not user.app.errands.under_way)
        assert len(user.fleet.catalogue.clones()) == records
        await user.press("y")
        await user.sees("Mend this?")
        assert "its record is forgotten" in user.text()
        await user.press("n")
        assert len(user.fleet.catalogue.clones()) == records
        await user.press("y")
        await user.sees("Mend this?")
        await user.press("y")
        await user.sees("1 mended")
        assert len(user.fleet.catalogue.clones()) == records - 1
        await user.press("a")
        await user.until(lambda: "mended" not in user.text("#summary") and not user.app.errands.under_way)
        await user.press("escape")
        await user.until(lambda: "alpine-2" not in user.names())


async def test_where_nothing_can_be_mended_the_keys_say_so() -> None:
    async with driving() as user:
        await looked(user)
        for key, said in (("r", "mended just so"), ("y", "takes your consent"), ("C", "nothing is being looked at")):
            await user.press(key)
            assert said in user.text("#footer")


async def test_in_read_only_mode_everything_can_be_seen_and_nothing_mended() -> None:
    async with driving(troubled(), read_only=True) as user:
        await looked(user)
        assert "lost clone" in user.text("#finding-list")
        for key in ("r", "y"):
            await user.press(key)
            assert "this is read-only mode" in user.text("#footer")


def slowly(gate: threading.Event, wishes: list[CheckWish]) -> Callable[..., CheckReport]:
    """Return a check that tells how far it has got, and goes on only when it is let or stopped."""

    def run(_: Checking, wish: CheckWish, heard: Callable[..., object], stopped: Callable[[], bool]) -> CheckReport:
        wishes.append(wish)
        if wish.digests:
            heard("computing digests:", 1 << 30, 4 << 30)
            while not gate.wait(0.01) and not stopped():
                pass
        missing = Finding(FindingKind.MISSING_IMAGE, "/srv/a/very/long/path/" + "x" * 200, "it is not there")
        return CheckReport((missing,), 3, 1, 5, interrupted=stopped())

    return run


async def test_digests_tell_how_far_they_are_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, wishes = threading.Event(), list[CheckWish]()
    monkeypatch.setattr(Checking, "run", slowly(gate, wishes))
    async with driving() as user:
        await looked(user)
        await user.press("d")
        await user.sees("computing digests: 1.0G of 4.0G")
        assert wishes[-1] == CheckWish(mend=False, digests=True)
        await user.press("a")
        assert "C stops that" in user.text("#footer")
        await user.press("C")
        await user.sees("stopped before everything was looked at")
        gate.set()


async def test_leaving_ends_a_look_that_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Checking, "run", slowly(threading.Event(), []))
    async with driving() as user:
        await looked(user)
        await user.press("d")
        await user.sees("computing digests")
        await user.press("m")
        await user.until(lambda: not user.app.errands.under_way)
        assert user.app.screen is user.main
        assert user.app.fault is None


async def test_a_hypervisor_that_refuses_is_told_in_place_of_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> CheckReport:
        raise HypervisorError("cannot list the machines", why="the daemon was stopped", remedy="Start it again.")

    monkeypatch.setattr(Checking, "run", refused)
    async with driving() as user:
        await looked(user)
        assert "it could not be looked at" in user.text("#summary")
        assert "the daemon was stopped" in user.text("#finding-detail")
        await user.press("escape")
        assert user.app.screen is user.main


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (160, 48)])
async def test_long_names_fit_any_screen_and_hostile_ones_are_harmless(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = tuple(
        Finding(kind, f"/srv/{'x' * 200}/\x1b[31m\u202e[b]", "why " * 60, fate, "deed " * 20, "remedy " * 40)
        for kind, fate in zip(FindingKind, [*Fate] * 4, strict=False)
    )
    monkeypatch.setattr(Checking, "run", lambda *_: CheckReport(findings, 3, 1, 5))
    async with driving(size=size) as user:
        await looked(user)
        for _ in findings:
            rows = user.text().splitlines()
            assert all(len(row) <= size[0] for row in rows)
            assert "\x1b" not in user.text()
            assert "\u202e" not in user.text()
            await user.press("j")
