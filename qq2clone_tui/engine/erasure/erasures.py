"""Offer removals that leave nothing to be read."""

from qq2clone_tui.domain.erasure import Erasure
from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.engine.tools import Tools

from .erasing import to_erase

__all__ = ["Erasures"]


class Erasures:
    """Removals that overwrite.

    Args:
        tools: the adapters.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def plan(self, removal: Plan, erasure: Erasure) -> Plan:
        """Return a plan of removal in which every file is overwritten before it is deleted.

        Raises:
            BadArgument: files cannot be overwritten in this way here.
        """
        return to_erase(self._tools, removal, erasure)

    def again(self, removal: Plan, erase: str) -> Plan:
        """Return a plan that overwrites as an earlier one was to; see ``Erasure.written``."""
        erasure = Erasure.read(erase)
        return self.plan(removal, erasure) if erasure else removal

    def doubts(self) -> tuple[str, ...]:
        """Return why overwriting may leave what was in the files, as clauses; empty when nothing says so."""
        eraser = self._tools.images.eraser
        return eraser.doubts() if eraser else ()
