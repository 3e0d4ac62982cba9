"""What checkpoints look like: the tree of one machine, the names of several, and what going back asks."""

import time
from collections.abc import Iterator

import pytest

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.screens.checkpoints import CheckpointsScreen

from .fleet import NOW, StagedFleet
from .screenshots import Scene, asked
from .test_looks import SIZES, Compare, looks_the_same

__all__ = ["looks_the_same"]

_DAY = 86_400.0
OFF, RUNNING = DomainState.OFF, DomainState.RUNNING


@pytest.fixture(autouse=True)
def in_greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Show times as they are where pictures are compared."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _kept() -> StagedFleet:
    fleet = StagedFleet().stage()
    uuids = {record.identity.name: record.identity.uuid for record in fleet.catalogue.clones()}
    kept = fleet.hypervisor.checkpoints.kept
    note = "right after the first start, before anything was installed"
    kept[uuids["alpine-1"]] = [
        Checkpoint("fresh", NOW - 12 * _DAY, note),
        Checkpoint("before-update", NOW - 5 * _DAY, "kernel 6.1", True, parent="fresh", state=RUNNING),
        Checkpoint("20231113-101500", NOW - _DAY, "", True, True, "before-update", RUNNING),
        Checkpoint("try [b]ext4\x1b", NOW - 4 * _DAY, "made by virsh", False, parent="fresh"),
    ]
    kept[uuids["alpine-2"]] = [Checkpoint("fresh", NOW - 12 * _DAY, "", current=True)]
    return fleet


def _read(app: QqApp) -> bool:
    return isinstance(app.screen, CheckpointsScreen) and bool(app.screen.list.rows)


@SIZES
class TestCheckpoints:
    def test_the_tree_of_one_machine(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("K",), _kept, _read))

    def test_the_names_of_several(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("space", "space", "space", "K"), _kept, _read))

    def test_none_yet(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("K",)))

    def test_going_back_is_asked_about(self, looks_the_same: Compare) -> None:
        assert looks_the_same(Scene(("K",), _kept, _read, ("r",), asked))
