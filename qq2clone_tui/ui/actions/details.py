"""Fetch what the live pane shows of a machine, once the cursor has come to rest."""

from typing import TYPE_CHECKING

from textual.timer import Timer

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.engine.details import MachineDetails

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["Details"]

_REST_SECONDS = 0.12
_REMEMBERED = 300

Known = MachineDetails | str


class Details:
    """Remembers the details of machines for as long as those have not changed.

    Args:
        main: the screen with the live pane.
    """

    def __init__(self, main: "MainScreen") -> None:
        self._main = main
        self._known: dict[str, tuple[Machine, Known]] = {}
        self._wanted: Machine | None = None
        self._fetching = False
        self._timer: Timer | None = None

    @property
    def pending(self) -> bool:
        """Tell whether details are still to come."""
        return self._wanted is not None or self._fetching

    def of(self, machine: Machine | None) -> Known | None:
        """Return the details of a machine, or why there are none; None while they are fetched."""
        if machine is None:
            return None
        known = self._known.get(machine.uuid)
        if known is not None and known[0] == machine:
            return known[1]
        if machine != self._wanted:
            self._wanted = machine
            if self._timer is not None:
                self._timer.stop()
            self._timer = self._main.set_timer(_REST_SECONDS, self._fetch)
        return known[1] if known is not None else None

    def _fetch(self) -> None:
        machine = self._wanted
        if machine is None or self._fetching:
            return
        self._fetching = True
        session = self._main.qq.session
        self._main.qq.errands.run(
            "",
            lambda: session.details(machine.uuid),
            lambda details: self._keep(machine, details),
            failed=lambda error: self._keep(machine, _sentence(error)),
        )

    def _keep(self, machine: Machine, known: Known) -> None:
        self._fetching = False
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[machine.uuid] = (machine, known)
        if self._wanted == machine:
            self._wanted = None
        else:
            self._fetch()
        self._main.show_live()


def _sentence(error: Qq2cloneError) -> str:
    return f"{error.what}: {error.why}" if error.why else error.what
