"""What every screen looks like, at the smallest usual terminal and at a large one."""

from collections.abc import Awaitable, Callable, Iterator

import pytest
from textual.pilot import Pilot

from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.widgets.sheet import Sheet

from .fleet import StagedFleet
from .screenshots import SCENES, Scene, play

Compare = Callable[[Scene], bool]

SIZES = pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=["80x24", "160x48"])
DEBIAN = ("shift+tab", *"jjjjj", "enter")


@pytest.fixture
def looks_the_same(
    snap_compare: Callable[..., bool], size: tuple[int, int], request: pytest.FixtureRequest
) -> Iterator[Compare]:
    """Give a function that compares a scene with its snapshot."""
    fleets: list[tuple[StagedFleet, QqApp]] = []

    def compare(scene: Scene, **options: object) -> bool:
        fleet = scene.stage()
        app = fleet.app(**{"make_sample": lambda: None, **options})
        fleets.append((fleet, app))
        return snap_compare(app, terminal_size=size, run_before=pressing(scene))

    yield compare
    for fleet, app in fleets:
        fleet.hypervisor.release.set()
        app.session.close()


def pressing(scene: Scene) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Return what brings a fresh app to the scene."""

    async def run(pilot: Pilot[None]) -> None:
        await play(pilot, scene)

    return run


@SIZES
class TestMainScreen:
    def test_fleet(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene())

    def test_marks_and_a_job_under_way(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["main"])

    def test_last_row(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("G", ">")))

    def test_a_command_that_cannot_be_done(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("s",)))

    def test_clones_of_nobody(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(stage=_bare))

    def test_hostile_names(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(stage=_hostile))


@SIZES
class TestPrompts:
    def test_set(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["set"])

    def test_set_with_a_fault(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*DEBIAN, "colon", *"1", "comma", *"rnning")))

    def test_filter(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("slash", *"crashed")))

    def test_filter_without_matches(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("slash", *"zzz", "enter")))


@SIZES
class TestDialogs:
    def test_plan(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["plan"])

    def test_plan_that_wants_a_phrase(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("a", "D")))

    def test_plan_as_commands(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("space", "space", "D", "e")))

    def test_clone(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("2", "0", "c")))

    def test_import(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("I",)))

    def test_error(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("I", *"nosuch", "enter")))

    def test_palette(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("ctrl+p", *"re")))

    def test_help(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["help"])


@SIZES
class TestLedger:
    def test_a_job_under_way(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["ledger"])

    def test_no_jobs(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("J",)))


@SIZES
class TestConditions:
    def test_first_run(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["first-run"])

    def test_read_only(self, looks_the_same: Callable[..., bool]) -> None:
        assert looks_the_same(Scene(), read_only=True)

    def test_reconnecting(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(until=_lose))


@pytest.mark.parametrize("size", [(50, 12)])
class TestTooSmall:
    def test_what_is_needed(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene())


@pytest.mark.parametrize("size", [(100, 30)], ids=["100x30"])
class TestThemes:
    @pytest.mark.parametrize("theme", ["light", "contrast", "ansi", "mono"])
    def test_theme(self, looks_the_same: Callable[..., bool], theme: str) -> None:
        assert looks_the_same(Scene(("space", "space", "colon", *"running")), theme=theme)


def _bare() -> StagedFleet:
    fleet = StagedFleet()
    fleet.add_template("debian12")
    return fleet


def _hostile() -> StagedFleet:
    fleet = StagedFleet().stage()
    names = ("[red]x[/]", "a\x1b[31mb", "line\nbreak", "\u202egnp", "名前が長い" * 9, "'; rm -rf /")
    for uuid, name in zip(list(fleet.hypervisor._domains), names, strict=False):
        fleet.hypervisor.rename(uuid, name)
    return fleet


def _lose(app: QqApp) -> bool:
    lost = "● live" not in "".join(cell.text for cell in app.screen.query_one("#header", Sheet).line_on(0).cells)
    if not lost:
        app.session.inventory.connection_lost("cannot reach the hypervisor 'qemu:///system': connection refused")
    return lost
