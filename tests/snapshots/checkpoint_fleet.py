"""Build a fleet of which two machines have checkpoints."""

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.screens.checkpoints import CheckpointsScreen

from .fleet import NOW, StagedFleet

__all__ = ["kept_fleet", "listed"]

_DAY = 86_400.0


def kept_fleet(stray: str = "try [b]ext4\x1b") -> StagedFleet:
    """Return the staged fleet; the first machine has a tree of checkpoints, the second one, and the third none.

    Args:
        stray: the name of one that another program has made.
    """
    fleet = StagedFleet().stage()
    uuids = {record.identity.name: record.identity.uuid for record in fleet.catalogue.clones()}
    kept = fleet.hypervisor.checkpoints.kept
    note = "right after the first start, before anything was installed"
    kept[uuids["alpine-1"]] = [
        Checkpoint("fresh", NOW - 12 * _DAY, note),
        Checkpoint("before-update", NOW - 5 * _DAY, "kernel 6.1", True, parent="fresh", state=DomainState.RUNNING),
        Checkpoint("20231113-101500", NOW - _DAY, "", True, True, "before-update", DomainState.RUNNING),
        Checkpoint(stray, NOW - 4 * _DAY, "made by virsh", False, parent="fresh"),
    ]
    kept[uuids["alpine-2"]] = [Checkpoint("fresh", NOW - 12 * _DAY, "", current=True)]
    return fleet


def listed(app: QqApp) -> bool:
    """Tell whether checkpoints have been read and are shown."""
    return isinstance(app.screen, CheckpointsScreen) and bool(app.screen.list.rows)
