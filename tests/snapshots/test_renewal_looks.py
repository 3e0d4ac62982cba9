"""What it looks like when machines get other disks, and who stands on what."""

from collections.abc import Callable

from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.widgets.sheet import Sheet

from .screenshots import SCENES, Scene, asked, tree_seen
from .test_looks import SIZES, Compare, looks_the_same
from .uses_fleet import UsedFleet
from .versions_fleet import VersionedFleet

__all__ = ["looks_the_same"]

_TO_DEBIAN = ("shift+tab", *"jjjjj", "enter")


def _versions() -> VersionedFleet:
    return VersionedFleet().stage()


def _uses() -> UsedFleet:
    return UsedFleet().stage()


def _crowd() -> VersionedFleet:
    fleet = _versions()
    fleet.fill("ubuntu", 512, [machine.state for machine in fleet.session().inventory.current.machines.values()])
    return fleet


def _kept() -> VersionedFleet:
    fleet = _versions()
    record = next(one for one in fleet.catalogue.clones("debian12") if one.identity.number == 3)
    fleet.hypervisor.checkpoints.make(record.identity.uuid, "before the move", "", ["vda"])
    return fleet


def _said(text: str) -> Callable[[QqApp], bool]:
    """Return what tells whether a text stands in the dialog."""

    def said(app: QqApp) -> bool:
        if not asked(app):
            return False
        lines = app.screen.query_one("#dialog-text", Sheet)
        return text in "".join(cell.text for y in range(lines.line_count) for cell in lines.line_at(y).cells)

    return said


@SIZES
class TestReset:
    def test_plan_that_leaves_saved_machines_out(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["reset"])

    def test_plan_that_may_drop_what_fits_the_old_disks(self, looks_the_same: Compare) -> None:
        keys = (*_TO_DEBIAN, "colon", "1", "minus", "4", "enter", "B")
        assert looks_the_same(Scene(keys, _kept, asked, ("c",), _said("the checkpoints of 1 machine")))

    def test_plan_that_does_nothing_as_things_stand(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_TO_DEBIAN, "j", "B"), _versions, asked))

    def test_plan_that_wants_a_phrase(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("a", "B"), _crowd, asked))


@SIZES
class TestUpgrade:
    def test_versions_to_choose(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_TO_DEBIAN, "space", "j", "j", "space", "U", "j"), _versions, asked))

    def test_plan(self, looks_the_same: Compare) -> None:
        keys = (*_TO_DEBIAN, "space", "j", "space", "U", "enter")
        assert looks_the_same(Scene(keys, _versions, _said("debian12-1")))


@SIZES
class TestPromote:
    def test_name(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_TO_DEBIAN, "P"), _versions, asked))


@SIZES
class TestUses:
    def test_template(self, looks_the_same: Compare) -> None:
        assert looks_the_same(SCENES["uses"])

    def test_machine(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_TO_DEBIAN, *"jjjj", "w"), _uses, tree_seen))

    def test_images_alone(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene((*_TO_DEBIAN, "shift+tab", "w"), _uses, tree_seen, ("z",)))

    def test_foreign_machine(self, looks_the_same: Compare) -> None:
        find = ("slash", *"web", "enter")
        assert looks_the_same(Scene((*_TO_DEBIAN, "shift+tab", "w"), _uses, tree_seen, find))
