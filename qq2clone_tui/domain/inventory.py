"""Hold one immutable picture of all machines, and say how two pictures differ."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .clone import STAGING, CloneStatus
from .states import CutShort, DomainState

__all__ = [
    "ConnectionState",
    "DomainSummary",
    "HostFacts",
    "Inventory",
    "Machine",
    "TemplateSummary",
    "VersionSummary",
    "diff",
]


@dataclass(frozen=True, slots=True)
class DomainSummary:
    """What one cheap listing call tells of a domain, ours or not.

    Args:
        uuid, name, state: the machine.
        persistent: it is defined, and there also while it is off.
        cut_short: how it came to be off, where that was not its guest's doing.
    """

    uuid: str
    name: str
    state: DomainState
    persistent: bool = True
    cut_short: CutShort = CutShort.NOT


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What is fixed about the host, or changes slowly.

    Args:
        hostname: as libvirt reports it.
        cpus: number of host CPUs; 0 when unknown.
        memory_bytes: physical memory in bytes; 0 when unknown.
        driver: libvirt's name of the driver ("QEMU", "Test").
    """

    hostname: str
    cpus: int = 0
    memory_bytes: int = 0
    driver: str = ""


class ConnectionState(StrEnum):
    """How fresh the picture is."""

    CONNECTING = "connecting"
    LIVE = "live"
    RECONNECTING = "reconnecting"


@dataclass(frozen=True, slots=True)
class Machine:
    """One clone as the table shows it: catalogue record joined with the live domain.

    Args:
        uuid: identity; rows, marks and plans go by it, never by name.
        template, version, number: where it comes from.
        name: domain name (as the hypervisor has it now).
        state: MISSING when the hypervisor does not know the UUID.
        status: MAKING or REMOVING while a job is at it, or after one was killed.
        files: absolute paths that belong to it alone.
        created_at: seconds since the epoch.
        state_file: absolute path of the file that holds its memory; empty unless it was saved to one.
        ephemeral: it begins afresh at every start.
        detached: its images are full ones that stand on no version any more.
    """

    uuid: str
    template: str
    version: int
    number: int
    name: str
    state: DomainState
    status: CloneStatus = CloneStatus.READY
    files: tuple[str, ...] = ()
    created_at: float = 0.0
    state_file: str = ""
    ephemeral: bool = False
    detached: bool = False

    @property
    def staging(self) -> bool:
        """Tell whether this is the machine in which the template's next version is made."""
        return self.number == STAGING


@dataclass(frozen=True, slots=True)
class VersionSummary:
    """A version of a template as the tree shows it.

    Args:
        number: from 1.
        clones: how many stand on it.
        bytes: what its own images take on disk.
        note: what its maker wrote of it.
        created_at: seconds since the epoch.
        drift: why its images are not what they were, one clause for each; empty when all is well.
    """

    number: int
    clones: int = 0
    bytes: int = 0
    note: str = ""
    created_at: float = 0.0
    drift: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateSummary:
    """A template as the tree shows it.

    Args:
        name: the template.
        version: number of its newest version.
        clones: how many there are of all its versions.
        versions: newest first.
        staging: UUID of its staging machine; empty when there is none.
    """

    name: str
    version: int
    clones: int
    versions: tuple[VersionSummary, ...] = ()
    staging: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything on screen at one instant; replaced whole, never changed.

    Args:
        version: grows by one with every publication.
        connection: how fresh the picture is.
        host: the host's facts, None before the first connection.
        templates: by name, in name order.
        machines: by UUID, ordered by template and number.
        tags: the UUIDs that carry each tag, by tag.
        problem: one paragraph while the connection is down, else empty.
    """

    version: int = 0
    connection: ConnectionState = ConnectionState.CONNECTING
    host: HostFacts | None = None
    templates: tuple[TemplateSummary, ...] = ()
    machines: Mapping[str, Machine] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class InventoryDiff:
    """Which UUIDs came, went or changed between two inventories."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


def diff(old: Inventory, new: Inventory) -> InventoryDiff:
    """Return the difference by UUID; unchanged machines cost one comparison each."""
    before, after = old.machines, new.machines
    return InventoryDiff(
        added=tuple(uuid for uuid in after if uuid not in before),
        removed=tuple(uuid for uuid in before if uuid not in after),
        changed=tuple(uuid for uuid in after if uuid in before and before[uuid] != after[uuid]),
    )
