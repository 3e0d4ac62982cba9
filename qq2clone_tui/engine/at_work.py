"""Let only one job of this process at a time make or remove a machine; the catalogue sees to other processes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from qq2clone_tui.domain.errors import BadArgument

__all__ = ["AtWork"]


class AtWork:
    """The machines that are being made or removed."""

    def __init__(self) -> None:
        self._uuids: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def on(self, uuid: str, name: str) -> Iterator[None]:
        """Keep every other job off the machine for the length of a block.

        Raises:
            BadArgument: another job is at it.
        """
        with self._lock:
            if uuid in self._uuids:
                why, remedy = "another job is making or removing it", "Wait for that job to end."
                raise BadArgument("cannot work on the machine", subject=name, why=why, remedy=remedy)
            self._uuids.add(uuid)
        try:
            yield
        finally:
            with self._lock:
                self._uuids.discard(uuid)
