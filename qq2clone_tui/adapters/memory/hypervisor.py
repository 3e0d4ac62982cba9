"""Play a hypervisor in memory: domains, states, events and figures, with switches for trouble."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from qq2clone_tui.domain.describe_xml import describe
from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.inventory import DomainSummary, HostFacts
from qq2clone_tui.domain.states import CutShort, DomainState, PowerVerb, refusal
from qq2clone_tui.domain.stats import Sample, StatGroup
from qq2clone_tui.engine.ports.hypervisor import HostListener

from .facets import MemoryFacets

__all__ = ["MemoryHypervisor"]

_AFTER = {
    PowerVerb.START: DomainState.RUNNING,
    PowerVerb.SHUTDOWN: DomainState.OFF,
    PowerVerb.DESTROY: DomainState.OFF,
    PowerVerb.SUSPEND: DomainState.PAUSED,
    PowerVerb.RESUME: DomainState.RUNNING,
    PowerVerb.SAVE: DomainState.SAVED,
    PowerVerb.SAVE_REMOVE: DomainState.OFF,
}
_CUT_SHORT = {PowerVerb.DESTROY: CutShort.FORCED, PowerVerb.SAVE_REMOVE: CutShort.FORGOTTEN}


class MemoryHypervisor(MemoryFacets):
    """A hypervisor without machines. Implements ``ports.Hypervisor``.

    Args:
        uri: what it claims to be.
        host: the facts it tells.

    Attributes:
        figures: counters by UUID that ``sample`` returns.
        volumes: absolute paths by ``pool/volume``.
    """

    def __init__(self, uri: str = "memory:///", host: HostFacts | None = None) -> None:
        super().__init__(uri)
        self._host = host or HostFacts("memory", cpus=8, memory_bytes=64 << 30, driver="Memory")
        self.figures: Mapping[str, Sample] = {}
        self.volumes: dict[str, str] = {}

    def host(self) -> HostFacts:
        """Return the host's facts."""
        self._arrive()
        return self._host

    def list_domains(self) -> list[DomainSummary]:
        """Return every domain."""
        self._arrive()
        with self._lock:
            return list(self._domains.values())

    def read_domain(self, uuid: str) -> DomainSummary | None:
        """Return one domain, or None."""
        self._arrive()
        return self._domains.get(uuid)

    def inactive_xml(self, uuid: str) -> str:
        """Return the XML as it was defined."""
        self._known(uuid)
        return self._xml[uuid]

    def live_xml(self, uuid: str) -> str:
        """Return the XML as it was defined."""
        return self.inactive_xml(uuid)

    def has_snapshots(self, uuid: str) -> bool:
        """Tell whether a domain has checkpoints."""
        return bool(self.checkpoints.of(uuid))

    def volume_path(self, pool: str, volume: str) -> str | None:
        """Return the path of a volume it was told of, or None."""
        return self.volumes.get(f"{pool}/{volume}")

    def define(self, xml: str) -> str:
        """Define a domain; a name in use by another UUID is refused."""
        self._arrive()
        description = describe(xml)
        self._fail("define", description.name)
        with self._lock:
            for domain in self._domains.values():
                if domain.name == description.name and domain.uuid != description.uuid:
                    raise HypervisorError("cannot define the machine", subject=domain.name, why="the name is in use")
            before = self._domains.get(description.uuid)
            fresh = DomainSummary(description.uuid, description.name, DomainState.OFF)
            self._domains[description.uuid] = replace(before, name=description.name) if before else fresh
            self._xml[description.uuid] = xml
        self._tell(description.uuid)
        return description.uuid

    def undefine(self, uuid: str) -> None:
        """Forget a domain."""
        self._arrive()
        self._fail("undefine", self._known(uuid).name)
        with self._lock:
            del self._domains[uuid], self._xml[uuid]
            self.checkpoints.kept.pop(uuid, None)
        self._tell(uuid)

    def power(self, verb: PowerVerb, uuid: str) -> None:
        """Change a domain's state at once."""
        domain = self._known(uuid)
        self._fail(verb.value, domain.name)
        why = refusal(verb, domain.state)
        if why:
            raise HypervisorError(f"cannot {verb.value} the machine", subject=domain.name, why=f"it {why}")
        self.set_state(uuid, _AFTER[verb], _CUT_SHORT.get(verb, CutShort.NOT))

    def sample(self, groups: StatGroup) -> Mapping[str, Sample]:
        """Return the figures it was given, for active domains."""
        self._arrive()
        active = {uuid for uuid, domain in self._domains.items() if domain.state.active}
        return {uuid: sample for uuid, sample in self.figures.items() if uuid in active} if groups else {}

    def listen(self, listener: HostListener) -> Callable[[], None]:
        """Register for events."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def close(self) -> None:
        """Let waiting calls go."""
        self.open_gate.set()
