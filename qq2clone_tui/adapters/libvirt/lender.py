"""Say what lends connections."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

__all__ = ["Lender"]


class Lender(Protocol):
    """Lends connections; ``ConnectionPool`` is one."""

    def lease(self, *, batch: bool = False) -> AbstractContextManager[Any]:
        """Lend a connection for the length of a block."""
