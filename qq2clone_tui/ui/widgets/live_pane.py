"""Show the machine under the cursor close up, with the recent past of its CPU, or a version of a template."""

from collections import deque
from collections.abc import Mapping

from qq2clone_tui.domain.address import Address
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.stats import Rates
from qq2clone_tui.engine.live.details import MachineDetails
from qq2clone_tui.engine.versions.details import VersionDetails

from ..desk import VersionInView
from ..presenters.live import live_lines
from ..presenters.text import Cell, line, visible
from ..presenters.version_details import version_lines
from .sheet import Sheet

__all__ = ["LivePane"]

_REMEMBERED = 60
_NO_RATES = Rates()


class LivePane(Sheet):
    """One machine's figures, disks and devices."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._past: dict[str, deque[float]] = {}

    def remember(self, rates: Mapping[str, Rates]) -> None:
        """Add one set of figures to the past of every machine that runs; a new start has no past."""
        for uuid in [uuid for uuid in self._past if rates.get(uuid, _NO_RATES).cpu_percent is None]:
            del self._past[uuid]
        for uuid, figures in rates.items():
            if figures.cpu_percent is not None:
                self._past.setdefault(uuid, deque(maxlen=_REMEMBERED)).append(figures.cpu_percent)

    def show_machine(
        self,
        machine: Machine | None,
        rates: Rates | None,
        details: MachineDetails | str | None,
        addresses: tuple[Address, ...] = (),
        tags: tuple[str, ...] = (),
    ) -> None:
        """Show a machine, or that there is none."""
        self.entitle(visible(machine.name) if machine else "Machine")
        if machine is None:
            self.show([line(), line(Cell("  No machine under the cursor.", "dim"))])
            return
        past = tuple(self._past.get(machine.uuid, ()))
        width = self.scrollable_content_region.width
        self.show(live_lines(machine, rates or _NO_RATES, past, details, width, addresses=addresses, tags=tags))

    def show_version(self, version: VersionInView, details: VersionDetails | str | None, now: float) -> None:
        """Show a version of a template, at an instant in epoch seconds."""
        self.entitle(visible(version.reference))
        width = self.scrollable_content_region.width
        self.show(version_lines(version.summary, details, now, width, written=version.written))
