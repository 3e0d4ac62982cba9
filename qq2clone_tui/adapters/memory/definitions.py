"""Play changes to what machines are called and made of, in memory."""

from collections.abc import Callable

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.inventory import DomainSummary

__all__ = ["MemoryDefinitions"]


class MemoryDefinitions:
    """Definitions in memory. Implements ``engine.ports.facets.Definitions``.

    Args:
        define: gives a machine other XML.
        known: returns a machine.
        rename: gives a machine another name.

    Attributes:
        marks: what machines were marked with, by UUID.
    """

    def __init__(
        self,
        define: Callable[[str], str],
        known: Callable[[str], DomainSummary],
        rename: Callable[[str, str], None],
    ) -> None:
        self._define = define
        self._known = known
        self._rename = rename
        self.marks: dict[str, str] = {}

    def redefine(self, xml: str) -> None:
        """Give a machine other XML."""
        self._define(xml)

    def check(self, xml: str) -> None:
        """Read the XML."""
        describe(xml)

    def rename(self, uuid: str, name: str) -> None:
        """Give a machine that is off another name."""
        machine = self._known(uuid)
        if machine.state.active:
            raise HypervisorError("cannot rename the machine", subject=machine.name, why="it is active")
        self._rename(uuid, name)

    def mark(self, uuid: str, mark: str) -> None:
        """Remember the mark."""
        self._known(uuid)
        self.marks[uuid] = mark

    def persist(self) -> None:
        """Do nothing: what is in memory goes with its process."""
