"""The next version of a template, made by keys: prepare, commit, in place, discard, force off, note, acknowledge."""

from qq2clone_tui.domain.clone import STAGING
from qq2clone_tui.domain.states import CutShort, DomainState
from qq2clone_tui.ui.dialogs.staging import StagingDialog
from tests.snapshots.versions_fleet import STAGED, VersionedFleet

from .driving import Driver, driving


def fleet(*, staged: DomainState | None = DomainState.OFF, bare: bool = False) -> VersionedFleet:
    """Return the fleet with its staging machine in some state or without one, and without clones if it is bare."""
    made = VersionedFleet().stage()
    for record in made.catalogue.clones("debian12"):
        is_staging = record.identity.number == STAGING
        if (is_staging and staged is None) or (bare and not is_staging):
            made.hypervisor.undefine(record.identity.uuid)
            made.catalogue.forget([record.identity.uuid])
            made.images.facts.pop(record.files[0])
        elif is_staging and staged is not None:
            made.hypervisor.set_state(record.identity.uuid, staged)
    return made


async def ask(user: Driver, row: str = "debian12") -> None:
    """Choose a row of debian12 in the tree and press y."""
    tree = user.main.tree_pane
    if user.app.focused is not tree:
        await user.press("shift+tab")
    for index in range(tree.line_count):
        tree.move_to(index)
        words = "".join(cell.text for cell in tree.line_at(index).cells)
        if user.app.desk.place.template == "debian12" and row in words:
            break
    await user.press("y")
    await user.until(lambda: isinstance(user.app.screen, StagingDialog))


def versions(user: Driver) -> list[int]:
    return [version.number for version in user.fleet.catalogue.template("debian12").history]


async def test_preparing_makes_the_staging_machine_and_goes_there() -> None:
    async with driving(fleet(staged=None)) as user:
        await ask(user)
        await user.sees("make a machine over v3, in which v4 is made")
        await user.press("p")
        await user.sees(f"{STAGED} is ready: s starts it")
        assert user.names() == [STAGED]
        assert user.machine(STAGED).state is DomainState.OFF
        assert "✎ staging v4" in user.text("#tree")


async def test_preparing_can_start_it_at_once() -> None:
    async with driving(fleet(staged=None)) as user:
        await ask(user)
        await user.press("s")
        await user.until(lambda: user.names() == [STAGED] and user.machine(STAGED).state is DomainState.RUNNING)
        await user.sees(f"{STAGED} is running: change it, shut it down, and y commits it")


async def test_committing_asks_for_a_note_and_makes_the_next_version() -> None:
    async with driving(fleet()) as user:
        await ask(user)
        await user.press("c")
        await user.sees("Make v4?")
        await user.sees("nothing is copied, its images become v4")
        assert versions(user) == [1, 2, 3]
        await user.type("new kernel")
        await user.press("enter")
        await user.sees("debian12@v4 is made: c makes clones of it")
        assert versions(user) == [1, 2, 3, 4]
        assert user.fleet.catalogue.template("debian12").newest.note == "new kernel"
        await user.until(lambda: "staging" not in user.text("#tree"))
        assert "v4" in user.text("#tree")
        assert {user.machine(f"debian12-{number}").version for number in range(9, 17)} == {3}


async def test_a_machine_that_was_forced_off_is_said_to_lack_what_its_guest_had_not_written() -> None:
    async with driving(fleet()) as user:
        uuid = user.machine(STAGED).uuid
        user.fleet.hypervisor.set_state(uuid, DomainState.OFF, CutShort.FORCED)
        await ask(user)
        await user.press("c")
        await user.sees("Make v4?")
        await user.sees("! the staging machine was forced off")
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert versions(user) == [1, 2, 3]


async def test_leaving_the_note_commits_nothing() -> None:
    async with driving(fleet()) as user:
        await ask(user)
        await user.press("c")
        await user.sees("Make v4?")
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert versions(user) == [1, 2, 3]
        assert "✎ staging v4" in user.text("#tree")


async def test_in_place_is_dim_while_clones_stand_on_the_version_and_says_so() -> None:
    async with driving(fleet()) as user:
        await ask(user)
        await user.press("i")
        await user.sees("8 clones stand on v3")
        assert isinstance(user.app.screen, StagingDialog)


async def test_in_place_shows_what_is_written_and_wants_a_yes() -> None:
    async with driving(fleet(bare=True)) as user:
        await ask(user)
        await user.press("i")
        await user.sees("Write into v3 itself?")
        await user.sees("debian12.v3.vda.qcow2")
        await user.sees("v3 is another one afterwards")
        await user.press("y")
        await user.sees("debian12@v3 has the changes now")
        assert versions(user) == [1, 2, 3]
        await user.until(lambda: "staging" not in user.text("#tree"))


