"""Build the fleet that snapshots and screenshots show: the same at every call, whenever it is."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import replace

from qq2clone_tui.adapters.memory.hypervisor import MemoryHypervisor
from qq2clone_tui.adapters.memory.sample import NOW, SampleFleet
from qq2clone_tui.domain.inventory import HostFacts
from qq2clone_tui.domain.states import DomainState, PowerVerb
from qq2clone_tui.domain.stats import Rates, Sample, StatGroup
from qq2clone_tui.engine.session import Session
from qq2clone_tui.ui.app import QqApp
from qq2clone_tui.ui.widgets.live_pane import LivePane

__all__ = ["NOW", "StagedFleet", "SteadyHypervisor"]

_ALL = StatGroup.CPU | StatGroup.MEMORY | StatGroup.BLOCK | StatGroup.NET
_TICK_SECONDS = 2.0
_WAVE = (4, 9, 14, 31, 58, 44, 22, 12, 8, 11, 19, 37, 64, 81, 52, 30, 17, 9, 6, 12, 25, 41, 33, 18)


class SteadyHypervisor(MemoryHypervisor):
    """A hypervisor whose machines work at an even pace, and that can be told to hold some back."""

    def __init__(self) -> None:
        super().__init__("qemu:///system", HostFacts("kvm01", cpus=16, memory_bytes=64 << 30, driver="QEMU"))
        self._ticks = 0
        self.held: set[str] = set()
        self.release = threading.Event()

    def sample(self, groups: StatGroup) -> Mapping[str, Sample]:
        """Return counters that grow by the same at every call, each machine's at its own pace."""
        self._ticks += 1
        return {uuid: _after(sample, self._ticks) for uuid, sample in super().sample(groups).items()}

    def power(self, verb: PowerVerb, uuid: str) -> None:
        """Keep the machines that are held back waiting."""
        domain = self.read_domain(uuid)
        if domain is not None and domain.name in self.held:
            self.release.wait(60)
        super().power(verb, uuid)


def _after(sample: Sample, ticks: int) -> Sample:
    pace = ((sample.disk_allocation_bytes or 0) >> 12) % 97 / 100
    step = {
        "read_bytes": 180_000 * pace,
        "written_bytes": 950_000 * pace,
        "received_bytes": 64_000 * pace,
        "sent_bytes": 21_000 * pace,
        "cpu_ns": pace * pace * sample.vcpus * _TICK_SECONDS * 1e9,
    }
    grown = {name: int(step[name]) * ticks for name in step}
    return replace(sample, at=_TICK_SECONDS * ticks, **grown)


class StagedFleet(SampleFleet):
    """A fleet of three templates whose figures stand still."""

    hypervisor: SteadyHypervisor

    def __init__(self) -> None:
        super().__init__()
        self.hypervisor = SteadyHypervisor()

    def stage(self) -> "StagedFleet":
        """Add templates and clones in every state."""
        run, off = DomainState.RUNNING, DomainState.OFF
        saved, crashed, paused = DomainState.SAVED, DomainState.CRASHED, DomainState.PAUSED
        mixed = (run, run, saved, run, crashed, run, run, off, off, paused, run, off, run, off, off, off)
        self.fill("alpine", 256, (run, off, run, off, run, run))
        self.fill("debian12", 512, [mixed[number % len(mixed)] for number in range(42)])
        self.fill("win11", 4096, [*(run,) * 4, off, off, saved, off, DomainState.IN_SHUTDOWN, off, run, off])
        return self

    def fill(self, name: str, memory_mib: int, states: Iterable[DomainState]) -> None:
        """Add a template and its clones."""
        self.add_clones(self.add_template(name, memory_mib), states)

    def app(self, **options: object) -> QqApp:
        """Return an app over the fleet, its figures measured already."""
        return QqApp(self.measured(), clock=lambda: NOW, **options)  # type: ignore[arg-type]

    def measured(self) -> Session:
        """Return a session over the fleet that knows figures and not only counters."""
        session = self.session()
        session.sampler.want(_ALL)
        session.sampler.sample_once()
        session.sampler.sample_once()
        return session


def remember_a_past(app: QqApp) -> None:
    """Give the machine under the cursor a past to draw."""
    uuid = app.desk.cursor
    pane = app.screen_stack[0].query_one(LivePane)
    if uuid is not None:
        for percent in _WAVE:
            pane.remember({uuid: Rates(cpu_percent=float(percent))})
