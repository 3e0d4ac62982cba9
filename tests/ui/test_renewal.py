"""Machines get fresh disks, are moved onto another version, and stand alone: with a plan before, and a job after."""

from qq2clone_tui.domain.disk import ImageFacts
from qq2clone_tui.domain.states import DomainState
from tests.snapshots.versions_fleet import VersionedFleet

from .driving import Driver, driving

TO_DEBIAN = ("shift+tab", *"jjjjj", "tab")
"""To the clones of debian12: 1 off, 2 saved, 3 off, 4 running, ..."""


async def mark(user: Driver, names: str) -> None:
    """Mark machines by a set."""
    await user.press(*TO_DEBIAN, "colon")
    await user.type(names)
    await user.press("enter")


def overlay(user: Driver, name: str) -> str:
    """Return what the one disk of a machine stands on."""
    machine = user.machine(name)
    return user.fleet.images.facts[machine.files[0]].backing or ""


async def test_reset_shows_the_plan_and_gives_the_machine_another_disk() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1")
        before = user.machine("debian12-1")
        await user.press("B")
        await user.sees("Throw away what 1 machine wrote?")
        await user.sees("what these machines have written is lost")
        await user.sees("Makes 1 file")
        await user.sees("Deletes 1 file, 819M freed")
        await user.press("y")
        await user.until(lambda: user.machine("debian12-1").files != before.files)
        after = user.machine("debian12-1")
        assert (after.uuid, after.number, after.name, after.version) == (before.uuid, 1, before.name, 1)
        assert before.files[0] not in user.fleet.images.facts
        await user.sees("reset 1 ── 1 ✓")


async def test_a_machine_that_runs_is_started_again_after_its_reset() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "4")
        before = user.machine("debian12-4")
        await user.press("B")
        await user.sees("1 of them is active: forced off, and started again afterwards")
        await user.press("y")
        await user.until(lambda: user.machine("debian12-4").files != before.files)
        await user.until(lambda: user.machine("debian12-4").state is DomainState.RUNNING)


async def test_escape_leaves_every_disk_as_it_is() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1-4")
        before = dict(user.fleet.images.facts)
        await user.press("B")
        await user.sees("Throw away")
        await user.press("escape")
        await user.sees("Nothing was done.")
        assert user.fleet.images.facts == before


async def test_a_saved_machine_is_left_out_until_its_memory_may_go() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1-4")
        await user.press("B")
        await user.sees("Throw away what 3 machines wrote?")
        await user.sees("Left out: 1")
        await user.sees("s  [ ] throw saved memory away: 1 machine")
        await user.press("s")
        await user.sees("Throw away what 4 machines wrote?")
        await user.sees("s  [x] throw saved memory away: 1 machine")
        await user.sees("1 saved state will be lost")
        await user.press("s")
        await user.sees("Throw away what 3 machines wrote?")
        await user.press("s")
        await user.sees("Throw away what 4 machines wrote?")
        await user.press("y")
        await user.until(lambda: user.machine("debian12-2").state is DomainState.OFF)
        await user.sees("reset 4 ── 4 ✓")


async def test_checkpoints_stay_unless_they_may_go_too() -> None:
    async with driving(VersionedFleet().stage()) as user:
        uuid = user.machine("debian12-1").uuid
        user.fleet.hypervisor.checkpoints.make(uuid, "before", "", ["vda"])
        await mark(user, "1,2")
        await user.press("B")
        await user.sees("Nothing to do as things stand")
        assert "do it" not in user.text()
        await user.press("y", "enter")
        await user.sees("Left out: 2")
        await user.press("c")
        await user.sees("the checkpoints of 1 machine will be lost")
        await user.press("s")
        await user.sees("Throw away what 2 machines wrote?")
        await user.press("y")
        await user.sees("reset 2 ── 2 ✓")
        assert uuid not in user.fleet.hypervisor.checkpoints.holders()


async def test_more_than_twenty_machines_want_a_phrase_and_letters_go_into_it() -> None:
    fleet = VersionedFleet().stage()
    fleet.fill("ubuntu", 512, [DomainState.OFF] * 24)
    async with driving(fleet) as user:
        await user.press("a", "B")
        await user.sees("To go on, type reset 41")
        await user.press("f3")
        await user.sees("To go on, type reset 43")
        await user.type("reset 43")
        await user.press("enter")
        await user.sees("reset 43")
        await user.until(lambda: user.app.session.jobs.history and user.app.session.jobs.history[-1].finished)


async def test_upgrade_asks_for_the_version_newest_first() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1,3")
        await user.press("U")
        await user.sees("Move 2 machines onto which version?")
        text = user.text()
        assert text.index(" v3 ") < text.rindex("openssl 3.0.11")
        await user.sees("kernel 6.1.55, before the move")
        await user.press("j")
        await user.sees(" v2 ")
        await user.press("enter")
        await user.sees("Move 2 machines onto v2?")
        await user.press("y")
        await user.sees("upgrade 2 ── 2 ✓")
        await user.until(lambda: user.machine("debian12-1").version == 2)
        assert overlay(user, "debian12-1").endswith("debian12.v2.vda.qcow2")


