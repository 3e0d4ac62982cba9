"""Keep the machines of a hypervisor in memory also in a file, so that they outlive the process that made them."""

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qq2clone_tui.adapters.memory.hypervisor import MemoryHypervisor

__all__ = ["KeptHypervisor"]


class _Kept(dict[str, Any]):
    """A dictionary that says before and after each change."""

    def __init__(self, content: dict[str, Any], before: Callable[[], None], after: Callable[[], None]) -> None:
        super().__init__(content)
        self._before = before
        self._after = after

    def __setitem__(self, key: str, value: object) -> None:
        self._before()
        super().__setitem__(key, value)
        self._after()

    def __delitem__(self, key: str) -> None:
        self._before()
        super().__delitem__(key)
        self._after()


class KeptHypervisor(MemoryHypervisor):
    """A hypervisor whose machines several processes see, one after the other.

    Args:
        path: the file; made when it is missing.

    Attributes:
        before_change: called before each change; a test may end the process there.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self.before_change: Callable[[], None] = lambda: None
        self.reload()

    def reload(self) -> None:
        """See what another process has done, and hear of it."""
        before = {uuid: (domain, self._xml.get(uuid)) for uuid, domain in self._domains.items()}
        kept = pickle.loads(self._path.read_bytes()) if self._path.exists() else ({}, {})  # noqa: S301 - our own
        # A machine and its XML change at one instant, as they do in libvirt: only one of the two is a change.
        self._xml = _Kept(kept[1], lambda: None, self._write)
        self._domains = _Kept(kept[0], self._change, self._write)

        after = {uuid: (domain, self._xml.get(uuid)) for uuid, domain in self._domains.items()}
        for uuid in {*before, *after}:
            if before.get(uuid) != after.get(uuid):
                self._tell(uuid)

    def _change(self) -> None:
        self.before_change()

    def _write(self) -> None:
        # What was defined before its XML is there is no machine yet.
        both = {uuid: domain for uuid, domain in self._domains.items() if uuid in self._xml}
        self._path.write_bytes(pickle.dumps((both, dict(self._xml))))
