"""Build a fleet about which a check has something to say."""

from collections.abc import Callable

from qq2clone_tui.domain.findings import CheckReport, CheckWish, Fate, Finding, FindingKind
from qq2clone_tui.engine.checking import Checking
from qq2clone_tui.engine.session import Session
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.screens.check import CheckScreen

from .fleet import StagedFleet

__all__ = ["checked", "sound", "troubled"]

_PLACE = "/var/lib/libvirt/images/qq2clone"
_FOUND = (
    Finding(FindingKind.UNFINISHED, "debian12-41", "a process that is gone left it behind: it was only half made",
            Fate.MENDABLE, "it is finished or undone"),
    Finding(FindingKind.UNRECORDED_CLONE, "win11-9",
            "its metadata says that it is number 9 of win11@v1, but the catalogue does not know it",
            Fate.MENDABLE, "it is recorded again, with its number, its addresses and its files"),
    Finding(FindingKind.LOST_CLONE, "debian12-7", "the hypervisor has no machine with its UUID any more",
            Fate.NEEDS_CONSENT, "its record is forgotten, for none of its files is left either"),
    Finding(FindingKind.CHANGED_IMAGE, "/srv/templates/debian12.qcow2",
            "debian12@v1 has it, and it grew from 2147483648 bytes to 2147549184 and it was written since; 34 machines "
            "stand on it",
            remedy="Bring it back from a copy; if it is as it should be, say so with: qq2clone modify-template "
            "debian12@v1 acknowledge-image."),
    Finding(FindingKind.WRITABLE_IMAGE, f"{_PLACE}/alpine.v2.vda.qcow2",
            "alpine@v2 stands on it, and its mode lets somebody write to it", Fate.MENDED,
            "it is read-only again (mode 0444)"),
    Finding(FindingKind.ORPHAN_FILE, f"{_PLACE}/centos-3.vda.qcow2",
            "it is called like a file of ours and takes 1610612736 bytes, but no machine names it and nothing has "
            "recorded it",
            remedy=f"Look at it with qemu-img info; if nobody needs it, delete it yourself: rm -- {_PLACE}/centos-3.vda"
            ".qcow2"),
)  # fmt: skip


class _Found(Checking):
    """A check that finds what it is told to."""

    def __init__(self, report: CheckReport) -> None:
        self._report = report

    def run(
        self,
        wish: CheckWish,
        heard: Callable[[str, int, int], object] = lambda *_: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> CheckReport:
        """Return the report."""
        return self._report


class _CheckedFleet(StagedFleet):
    """A staged fleet about which a check has something to say."""

    def __init__(self, report: CheckReport) -> None:
        super().__init__()
        self._report = report

    def session(self) -> Session:
        """Return a session whose checks find the report."""
        session = super().session()
        session.check = _Found(self._report)
        return session


def troubled() -> StagedFleet:
    """Return a fleet with a finding of every fate."""
    return _CheckedFleet(CheckReport(_FOUND, 42, 3, 51)).stage()


def sound() -> StagedFleet:
    """Return a fleet without findings."""
    return _CheckedFleet(CheckReport((), 42, 3, 51, digests=4)).stage()


def checked(app: QqApp) -> bool:
    """Tell whether the check has ended and is shown."""
    screen = app.screen
    return isinstance(screen, CheckScreen) and screen.report is not None and not screen.run.under_way
