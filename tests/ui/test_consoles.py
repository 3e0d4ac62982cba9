"""Consoles in the app: what o opens, what it asks, and what it says when it cannot."""

from collections.abc import Iterator

import pytest

from qq2clone_tui.adapters.memory.viewers import MemoryViewer, MemoryViewers
from qq2clone_tui.domain.console import ConsoleWish
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.viewers import Viewer, ViewerCall
from qq2clone_tui.engine.consoles import launch
from qq2clone_tui.engine.ports.programs import Programs
from tests.snapshots.fleet import StagedFleet

from .driving import Driver, driving

QUICK = ConsoleWish(timeout_seconds=1.0)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Call a viewer settled sooner: these ones do not die of themselves."""
    monkeypatch.setattr(launch, "EARLY_SECONDS", 0.05)
    yield


class Desk:
    """A fleet, and viewers that connect as soon as they are started."""

    def __init__(self) -> None:
        self.fleet = StagedFleet().stage()
        self.viewers = MemoryViewers(on_start=self._connect)
        self.fleet.programs = Programs(viewers=self.viewers)

    def _connect(self, _viewer: MemoryViewer, call: ViewerCall) -> None:
        self.fleet.hypervisor.graphics.come(call.arguments[-1])


@pytest.fixture
def desk() -> Desk:
    """Return a desk with a screen."""
    return Desk()


async def test_o_opens_the_console_of_the_machine_under_the_cursor(desk: Desk) -> None:
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("alpine-1: virt-viewer shows spice 127.0.0.1:5900")
        assert len(desk.viewers.started) == 1


async def test_o_starts_what_is_off_and_opens_every_mark(desk: Desk) -> None:
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("3", "space", "o")
        await user.sees("3 consoles open")
        assert user.machine("alpine-2").state is DomainState.RUNNING


async def test_the_setting_chooses_the_viewer(desk: Desk) -> None:
    desk.viewers.on_start = lambda _viewer, _call: desk.fleet.hypervisor.graphics.come(
        desk.fleet.hypervisor.list_domains()[0].uuid
    )
    async with driving(desk.fleet, console_wish=ConsoleWish(Viewer.SPICY, 1.0)) as user:
        await user.press("o")
        await user.sees("spicy shows spice")


async def test_more_than_five_consoles_are_asked_about(desk: Desk) -> None:
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("6", "space", "o")
        await user.sees("Open consoles on 6 machines?")
        await user.press("escape")
        await user.loses("Open consoles on")
        assert not desk.viewers.started
        await user.press("o", "y")
        await user.sees("6 consoles open")


async def test_without_a_screen_the_commands_are_shown(desk: Desk) -> None:
    desk.viewers.screen = False
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("type at your own desk")
        text = user.text()
        assert "virt-viewer --connect qemu+ssh://ada@kvm01/system" in text
        assert "ssh -N -L 5900:127.0.0.1:5900 ada@kvm01" in text
        assert "remote-viewer spice://localhost:5900" in text


async def test_a_digit_copies_one_command_whole_however_it_is_broken(desk: Desk) -> None:
    desk.viewers.screen = False
    async with driving(desk.fleet, console_wish=QUICK, size=(80, 24)) as user:
        await user.press("o")
        await user.sees("type at your own desk")
        await user.press("1")
        await user.sees("copied 1")
        uuid = user.machine("alpine-1").uuid
        assert user.app.clipboard == f"virt-viewer --connect qemu+ssh://ada@kvm01/system {uuid}"
        await user.press("2")
        await user.sees("copied 2")
        assert user.app.clipboard == "ssh -N -L 5900:127.0.0.1:5900 ada@kvm01"
        await user.press("a")
        await user.sees("copied all")
        assert len(user.app.clipboard.splitlines()) == 3


class Through:
    """A clipboard behind something that may hold copies back."""

    def __init__(self, needs: str) -> None:
        self.needs = needs
        self.texts: list[str] = []

    def put(self, text: str) -> str:
        """Take the text."""
        self.texts.append(text)
        return self.needs


@pytest.mark.parametrize("needs", ["", "in tmux, copying needs x"])
async def test_a_copy_is_helped_on_its_way_and_what_it_still_needs_is_said(desk: Desk, needs: str) -> None:
    desk.viewers.screen = False
    clipboard = Through(needs)
    desk.fleet.programs = Programs(viewers=desk.viewers, clipboard=clipboard)
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("type at your own desk")
        await user.press("3")
        await user.sees(f"copied 3: then the viewer, in another terminal{needs and '; '}{needs}")
        await user.until(lambda: clipboard.texts == ["remote-viewer spice://localhost:5900"])


async def test_the_commands_of_several_machines_are_turned_like_pages(desk: Desk) -> None:
    desk.viewers.screen = False
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("3", "space", "o")
        await user.sees("Console 1 of 3")
        await user.press("n")
        await user.sees("Console 2 of 3")
        assert "alpine-2" in user.text()
        await user.press("p", "p")
        await user.sees("Console 3 of 3")


async def test_a_viewer_that_is_not_installed_is_named(desk: Desk) -> None:
    desk.viewers.programs = frozenset()
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("No console")
        assert "virt-viewer" in user.text()
        assert "Install it." in user.text()


async def test_the_words_of_a_viewer_that_dies_at_once_are_shown(desk: Desk) -> None:
    desk.viewers.on_start = lambda viewer, _call: viewer.die(1, "[bold]no GL\x1b[2J here[/]\n")
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("No console")
        assert "[bold]no GL" in user.text()
        assert "\x1b[2J" not in user.text()
        await user.press("c")
        await user.sees("remote-viewer spice://localhost:5900")


async def test_a_viewer_that_dies_later_is_told_of_and_its_words_are_kept(desk: Desk) -> None:
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("virt-viewer shows spice")
        desk.viewers.started[0][1].die(3, "lost the connection\n")
        await user.sees("The console of alpine-1 died")
        await user.press("ctrl+o")
        await user.sees("lost the connection")
        assert "ended with status 3" in user.text()


async def test_a_viewer_that_is_closed_by_its_user_is_not_worth_a_word(desk: Desk) -> None:
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("virt-viewer shows spice")
        desk.viewers.started[0][1].die(0)
        await user.until(lambda: user.app.session.consoles.history[0].state.value == "ended")
        await user.press("ctrl+o")
        await user.sees("closed")
        assert "died" not in user.text()


async def test_a_machine_without_graphics_says_so(desk: Desk) -> None:
    hypervisor = desk.fleet.hypervisor
    uuid = hypervisor.list_domains()[0].uuid
    xml = hypervisor.inactive_xml(uuid)
    hypervisor.define(xml.replace("<graphics type='spice' port='-1' autoport='yes'/>", ""))
    async with driving(desk.fleet, console_wish=QUICK) as user:
        await user.press("o")
        await user.sees("No console")
        await _says(user, "it has no graphics")


async def _says(user: Driver, text: str) -> None:
    await user.until(lambda: text in " ".join(user.text().split()), text)


@pytest.mark.parametrize(("unasked", "screen", "opened"), [(True, True, 1), (False, True, 0), (True, False, 0)])
async def test_what_is_started_opens_its_console_only_where_the_setting_says_so(
    desk: Desk, unasked: bool, screen: bool, opened: int
) -> None:
    desk.viewers.screen = screen
    async with driving(desk.fleet, console_wish=ConsoleWish(timeout_seconds=1.0, unasked=unasked)) as user:
        await user.press("j", "s")
        await user.until(lambda: [job.finished for job in user.app.session.jobs.history] == [True])
        if opened:
            await user.sees("alpine-2: virt-viewer shows")
        await user.until(lambda: not user.app.errands.under_way)
        assert len(desk.viewers.started) == opened


async def test_in_read_only_mode_no_console_can_be_opened(desk: Desk) -> None:
    async with driving(desk.fleet, console_wish=QUICK, read_only=True) as user:
        await user.press("o")
        await user.sees("read-only mode")
        assert not desk.viewers.started
