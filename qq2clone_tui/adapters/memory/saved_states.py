"""Play what is remembered of state files, and the files themselves, in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from qq2clone_tui.domain.clone import CloneRecord, SavedState
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.states import CutShort, DomainState

from .domains import MemoryDomains

__all__ = ["MemorySavedRecords", "MemorySavedStates"]


class MemorySavedRecords:
    """State files as the catalogue knows them. Implements ``engine.ports.annotations.SavedStateStore``.

    Args:
        records: the clones by UUID.
        restore: puts changed records in.
    """

    def __init__(self, records: Mapping[str, CloneRecord], restore: Callable[[Sequence[CloneRecord]], None]) -> None:
        self._records = records
        self._restore = restore

    def put(self, uuid: str, saved: SavedState) -> None:
        """Record the state file of a clone."""
        record = self._records[uuid]
        others = [path for path in record.files if path != saved.path]
        self._restore([replace(record, saved=saved, files=(*others, saved.path))])

    def begin_restoring(self, uuid: str) -> None:
        """Do nothing: what is in memory goes with its process."""

    def end_restoring(self, uuid: str) -> None:
        """Do nothing."""

    def drop(self, uuid: str) -> None:
        """Forget the state file of a clone."""
        record = self._records.get(uuid)
        if record is not None and record.saved is not None:
            path = record.saved.path
            files = tuple(each for each in record.files if each != path)
            self._restore([replace(record, saved=None, files=files)])

    def interrupted(self) -> Sequence[str]:
        """Return nothing."""
        return ()


class MemorySavedStates:
    """The memory of machines, put aside. Implements ``engine.ports.facets.SavedStates``.

    Args:
        domains: the machines.

    Attributes:
        files: the machine whose memory is in a file, by path.
    """

    def __init__(self, domains: MemoryDomains) -> None:
        self._domains = domains
        self.files: dict[str, str] = {}

    def save_to(self, uuid: str, path: str) -> None:
        """Turn a machine off, keeping its memory."""
        self.files[path] = uuid
        self._domains.set_state(uuid, DomainState.OFF, CutShort.FORGOTTEN)

    def restore(self, path: str) -> None:
        """Turn it on again."""
        if path not in self.files:
            raise HypervisorError("cannot restore the machine", subject=path, why="there is no such file")
        self._domains.set_state(self.files[path], DomainState.RUNNING)

    def managed_bytes(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return the same for every machine."""
        return dict.fromkeys(names, 48 << 20)
