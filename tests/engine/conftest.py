"""Give the engine's tests a world in memory, and a way to wait for it."""

import time
from collections.abc import Callable, Iterator

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.session import Session


@pytest.fixture
def fleet() -> SampleFleet:
    """Return an empty world."""
    return SampleFleet()


@pytest.fixture
def template(fleet: SampleFleet) -> Template:
    """Return a template with one disk."""
    return fleet.add_template("web")


@pytest.fixture
def session(fleet: SampleFleet, template: Template) -> Iterator[Session]:
    """Return a session over the world; the template is there."""
    session = fleet.session()
    yield session
    session.close()


Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture
def wait_until() -> Wait:
    """Return a function that waits for a condition and fails when it does not come true."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "the condition did not come true"
            time.sleep(0.005)

    return wait
