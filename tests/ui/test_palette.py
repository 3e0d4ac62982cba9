"""The palette finds a command by its key, by its name, and by what people call it elsewhere."""

import pytest

from qq2clone_tui.ui.command_search import found
from qq2clone_tui.ui.commands import Scope, command, in_scope
from qq2clone_tui.ui.dialogs.staging import StagingDialog
from qq2clone_tui.ui.keymap import Keymap

from .driving import driving

_ALL = in_scope(Scope.MAIN)


def ids(text: str) -> list[str]:
    return [_ALL[index].id for index in found(_ALL, text)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("w", "uses.show"),
        ("A", "versions.acknowledge"),
        ("B", "renewal.reset"),
        ("^p", "program.palette"),
        (":", "marks.prompt"),
        ("uses", "uses.show"),
        ("dependents", "uses.show"),
        ("who uses", "uses.show"),
        ("Who uses this?", "uses.show"),
        ("acknowledge", "versions.acknowledge"),
        ("drift", "versions.acknowledge"),
        ("reset", "renewal.reset"),
        ("fresh disks", "renewal.reset"),
        ("roll back", "renewal.reset"),
        ("commit", "staging.ask"),
        ("staging", "staging.ask"),
        ("commit-image", "staging.ask"),
        ("prune", "pruning.plan"),
        ("free space", "pruning.plan"),
        ("checkpoint", "checkpoints.see"),
        ("snapshot", "checkpoints.see"),
        ("revert", "checkpoints.see"),
        ("start", "machines.start"),
        ("boot", "machines.start"),
        ("kill", "machines.destroy"),
        ("vnc", "consoles.connect"),
        ("ssh", "exec.ask"),
        ("repair", "program.check"),
        ("frcoff", "machines.destroy"),
    ],
)
def test_the_first_hit_is_what_was_meant(typed: str, meant: str) -> None:
    assert ids(typed)[0] == meant


def test_space_means_room_on_the_disk_before_the_key() -> None:
    assert ids("space") == ["uses.show", "pruning.plan", "marks.toggle"]


def test_a_key_that_the_settings_changed_is_found_as_it_is_now() -> None:
    dressed = Keymap({"uses.show": "f5"}).dressed(_ALL)
    first = {key: dressed[found(dressed, key)[0]].id for key in ("f5", "w")}
    assert first["f5"] == "uses.show" != first["w"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [("kill vm", "machines.destroy"), ("start a vm", "machines.start"), ("stop domains", "machines.shutdown")],
)
def test_machines_may_be_called_as_others_call_them(typed: str, wanted: str) -> None:
    assert ids(typed)[0] == wanted


@pytest.mark.parametrize("nothing", ["", "  "])
def test_nothing_typed_shows_all_in_the_order_of_the_table(nothing: str) -> None:
    assert ids(nothing) == [entry.id for entry in _ALL]


@pytest.mark.parametrize("typed", ["xyzzy", "[", "who", "\x1b", "((", "é"])
def test_whatever_is_typed_is_answered(typed: str) -> None:
    assert len(ids(typed)) < len(_ALL)


def test_every_command_is_found_first_by_its_own_title_or_shares_it() -> None:
    for entry in _ALL:
        assert command(ids(entry.title)[0]).title == entry.title


def test_every_command_of_the_main_screen_has_other_words() -> None:
    assert [entry.id for entry in _ALL if not entry.words] == []


async def test_a_word_of_somebody_elses_does_what_ours_does() -> None:
    async with driving() as user:
        await user.press("ctrl+p")
        await user.type("commit")
        await user.sees("next version")
        await user.press("enter")
        await user.until(lambda: isinstance(user.app.screen, StagingDialog))


async def test_the_palette_says_when_nothing_is_called_so() -> None:
    async with driving(size=(80, 24)) as user:
        await user.press("ctrl+p")
        await user.type("xyzzy")
        await user.sees("No command is called anything like that.")
        await user.press("enter", *["backspace"] * 5)
        await user.sees("Make new clones")