async def test_upgrade_goes_to_the_newest_version_unless_told_otherwise() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1")
        await user.press("U", "enter")
        await user.sees("Move 1 machine onto v3?")
        await user.press("y")
        await user.until(lambda: user.machine("debian12-1").version == 3)


async def test_upgrade_of_what_is_there_already_says_that_reset_does_that() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "9")
        await user.press("U")
        await user.sees("1 machine of yours stands on it now.")
        await user.press("enter")
        await user.sees("stands on v3 already; reset gives it fresh disks")


async def test_machines_of_several_templates_go_to_the_newest_version_of_each() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await user.press("a", "U")
        await user.sees("the newest version of each template")
        await user.press("enter")
        await user.sees("stands on v3 already")


async def test_detach_makes_full_images_of_machines_that_are_off() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "3,4")
        await user.press("F")
        await user.sees("Give 1 machine full images?")
        await user.sees("is running; shut it down first")
        await user.sees("full images take up to 2048 MiB more, and 831488 MiB are free")
        await user.press("y")
        await user.until(lambda: user.machine("debian12-3").detached)
        assert not overlay(user, "debian12-3")
        await user.press("j", "j")
        await user.sees("debian12 v1 detached")
        await user.sees("of 10G")
        assert "shared" not in user.text("#live")


async def test_the_failed_machines_of_a_reset_are_tried_again_with_the_same_choices() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "2,3")
        await user.press("B")
        await user.sees("s  [ ] throw saved memory away")
        await user.press("s")
        await user.sees("Throw away what 2 machines wrote?")
        user.fleet.images.full = True
        await user.press("y")
        await user.sees("reset 2 ── 2 ✗")
        user.fleet.images.full = False
        await user.press("R")
        await user.sees("Throw away what 2 machines wrote?")
        await user.press("y")
        await user.sees("reset 2 ── 2 ✓")


async def test_a_staging_machine_is_no_clone_to_reset_or_upgrade() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await user.press("shift+tab", *"jjjjjjjjj", "tab")
        await user.until(lambda: user.app.desk.place.staging)
        for key in "BUFP":
            await user.press(key)
            await user.sees("is a staging machine: y commits or discards it")
            await user.press("escape")


async def test_the_pane_tells_what_a_disk_holds_itself_and_what_it_shares() -> None:
    async with driving(VersionedFleet().stage(), size=(140, 40)) as user:
        await user.press(*TO_DEBIAN, *"jjjj")
        await user.until(lambda: user.cursor == "debian12-5")
        await user.sees("995M own 2.4G shared of 10G ← v2 ← debian12.qcow2")


async def test_promote_asks_for_a_name_and_makes_a_template_of_the_machines_own_disk() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "3")
        (disk,) = user.machine("debian12-3").files
        await user.press("P")
        await user.sees("A template made of this machine")
        await user.type("web")
        await user.press("enter")
        await user.sees("debian12-3 makes the template web")
        await user.sees("/srv/templates/debian12.qcow2")
        await user.press("y")
        await user.sees("web is a template now")
        await user.until(lambda: "debian12-3" not in user.names())
        assert [each.image for each in user.fleet.catalogue.template("web").disks] == [disk]


async def test_promote_can_keep_the_machine() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "3")
        await user.press("P")
        await user.sees("The disks of debian12-3")
        await user.press("tab", "space", "enter")
        await user.sees("Copies, and the machine stays")
        await user.press("escape")
        assert "debian12-3" in user.names()


async def test_a_name_that_is_taken_is_said_while_it_is_typed() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "3")
        await user.press("P")
        await user.type("debian12")
        await user.sees("there is a template debian12 already")
        await user.press("enter")
        await user.sees("A template made of this machine")


async def test_only_one_machine_that_is_off_becomes_a_template() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1,3")
        await user.press("P")
        await user.sees("one machine at a time becomes a template, and 2 are marked")
        await user.press("u", "j", "j", "j", "P")
        await user.sees("debian12-4 is running; promote acts on a machine that is off")


async def test_the_filter_finds_detached_machines() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "3")
        await user.press("F")
        await user.sees("Give 1 machine full images?")
        await user.press("y")
        await user.until(lambda: user.machine("debian12-3").detached)
        await user.press("slash")
        await user.type("detached")
        await user.press("enter")
        await user.until(lambda: user.names() == ["debian12-3"])


async def test_a_machine_whose_disk_another_image_stands_on_is_left_out_before_anything_is_done() -> None:
    async with driving(VersionedFleet().stage()) as user:
        await mark(user, "1,3")
        needed = user.machine("debian12-1")
        foreign = f"{user.fleet.images.place}/theirs.qcow2"
        user.fleet.images.facts[foreign] = ImageFacts(foreign, "qcow2", 1 << 30, 1, needed.files[0])
        await user.press("B")
        await user.sees("Throw away what 1 machine wrote?")
        await user.sees("has a disk that is needed by the image")
        await user.press("escape")
        await user.press("F")
        await user.sees("Give 1 machine full images?")
        await user.sees("has a disk that is needed by the image")
