"""Offer what there is to know and to decide about saved states."""

from collections.abc import Iterable, Mapping

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.engine.tools import Tools

from . import saved_states

__all__ = ["Saves"]


class Saves:
    """The saved states of machines.

    Args:
        tools: the adapters.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def to_files(self, plan: Plan) -> Plan:
        """Return a plan of saving in which the memory goes to files at the storage place.

        Raises:
            AccessError: files cannot be made there.
        """
        return saved_states.to_files(plan, self._tools.images, self._tools.hypervisor.uri)

    def bytes(self, machines: Iterable[Machine]) -> Mapping[str, int]:
        """Return the bytes that the states of saved machines take, by UUID, as far as that can be told."""
        return saved_states.state_bytes(self._tools, machines)
