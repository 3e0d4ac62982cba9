"""Consoles from the command line: what is opened, what is printed, and the exit codes."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.adapters.memory.viewers import MemoryViewer, MemoryViewers
from qq2clone_tui.cli.world import Preferences
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.domain.viewers import Viewer, ViewerCall
from qq2clone_tui.engine.consoles import launch
from qq2clone_tui.engine.ports.programs import Programs

from .conftest import OFF, RUNNING, MemoryWorld, Run


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call a viewer settled sooner: these ones do not die of themselves."""
    monkeypatch.setattr(launch, "EARLY_SECONDS", 0.05)


@pytest.fixture
def viewers(world: MemoryWorld) -> MemoryViewers:
    """Return a desk with a screen and every viewer; what is started connects at once."""
    graphics = world.fleet.hypervisor.graphics

    def connect(_viewer: MemoryViewer, call: ViewerCall) -> None:
        graphics.come(call.arguments[-1])

    viewers = MemoryViewers(on_start=connect)
    world.programs = Programs(viewers=viewers)
    world.settings = Preferences(spice_timeout=1)
    return viewers


def _shown(viewers: MemoryViewers) -> list[Viewer]:
    return [call.viewer for call, _ in viewers.started]


def test_connect_starts_what_is_off_and_shows_every_machine(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    result = run("connect", "1-2,4")
    assert result.code == 0
    assert "2 started." in result.err
    assert [line for line in result.err.splitlines() if "virt-viewer shows spice 127.0.0.1:" in line]
    assert _shown(viewers) == [Viewer.VIRT_VIEWER] * 3
    states = {domain.name: domain.state for domain in web.hypervisor.list_domains()}
    assert states["web-2"] is states["web-4"] is DomainState.RUNNING


def test_a_viewer_is_told_the_uuid_and_never_the_name(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    run("connect", "1")
    call, _ = viewers.started[0]
    uuid = next(domain.uuid for domain in web.hypervisor.list_domains() if domain.name == "web-1")
    assert call.arguments == ("--attach", "--connect", "qemu:///system", "--", uuid)


def test_without_a_screen_the_commands_are_the_result(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    viewers.screen = False
    result = run("connect", "1")
    assert result.code == 0
    uuid = web.hypervisor.list_domains()[0].uuid
    assert f"virt-viewer --connect qemu+ssh://ada@kvm01/system {uuid}\n" in result.out
    assert "ssh -N -L 5900:127.0.0.1:5900 ada@kvm01\n" in result.out
    assert "remote-viewer spice://localhost:5900\n" in result.out
    assert not viewers.started


def test_print_gives_the_commands_also_where_there_is_a_screen(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    result = run("connect", "--print", "1")
    assert result.out.startswith("# web-1: spice 127.0.0.1:5900\n")
    assert not viewers.started


@pytest.mark.parametrize(
    ("words", "settings", "viewer"),
    [
        (("-S",), Preferences(), Viewer.SPICY),
        ((), Preferences(spicy=True), Viewer.SPICY),
        (("-S", "-V"), Preferences(), Viewer.VIRT_VIEWER),
        ((), Preferences(), Viewer.VIRT_VIEWER),
    ],
)
def test_options_and_settings_choose_the_viewer(  # noqa: PLR0917
    run: Run,
    web: SampleFleet,
    viewers: MemoryViewers,
    world: MemoryWorld,
    words: tuple[str, ...],
    settings: Preferences,
    viewer: Viewer,
) -> None:
    world.settings = Preferences(spicy=settings.spicy or words == ("-S",), spice_timeout=1)
    viewers.on_start = lambda _viewer, _call: web.hypervisor.graphics.come(web.hypervisor.list_domains()[0].uuid)
    assert run(*words, "connect", "1").code == 0
    assert _shown(viewers) == [viewer]


def test_a_viewer_that_is_not_installed_exits_with_11_and_names_the_package(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    viewers.programs = frozenset()
    result = run("connect", "1")
    assert result.code == 11
    assert "web-1" in result.err
    assert "Install it." in result.err


def test_where_another_viewer_is_installed_it_is_pointed_to(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    viewers.programs = frozenset({Viewer.SPICY})
    assert "which is here: -S." in run("connect", "1").err


def test_a_viewer_that_dies_at_once_exits_with_17_and_its_words(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    viewers.on_start = lambda viewer, _call: viewer.die(1, "cannot open display\x1b[2J\n")
    result = run("connect", "1")
    assert result.code == 17
    assert "ended with status 1: cannot open display [2J" in " ".join(result.err.split())
    assert "\x1b" not in result.err
    assert "'qq2clone connect --print' gives the commands" in result.err


def test_a_viewer_that_never_connects_is_ended_and_exits_with_17(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    viewers.on_start = lambda _viewer, _call: None
    result = run("connect", "1")
    assert result.code == 17
    assert "did not connect" in result.err
    assert viewers.started[0][1].status() == -15


def test_a_console_nobody_answers_at_exits_with_17(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    viewers.deaf = {"127.0.0.1:5900"}
    result = run("connect", "1")
    assert result.code == 17
    assert "nobody listens at 127.0.0.1:5900" in result.err
    assert not viewers.started


def _blind(fleet: SampleFleet, name: str) -> None:
    domain = next(domain for domain in fleet.hypervisor.list_domains() if domain.name == name)
    xml = fleet.hypervisor.inactive_xml(domain.uuid)
    fleet.hypervisor.define(xml.replace("<graphics type='spice' port='-1' autoport='yes'/>", ""))


def test_machines_without_graphics_are_named_and_the_others_shown(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    _blind(web, "web-1")
    result = run("connect", "1,3")
    assert result.code == 0
    assert "left out: web-1: it has no graphics" in result.err
    assert len(viewers.started) == 1


def test_when_no_machine_has_graphics_the_exit_code_is_17(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    _blind(web, "web-1")
    assert run("connect", "1").code == 17


def test_machines_that_the_hypervisor_does_not_know_are_named(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    web.hypervisor.undefine(web.hypervisor.list_domains()[0].uuid)
    result = run("connect", "1,3")
    assert result.code == 0
    assert "left out: web-1: the hypervisor does not know it" in result.err
    assert run("connect", "1").code == 17


def test_json_names_every_console(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    result = run("--json", "connect", "1-2").json
    assert result["action"] == "connect"
    assert result["start"]["done"] == 1
    assert [each["state"] for each in result["consoles"]] == ["shown", "shown"]
    assert result["consoles"][0]["graphics"] == "spice 127.0.0.1:5900"


def test_a_dry_run_starts_and_opens_nothing(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    result = run("--dry-run", "connect", "1-2")
    assert "start 1" in result.out
    assert "open 2 consoles: web-1, web-2" in result.out
    assert not viewers.started
    assert {d.name: d.state for d in web.hypervisor.list_domains()}["web-2"] is OFF


Case = tuple[tuple[str, ...], Preferences, Callable[[MemoryViewers], None], int]
AS_IT_IS: Callable[[MemoryViewers], None] = lambda _: None  # noqa: E731


def _dark(viewers: MemoryViewers) -> None:
    viewers.screen = False


def _bare(viewers: MemoryViewers) -> None:
    viewers.programs = frozenset()


@pytest.mark.parametrize(
    ("words", "settings", "desk", "opened"),
    [
        ((), Preferences(), AS_IT_IS, 1),
        ((), Preferences(), _dark, 0),
        ((), Preferences(), _bare, 0),
        ((), Preferences(use_spice=False), AS_IT_IS, 0),
        ((), Preferences(use_spice=True), _dark, 0),
        (("-f",), Preferences(use_spice=True), AS_IT_IS, 0),
        (("-g",), Preferences(use_spice=False), AS_IT_IS, 1),
        (("-f", "-g"), Preferences(), AS_IT_IS, 1),
        (("-g", "-f"), Preferences(), AS_IT_IS, 0),
    ],
    ids=["default", "no screen", "no viewer", "set off", "set on without screen", "-f", "-g", "-f -g", "-g -f"],
)
@pytest.mark.parametrize("verb", [("start", "2"), ("clone", "--run")])
def test_starting_opens_consoles_as_options_and_settings_say(  # noqa: PLR0917
    run: Run,
    web: SampleFleet,
    viewers: MemoryViewers,
    world: MemoryWorld,
    words: tuple[str, ...],
    settings: Preferences,
    desk: Callable[[MemoryViewers], None],
    opened: int,
    verb: tuple[str, ...],
) -> None:
    world.settings = settings
    desk(viewers)
    result = run(*words, *verb)
    assert result.code == 0
    assert len(viewers.started) == opened
    assert result.out == ""


@pytest.mark.parametrize(("words", "code"), [((), 0), (("-g",), 17)])
def test_a_machine_without_graphics_starts_well_unless_its_console_was_asked_for(
    run: Run, web: SampleFleet, viewers: MemoryViewers, words: tuple[str, ...], code: int
) -> None:
    _blind(web, "web-2")
    assert run(*words, "start", "2").code == code


@pytest.mark.parametrize(("setting", "code"), [(None, 0), (True, 17)])
def test_a_viewer_that_nobody_spoke_of_does_not_make_a_start_fail(  # noqa: PLR0917
    run: Run, web: SampleFleet, viewers: MemoryViewers, world: MemoryWorld, setting: bool | None, code: int
) -> None:
    world.settings = Preferences(use_spice=setting, spice_timeout=1)
    viewers.on_start = lambda viewer, _call: viewer.die(1, "no GL")
    result = run("start", "2")
    assert result.code == code
    assert "no GL" in result.err


def test_g_without_a_screen_prints_the_commands(run: Run, web: SampleFleet, viewers: MemoryViewers) -> None:
    viewers.screen = False
    result = run("-g", "start", "2")
    assert result.code == 0
    assert "remote-viewer spice://localhost:5900" in result.out


def test_a_setting_opens_no_more_than_a_handful_of_consoles_unasked(
    run: Run, fleet: SampleFleet, viewers: MemoryViewers
) -> None:
    fleet.add_clones(fleet.add_template("web"), [OFF] * 7)
    assert "with -g" in run("start", "all").err
    assert not viewers.started
    assert run("destroy", "all").code == 0
    assert run("-g", "start", "all").code == 0
    assert len(viewers.started) == 7


def test_g_on_clones_that_are_not_started_says_why_nothing_opens(
    run: Run, web: SampleFleet, viewers: MemoryViewers
) -> None:
    assert "add -r" in run("-g", "clone").err
    assert not viewers.started


def test_a_failed_start_keeps_its_exit_code_and_the_others_are_shown(
    run: Run, fleet: SampleFleet, viewers: MemoryViewers
) -> None:
    fleet.add_clones(fleet.add_template("web"), [RUNNING, OFF])
    fleet.hypervisor.failing = {"start": {"web-2"}}
    result = run("connect", "all")
    assert result.code == 16
    assert len(viewers.started) == 1
    assert "web-2" in result.err


def test_ctrl_c_ends_the_waiting_and_the_viewer_that_did_not_connect(
    run: Run, web: SampleFleet, viewers: MemoryViewers, world: MemoryWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.settings = Preferences(spice_timeout=600)
    viewers.on_start = lambda _viewer, _call: None
    interrupts = iter([KeyboardInterrupt])

    def wait_or_interrupt(futures: Sequence[Future[object]], timeout: float) -> None:
        wait(futures, timeout=timeout)
        if viewers.started:
            raise next(interrupts, TimeoutError)

    def patient(futures: Sequence[Future[object]], timeout: float) -> None:
        with suppress(TimeoutError):
            wait_or_interrupt(futures, timeout)

    monkeypatch.setattr("qq2clone_tui.cli.consoles.wait", patient)
    assert run("connect", "1").code == 130
    assert viewers.started[0][1].status() == -15
