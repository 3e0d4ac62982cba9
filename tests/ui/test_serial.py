"""The serial console from the app; the terminal itself is left out."""

from contextlib import nullcontext
from dataclasses import replace

import pytest

from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.ports.terminal import DETACHED, SerialLine
from qq2clone_tui.ui.app import QqApp
from tests.snapshots.fleet import StagedFleet

from .driving import driving


class PlayedTerminal:
    """A terminal at which nobody types."""

    def __init__(self) -> None:
        self.why = DETACHED
        self.lines: list[SerialLine] = []

    def converse(self, line: SerialLine) -> str:
        """Note the line."""
        self.lines.append(line)
        return self.why


@pytest.fixture
def terminal() -> PlayedTerminal:
    return PlayedTerminal()


@pytest.fixture
def fleet(terminal: PlayedTerminal, monkeypatch: pytest.MonkeyPatch) -> StagedFleet:
    monkeypatch.setattr(QqApp, "suspend", lambda _: nullcontext())
    fleet = StagedFleet()
    fleet.fill("web", 256, [DomainState.RUNNING, DomainState.OFF])
    fleet.programs = replace(fleet.programs, terminal=terminal)
    return fleet


async def test_the_console_is_shown_and_left_again(fleet: StagedFleet, terminal: PlayedTerminal) -> None:
    async with driving(fleet) as user:
        await user.press("O")
        await user.sees("You have left the console of web-1.")
        assert len(terminal.lines) == 1


async def test_a_machine_that_goes_off_meanwhile_is_told(fleet: StagedFleet, terminal: PlayedTerminal) -> None:
    terminal.why = "the machine went off"
    async with driving(fleet) as user:
        await user.press("O")
        await user.sees("web-1: the machine went off")


async def test_a_machine_that_is_off_says_so(fleet: StagedFleet, terminal: PlayedTerminal) -> None:
    async with driving(fleet) as user:
        await user.press("j", "O")
        await user.sees("it is off")
        assert not terminal.lines


async def test_a_console_in_use_is_taken_over_only_when_asked_to(fleet: StagedFleet, terminal: PlayedTerminal) -> None:
    async with driving(fleet) as user:
        fleet.hypervisor.serial_ports.busy.add(user.machine("web-1").uuid)
        await user.press("O")
        await user.sees("Somebody has it open")
        await user.press("y")
        await user.sees("You have left the console of web-1.")
