"""Play checkpoints of machines, in memory."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.checkpoint import Checkpoint
from qq2clone_tui.domain.errors import BadArgument, HypervisorError
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.states import DomainState

__all__ = ["MemoryCheckpoints"]


class MemoryCheckpoints:
    """States that machines can be brought back to. Implements ``engine.ports.facets.Checkpoints``.

    Args:
        known: returns a machine.
        set_state: changes a machine's state.
        fail: fails a call for the machines it was told to fail for.

    Attributes:
        clock: gives the time a checkpoint is made at, in seconds since the epoch.
        kept: the checkpoints by UUID.
        disks: the disks that each holds, by UUID and name.
        why_not: why this hypervisor can keep none; mostly empty.
    """

    def __init__(
        self,
        known: Callable[[str], DomainSummary],
        set_state: Callable[[str, DomainState], None],
        fail: Callable[[str, str], None],
    ) -> None:
        self._known = known
        self._set_state = set_state
        self._fail = fail
        self.clock: Callable[[], float] = time.time
        self.kept: dict[str, list[Checkpoint]] = {}
        self.disks: dict[tuple[str, str], tuple[str, ...]] = {}
        self.why_not = ""

    def of(self, uuid: str) -> Sequence[Checkpoint]:
        """Return the checkpoints of a machine."""
        self._known(uuid)
        return tuple(self.kept.get(uuid, ()))

    def holders(self) -> frozenset[str]:
        """Return the machines that have any."""
        return frozenset(uuid for uuid, kept in self.kept.items() if kept)

    def obstacle(self, xml: str) -> str:
        """Return what it was told."""
        return self.why_not if xml else ""

    def make(self, uuid: str, name: str, note: str, disks: Sequence[str]) -> None:
        """Remember the state of a machine."""
        machine = self._known(uuid)
        self._fail("checkpoint", machine.name)
        before = self.kept.get(uuid, [])
        if any(each.name == name for each in before):
            raise HypervisorError("cannot make the checkpoint", subject=machine.name, why=f"{name} exists already")
        parent = next((each.name for each in before if each.current), "")
        memory = machine.state.active
        fresh = Checkpoint(name, self.clock(), note, memory, current=True, parent=parent, state=machine.state)
        self.disks[uuid, name] = tuple(disks)
        self.kept[uuid] = [*(replace(each, current=False) for each in before), fresh]

    def adopt(self, uuid: str, name: str, note: str, disks: Sequence[str]) -> None:
        """Remember the state of a machine that is off."""
        self.make(uuid, name, note, disks)

    def revert(self, uuid: str, name: str) -> None:
        """Give a machine the state it had."""
        self._fail("revert", self._known(uuid).name)
        found = self._found(uuid, name)
        self.kept[uuid] = [replace(each, current=each.name == name) for each in self.kept[uuid]]
        self._set_state(uuid, found.state)

    def delete(self, uuid: str, name: str) -> None:
        """Forget a state; what came after it comes after the one before it."""
        self._fail("checkpoint-rm", self._known(uuid).name)
        gone = self._found(uuid, name)
        self.kept[uuid] = [
            replace(
                each,
                parent=gone.parent if each.parent == name else each.parent,
                current=each.current or (gone.current and each.name == gone.parent),
            )
            for each in self.kept[uuid]
            if each.name != name
        ]

    def forget(self, uuid: str) -> None:
        """Forget all states of a machine."""
        self._known(uuid)
        self.kept.pop(uuid, None)

    def _found(self, uuid: str, name: str) -> Checkpoint:
        for each in self.kept.get(uuid, ()):
            if each.name == name:
                return each
        why = f"{self._known(uuid).name} has none of that name"
        raise BadArgument("there is no such checkpoint", subject=name, why=why)
