"""What consoles look like in the app: the way to them from elsewhere, and what went wrong."""

from qq2clone_tui.adapters.memory.viewers import MemoryViewer, MemoryViewers
from qq2clone_tui.domain.viewers import ViewerCall
from qq2clone_tui.engine.ports.programs import Programs

from .fleet import StagedFleet
from .screenshots import SCENES, Scene, asked, away_from_a_screen
from .test_looks import SIZES, Compare, looks_the_same

__all__ = ["looks_the_same"]

_WORDS = "(virt-viewer:4711): Gtk-WARNING **: cannot open display: [b]:7[/b]\x1b[2J\n"


def _dying() -> StagedFleet:
    fleet = StagedFleet().stage()

    def die(viewer: MemoryViewer, _call: ViewerCall) -> None:
        viewer.die(1, _WORDS)

    fleet.programs = Programs(viewers=MemoryViewers(on_start=die))
    return fleet


@SIZES
class TestConsoles:
    def test_commands_for_ones_own_desk(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["console"])

    def test_commands_of_one_machine(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("o",), away_from_a_screen, asked))

    def test_a_viewer_that_dies_at_once(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("o",), _dying, asked))

    def test_no_console_was_opened_yet(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("ctrl+o",), _dying, asked))

    def test_many_consoles_are_asked_about(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*"12", "space", "o"), away_from_a_screen, asked))
