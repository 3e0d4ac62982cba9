"""Filter and set: what lights up while it is typed, and what Enter and Escape make of it."""

from qq2clone_tui.domain.states import DomainState

from .driving import Driver, driving


async def to_debian(user: Driver) -> None:
    await user.press("shift+tab", "j", "j", "j", "j", "j", "enter")
    assert user.app.desk.place.template == "debian12"


async def test_the_filter_narrows_the_rows_with_every_character() -> None:
    async with driving() as user:
        await user.press("/")
        await user.type("debian12-1")
        assert user.names() == ["debian12-1", *(f"debian12-{number}" for number in range(10, 20))]
        await user.press("9")
        assert user.names() == ["debian12-19"]
        await user.press("backspace", "backspace")
        assert len(user.names()) == 42


async def test_the_filter_looks_for_every_word_in_name_state_template_and_version() -> None:
    async with driving() as user:
        await user.press("/")
        await user.type("win RUNNING v1")
        assert user.names()
        assert {user.machine(name).state for name in user.names()} == {DomainState.RUNNING}


async def test_escape_in_the_filter_brings_back_what_was_shown_before() -> None:
    async with driving() as user:
        await user.press("/")
        await user.type("alpine")
        await user.press("enter", "/", "x")
        assert user.names() == []
        await user.sees("No machine here matches the filter")
        await user.press("escape")
        assert len(user.names()) == 6


async def test_keys_typed_into_a_prompt_are_never_commands() -> None:
    async with driving() as user:
        await user.press("/")
        await user.type("qSDxs?")
        assert user.main.prompt.has_class("-open")
        assert user.app.desk.filter == "qSDxs?"
        assert len(user.app.screen_stack) == 1


async def test_machines_of_a_set_light_up_while_it_is_typed_with_their_number() -> None:
    async with driving() as user:
        await to_debian(user)
        await user.press(":")
        await user.type("1-3")
        await user.sees("3 machines")
        assert [uuid in user.app.desk.lit for uuid in user.app.desk.rows[:4]] == [True, True, True, False]
        assert user.row("debian12-2").startswith("▸")
        await user.type(",^2")
        await user.sees("2 machines")
        assert not user.row("debian12-2").startswith("▸")


async def test_enter_makes_the_machines_of_the_set_the_marks() -> None:
    async with driving() as user:
        await to_debian(user)
        await user.press("space", ":")
        await user.type("4-6")
        await user.press("enter")
        assert user.marked == {"debian12-4", "debian12-5", "debian12-6"}
        assert not user.app.desk.lit
        assert user.main.table.has_focus


async def test_escape_leaves_the_marks_as_they_were() -> None:
    async with driving() as user:
        await user.press("space", ":")
        await user.type("all")
        await user.press("escape")
        assert user.marked == {"alpine-1"}
        assert not user.app.desk.lit


async def test_a_fault_in_a_set_has_a_caret_under_it_and_marks_nothing() -> None:
    async with driving() as user:
        await user.press(":")
        await user.type("1,0")
        caret = next(row for row in user.text().splitlines() if row.lstrip().startswith("^"))
        typed = next(row for row in user.text().splitlines() if row.startswith(" : "))
        assert typed[caret.index("^")] == "0"
        await user.press("enter")
        assert user.main.prompt.has_class("-open")
        assert user.marked == set()


async def test_a_set_reaches_only_the_place_chosen_in_the_tree() -> None:
    async with driving() as user:
        await to_debian(user)
        await user.press(":")
        await user.type("all")
        await user.press("enter")
        assert len(user.marked) == 42
        assert {name.rpartition("-")[0] for name in user.marked} == {"debian12"}


async def test_the_set_prompt_says_how_many_of_its_machines_the_filter_hides() -> None:
    async with driving() as user:
        await to_debian(user)
        await user.press("/")
        await user.type("running")
        await user.press("enter", ":")
        await user.type("1-10")
        await user.sees("hidden by the filter")


async def test_the_tree_scopes_the_table_as_its_cursor_moves() -> None:
    async with driving() as user:
        await user.press("shift+tab", "j")
        assert {name.rpartition("-")[0] for name in user.names()} == {"alpine"}
        await user.press("j")
        assert {user.machine(name).version for name in user.names()} == {1}
        await user.press("j")
        assert {user.machine(name).state for name in user.names()} == {DomainState.RUNNING}
        await user.press("g")
        assert len(user.names()) == 60


async def test_a_template_in_the_tree_closes_and_opens() -> None:
    async with driving() as user:
        await user.press("shift+tab", "j")
        before = user.text("#tree")
        await user.press("left")
        assert "▸ alpine" in user.text("#tree")
        await user.press("right")
        assert user.text("#tree") == before