async def test_discarding_shows_which_files_go_and_wants_a_yes() -> None:
    async with driving(fleet()) as user:
        path = f"{user.fleet.images.place}/{STAGED}.vda.qcow2"
        await ask(user)
        await user.press("d")
        await user.sees("Throw the changes away?")
        await user.sees(path)
        await user.sees("Deletes 1 file, 96M freed")
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert path in user.fleet.images.facts
        await ask(user)
        await user.press("d")
        await user.sees("Throw the changes away?")
        await user.press("y")
        await user.sees(f"{STAGED} is gone")
        assert path not in user.fleet.images.facts
        await user.until(lambda: "staging" not in user.text("#tree"))


async def test_one_that_another_program_undefined_can_be_discarded() -> None:
    async with driving(fleet()) as user:
        uuid = user.fleet.catalogue.clones("debian12")[0].identity.uuid
        assert user.app.desk.inventory.machines[uuid].staging
        user.fleet.hypervisor.undefine(uuid)
        await user.until(lambda: user.app.desk.inventory.machines[uuid].state is DomainState.MISSING)
        await ask(user)
        await user.press("d")
        await user.sees("Throw the changes away?")
        await user.press("y")
        await user.sees(f"{STAGED} is gone")
        assert f"{user.fleet.images.place}/{STAGED}.vda.qcow2" not in user.fleet.images.facts


async def test_a_running_one_is_forced_off_only_after_a_warning() -> None:
    async with driving(fleet(staged=DomainState.RUNNING)) as user:
        await ask(user)
        await user.press("c")
        await user.sees("it is running: shut it down first")
        await user.press("f")
        await user.sees("What its guest has not written yet is lost")
        assert user.machine(STAGED).state is DomainState.RUNNING
        await user.press("y")
        await user.until(lambda: user.machine(STAGED).state is DomainState.OFF)


async def test_the_note_of_the_version_in_view_can_be_written_anew() -> None:
    async with driving(fleet()) as user:
        await ask(user, "v2")
        await user.press("n")
        await user.sees("What is v2?")
        await user.sees("openssl 3.0.11")
        await user.press(*["backspace"] * 2)
        await user.type("13")
        await user.press("enter")
        await user.sees("The note of debian12@v2 is written.")
        await user.until(lambda: "openssl 3.0.13" in user.text())
        assert user.fleet.catalogue.template("debian12").newest.note == "kernel 6.1.55, before the move"


async def test_arrows_and_enter_choose_too_and_escape_leaves_everything() -> None:
    async with driving(fleet()) as user:
        await ask(user)
        await user.press("j", "j", "j", "j", "k", "enter")
        await user.sees("Make v4?")
        await user.press("escape")
        await ask(user)
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert versions(user) == [1, 2, 3]


async def test_what_the_engine_refuses_is_said_in_full() -> None:
    async with driving(fleet(staged=None)) as user:
        user.fleet.hypervisor.failing = {"define": {STAGED}}
        await ask(user)
        await user.press("p")
        await user.sees("it was told to fail")
        await user.press("enter")
        assert "staging" not in user.text("#tree")


async def test_a_version_that_drifted_is_marked_and_makes_no_clones_until_it_is_acknowledged() -> None:
    async with driving(fleet()) as user:
        await user.until(lambda: "v1 !" in user.text("#tree"))
        place = next(i for i in range(40) if "win11" in user.text("#tree").splitlines()[i])
        await user.press("shift+tab")
        user.main.tree_pane.move_to(place)
        await user.press("c")
        await user.sees("win11@v1 is not what it was: A shows what has changed")
        await user.press("A")
        await user.sees("/srv/templates/win11.qcow2 was written to")
        await user.sees("2 clones stand on it")
        await user.press("escape")
        await user.until(lambda: user.app.screen is user.main)
        assert "v1 !" in user.text("#tree")
        await user.press("A", "y")
        await user.sees("win11@v1 is taken as it is now")
        await user.until(lambda: "v1 !" not in user.text("#tree"))
        await user.press("c")
        await user.sees("of win11")


async def test_there_is_nothing_to_acknowledge_where_nothing_has_changed() -> None:
    async with driving(fleet()) as user:
        await user.press("shift+tab", "j", "A")
        await user.sees("alpine is what it was: there is nothing to acknowledge")


async def test_read_only_neither_prepares_nor_acknowledges() -> None:
    async with driving(fleet(), read_only=True) as user:
        await user.press("shift+tab", "j")
        for key in ("y", "A"):
            await user.press(key)
            await user.pilot.pause()
            assert user.app.screen is user.main
