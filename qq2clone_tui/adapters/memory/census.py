"""Tell what machines that exist only in memory are made of."""

from collections.abc import Callable, Mapping

from qq2clone_tui.domain.inventory import DomainSummary

__all__ = ["MemoryCensus"]


class MemoryCensus:
    """Implements ``engine.ports.facets.Census``.

    Args:
        machines: returns every domain there is with its XML, by UUID.
    """

    def __init__(self, machines: Callable[[], Mapping[str, tuple[DomainSummary, tuple[str, ...]]]]) -> None:
        self._machines = machines

    def all(self) -> Mapping[str, tuple[DomainSummary, tuple[str, ...]]]:
        """Return every domain with its XML."""
        return self._machines()

    def one(self, uuid: str) -> tuple[DomainSummary, tuple[str, ...]] | None:
        """Return one domain with its XML, or None."""
        return self._machines().get(uuid)
