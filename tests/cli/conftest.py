"""Give the command line a fleet in memory, and a way to type at it."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.adapters.settings.book import FileSettings
from qq2clone_tui.adapters.xml_file import read_xml
from qq2clone_tui.cli.main import main
from qq2clone_tui.cli.shared import Shared
from qq2clone_tui.cli.world import Preferences
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.ports.programs import Programs
from qq2clone_tui.engine.ports.settings_book import SettingsBook
from qq2clone_tui.engine.session import Session

OFF, RUNNING, PAUSED, SAVED = DomainState.OFF, DomainState.RUNNING, DomainState.PAUSED, DomainState.SAVED


class MemoryWorld:
    """A world of settings and machines that are only values. Implements ``cli.world.World``."""

    def __init__(self, fleet: SampleFleet) -> None:
        self.fleet = fleet
        self.settings = Preferences()
        self.opened: list[Shared] = []
        self.programs = Programs()
        self.config_file = Path("no-such-place/config.toml").absolute()

    def preferences(self, shared: Shared) -> Preferences:
        """Return the settings it was given."""
        return self.settings

    def settings_book(self, shared: Shared) -> SettingsBook:
        """Return the settings in a file that a test may look into."""
        return FileSettings(self.config_file, {**shared.overrides, "template": shared.template})

    def open_session(self, shared: Shared) -> Session:
        """Open the engine over the fleet, noting the options."""
        self.opened.append(shared)
        fleet = self.fleet
        return Session(fleet.hypervisor, fleet.images, fleet.catalogue, read_xml, programs=self.programs, threads=2)

    def remembered(self, shared: Shared) -> Mapping[str, list[int]]:
        """Return what the catalogue holds."""
        known: dict[str, list[int]] = {template.name: [] for template in self.fleet.catalogue.templates()}
        for record in self.fleet.catalogue.clones():
            known[record.identity.template].append(record.identity.number)
        return known

    def tags(self, shared: Shared) -> Collection[str]:
        """Return the tags of the catalogue."""
        return tuple(self.fleet.catalogue.tags.all())


@dataclass(frozen=True)
class Result:
    """What came of one command line."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return stdout read as JSON."""
        return json.loads(self.out)


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def private_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep logs and settings of the person who runs the tests out of them."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("QQ2CLONE_DATA_DIR", raising=False)
    monkeypatch.delenv("_QQ2CLONE_COMPLETE", raising=False)


@pytest.fixture
def fleet() -> SampleFleet:
    """Return an empty fleet."""
    return SampleFleet()


@pytest.fixture
def web(fleet: SampleFleet) -> SampleFleet:
    """Return a fleet with one template and four clones: running, off, paused, saved."""
    fleet.add_clones(fleet.add_template("web"), (RUNNING, OFF, PAUSED, SAVED))
    return fleet


@pytest.fixture
def world(fleet: SampleFleet) -> MemoryWorld:
    """Return the world around the fleet."""
    return MemoryWorld(fleet)


@pytest.fixture
def run(world: MemoryWorld, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs one command line, given as words."""

    def run(*words: str) -> Result:
        capsys.readouterr()
        code = main(words, world=world)
        captured = capsys.readouterr()
        return Result(code, captured.out, captured.err)

    return run
