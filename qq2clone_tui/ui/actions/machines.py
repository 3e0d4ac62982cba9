"""Act on the marked machines, or on the one under the cursor."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.erasure import Erasure, ErasureKind
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.domain.states import PowerVerb

from ..dialogs.choices import CloneDialog, CloneWish
from .plans import Plans

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["MachineActions"]


class MachineActions:
    """Carries out the commands of the noun ``machines``."""

    def __init__(self, main: "MainScreen", plans: Plans) -> None:
        self._main = main
        self._plans = plans

    def clone(self) -> None:
        """Ask how many clones of the template or version in view, and make them; digits before are the number."""
        reference = self._main.situation().reference
        session = self._main.qq.session

        def plan(wish: CloneWish) -> Plan:
            return session.plan_clone(reference, wish.count, start=wish.start, ephemeral=wish.ephemeral)

        def make(wish: CloneWish | None) -> None:
            if wish is not None:
                self._plans.decide("planning clones", lambda: plan(wish))

        typed = self._main.table.take_count() or self._main.tree_pane.take_count()
        self._main.qq.push_screen(CloneDialog(reference, max(1, typed)), make)

    def start(self) -> None:
        """Start them."""
        self._power(PowerVerb.START)

    def shutdown(self) -> None:
        """Ask the guests to shut down."""
        self._power(PowerVerb.SHUTDOWN)

    def destroy(self) -> None:
        """Force them off."""
        self._power(PowerVerb.DESTROY)

    def suspend(self) -> None:
        """Pause them."""
        self._power(PowerVerb.SUSPEND)

    def resume(self) -> None:
        """Let them go on."""
        self._power(PowerVerb.RESUME)

    def save(self) -> None:
        """Put their memory aside and turn them off."""
        self._power(PowerVerb.SAVE)

    def unsave(self) -> None:
        """Delete what was put aside."""
        self._power(PowerVerb.SAVE_REMOVE)

    def remove(self) -> None:
        """Remove them with their files."""
        session, uuids = self._main.qq.session, self._uuids()
        self._plans.decide("planning removal", lambda: session.plan_remove(uuids))

    def wipe(self) -> None:
        """Remove them after wiping their files."""
        self._erase(Erasure(ErasureKind.WIPE))

    def shred(self) -> None:
        """Remove them after shredding their files."""
        self._erase(Erasure(ErasureKind.SHRED))

    def _erase(self, erasure: Erasure) -> None:
        session, uuids = self._main.qq.session, self._uuids()
        self._plans.decide("planning removal", lambda: session.erasures.plan(session.plan_remove(uuids), erasure))

    def _power(self, verb: PowerVerb) -> None:
        session, uuids = self._main.qq.session, self._uuids()
        self._plans.decide(f"planning {verb.value}", lambda: session.plan_power(verb, uuids))

    def _uuids(self) -> list[str]:
        return [machine.uuid for machine in self._main.desk.targets]
