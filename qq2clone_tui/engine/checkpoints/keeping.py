"""Keep states of machines, and bring them back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from qq2clone_tui.domain.checkpoint import Checkpoint, name_of, unroll
from qq2clone_tui.domain.errors import BadArgument
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Action, Plan
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.tools import Tools

from .planning import plan_deletion, plan_making, plan_return

__all__ = ["Checkpoints"]


class Checkpoints:
    """The states that machines can be brought back to; plans are carried out by ``session.jobs``.

    Args:
        tools: the adapters.
        inventory: knows the machines.
        now: gives the local time, for names.
    """

    def __init__(
        self, tools: Tools, inventory: InventoryStore, now: Callable[[], datetime] = lambda: datetime.now().astimezone()
    ) -> None:
        self._tools = tools
        self._inventory = inventory
        self._now = now

    def of(self, uuid: str) -> Sequence[Checkpoint]:
        """Return a machine's checkpoints, each behind the one it was made after.

        Raises:
            DomainNotFound: the hypervisor does not know the machine.
        """
        return tuple(each for _, each in unroll(self._tools.hypervisor.checkpoints.of(uuid)))

    def of_all(self, uuids: Sequence[str]) -> dict[str, Sequence[Checkpoint]]:
        """Return the checkpoints of those machines that have any, by UUID."""
        holders = self._tools.hypervisor.checkpoints.holders()
        return {uuid: self.of(uuid) for uuid in uuids if uuid in holders}

    def fresh_name(self) -> str:
        """Return the name that a checkpoint made now gets when nobody names it."""
        return name_of(self._now())

    def plan_make(self, uuids: Sequence[str], name: str = "", note: str = "") -> Plan:
        """Return the plan that makes a checkpoint of each machine; without a name, it is named after the time.

        Raises:
            BadArgument: no checkpoint can have the name, or the note.
        """
        return plan_making(self._tools, self._machines(uuids), name or self.fresh_name(), note)

    def plan_revert(self, uuids: Sequence[str], name: str) -> Plan:
        """Return the plan that brings each machine back to its checkpoint of that name."""
        return plan_return(self._tools, self._machines(uuids), name)

    def plan_delete(self, uuids: Sequence[str], name: str) -> Plan:
        """Return the plan that deletes each machine's checkpoint of that name."""
        return plan_deletion(self._tools, self._machines(uuids), name)

    def again(self, plan: Plan) -> Plan:
        """Return a fresh plan for the machines of one that failed."""
        uuids = [step.uuid for step in plan.steps]
        spec = next((step.checkpoint for step in plan.steps if step.checkpoint is not None), None)
        if spec is None:
            raise BadArgument("cannot do it again", why="no machine failed")
        if plan.action is Action.CHECKPOINT:
            return self.plan_make(uuids, spec.name, spec.note)
        return (self.plan_revert if plan.action is Action.REVERT else self.plan_delete)(uuids, spec.name)

    def mention_in(self, plan: Plan) -> Plan:
        """Return a plan of removal that says how many machines lose checkpoints with it."""
        holders = self._tools.hypervisor.checkpoints.holders()
        count = sum(step.uuid in holders for step in plan.steps)
        if not count:
            return plan
        warning = f"{count} of them {'has' if count == 1 else 'have'} checkpoints, which go too"
        return replace(plan, warnings=(*plan.warnings, warning))

    def _machines(self, uuids: Iterable[str]) -> list[Machine]:
        machines = self._inventory.current.machines
        return [machines[uuid] for uuid in dict.fromkeys(uuids) if uuid in machines]
