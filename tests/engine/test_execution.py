"""Commands over machines: in what order, how many at a time, and what is remembered of them."""

import threading
from collections.abc import Callable, Mapping

import pytest

from qq2clone_tui.adapters.memory.sample import SampleFleet
from qq2clone_tui.domain.errors import AccessError, BadArgument, HypervisorError, MissingProgram
from qq2clone_tui.domain.execution import ExecLedger, ExecState, Manner
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.outcome import Ending, Outcome, Output
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.commands.execution import Execution
from qq2clone_tui.engine.commands.guest import GuestRunner
from qq2clone_tui.engine.ports.programs import Programs
from qq2clone_tui.engine.ports.shell import OnOutput
from qq2clone_tui.engine.tools import Tools

from .conftest import Wait

Play = Callable[[Mapping[str, str], threading.Event, OnOutput], Outcome]
GOOD = Outcome(Ending.EXITED)
BAD = Outcome(Ending.EXITED, 1)


class PlayedShell:
    """A shell whose commands are functions. Implements ``engine.ports.shell.Shell``."""

    def __init__(self) -> None:
        self.play: Play = lambda _variables, _stop, _tell: GOOD
        self.seen: list[Mapping[str, str]] = []
        self.kept: list[int] = []

    def check(self) -> None:
        """Be there."""

    def run(
        self,
        command: str,
        variables: Mapping[str, str],
        *,
        timeout_seconds: float | None,
        stop: threading.Event,
        keep_bytes: int,
        on_output: OnOutput | None = None,
    ) -> Outcome:
        """Run the function."""
        self.seen.append(variables)
        self.kept.append(keep_bytes)
        return self.play(variables, stop, on_output or (lambda _is_error, _piece: None))


@pytest.fixture
def shell() -> PlayedShell:
    return PlayedShell()


@pytest.fixture
def machines(fleet: SampleFleet) -> list[Machine]:
    """Return six machines, the second running."""
    fleet.add_clones(fleet.add_template("web"), [DomainState.OFF, DomainState.RUNNING, *[DomainState.OFF] * 4])
    session = fleet.session()
    try:
        return session.select("all", "web")
    finally:
        session.close()


def execution(fleet: SampleFleet, shell: PlayedShell | None, guest: GuestRunner | None = None) -> Execution:
    tools = Tools(fleet.hypervisor, fleet.images, fleet.catalogue, Programs(bash=shell))
    return Execution(tools, lambda _uuid: ("10.0.0.1", "fe80::1"), guest)


def fail_for(*names: str) -> Play:
    return lambda variables, _stop, _tell: BAD if variables["name"] in names else GOOD


def states(ledger: ExecLedger) -> list[ExecState]:
    return [entry.state for entry in ledger.entries]


def test_machines_come_in_order_and_are_told_apart(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    ledger = execution(fleet, shell).run(machines, "true", Manner())
    assert ledger.finished
    assert [seen["name"] for seen in shell.seen] == [f"web-{number}" for number in range(1, 7)]
    second = shell.seen[1]
    assert (second["number"], second["template"], second["state"]) == ("2", "web", "running")
    assert second["uuid"] == machines[1].uuid
    assert second["disks"] == f"{fleet.images.place}/web-2.vda.qcow2"
    assert second["ip"] == "10.0.0.1\nfe80::1"
    assert set(second) == {"uuid", "name", "disks", "number", "template", "state", "mac", "ip", "graphics"}


def test_the_first_failure_stops_the_rest(fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]) -> None:
    shell.play = fail_for("web-2")
    ledger = execution(fleet, shell).run(machines, "true", Manner())
    assert states(ledger) == [ExecState.DONE] * 2 + [ExecState.SKIPPED] * 4
    assert fleet.catalogue.tags.all() == {"failed": frozenset({machines[1].uuid})}


def test_keep_going_runs_for_all_and_the_next_run_replaces_who_failed(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    shell.play = fail_for("web-2", "web-5")
    runs = execution(fleet, shell)
    ledger = runs.run(machines, "true", Manner(keep_going=True))
    assert states(ledger) == [ExecState.DONE] * 6
    assert fleet.catalogue.tags.all() == {"failed": frozenset({machines[1].uuid, machines[4].uuid})}
    shell.play = fail_for()
    runs.run(machines[:2], "true", Manner())
    assert fleet.catalogue.tags.all() == {}


def test_no_more_than_so_many_run_at_a_time(fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]) -> None:
    together, lock, most, now = threading.Barrier(3), threading.Lock(), [0], [0]

    def play(_variables: Mapping[str, str], _stop: threading.Event, _tell: OnOutput) -> Outcome:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait(20)
        with lock:
            now[0] -= 1
        return GOOD

    shell.play = play
    assert not execution(fleet, shell).run(machines, "true", Manner(parallel=3)).failed
    assert most == [3]


def test_in_parallel_no_new_ones_begin_after_a_failure_and_those_under_way_end(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    runs, failed = execution(fleet, shell), threading.Event()

    def play(variables: Mapping[str, str], stop: threading.Event, _tell: OnOutput) -> Outcome:
        if variables["name"] == "web-1":
            return BAD
        assert failed.wait(20)
        return Outcome(Ending.UNKNOWN) if stop.is_set() else GOOD

    def heard(ledger: ExecLedger) -> None:
        if ledger.failed:
            failed.set()

    shell.play = play
    ledger = runs.run(machines, "true", Manner(parallel=2), on_change=heard)
    done = [entry for entry in ledger.entries if entry.state is ExecState.DONE]
    assert [entry.name for entry in ledger.failed] == ["web-1"]
    assert 1 <= len(done) <= 2
    assert ledger.count(ExecState.SKIPPED) == 6 - len(done)


def test_a_background_run_is_cancelled_and_its_output_readable_meanwhile(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine], wait_until: Wait
) -> None:
    runs = execution(fleet, shell)

    def play(_variables: Mapping[str, str], stop: threading.Event, tell: OnOutput) -> Outcome:
        tell(False, b"out")
        tell(True, b"err")
        assert stop.wait(20)
        return Outcome(Ending.UNKNOWN, why="stopped")

    shell.play = play
    number = runs.start(machines, "true", Manner(timeout_seconds=9))
    wait_until(lambda: runs.printed(number, machines[0].uuid)[1].total == 3)
    assert runs.printed(number, machines[0].uuid) == (Output(b"out", b"", 3), Output(b"err", b"", 3))
    assert runs.active == 1
    runs.cancel(number)
    wait_until(lambda: runs.history[-1].finished)
    assert runs.history[-1].cancelled
    assert states(runs.history[-1]) == [ExecState.DONE] + [ExecState.SKIPPED] * 5
    assert runs.printed(number, machines[0].uuid) == (Output(), Output())


def test_a_machine_that_is_gone_fails_with_the_reason(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    fleet.hypervisor.undefine(machines[0].uuid)
    (entry,) = execution(fleet, shell).run(machines[:1], "true", Manner()).failed
    assert entry.outcome is not None
    assert entry.outcome.ending is Ending.UNKNOWN
    assert "machine" in entry.verdict
    assert shell.seen == []


def test_the_more_machines_the_less_is_kept_of_each(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    runs = execution(fleet, shell)
    runs.run(machines[:1], "true", Manner())
    runs.run(machines[:1] * 1000, "true", Manner())
    assert shell.kept[0] == 320 << 10
    assert shell.kept[-1] * 2 * 1000 <= 64 << 20


def test_old_runs_are_forgotten(fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]) -> None:
    runs = execution(fleet, shell)
    for _ in range(30):
        runs.run(machines[:1], "true", Manner())
    assert [ledger.run for ledger in runs.history][-3:] == [28, 29, 30]
    assert len(runs.history) <= 21
    assert runs.machines(1) == ()


def test_results_are_not_lost_when_nobody_can_remember_who_failed(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise AccessError("cannot write the catalogue", why="no space left on device")

    monkeypatch.setattr(fleet.catalogue.tags, "replace", full)
    ledger = execution(fleet, shell).run(machines, "true", Manner())
    assert ledger.count(ExecState.DONE) == 6
    assert "no space left on device" in ledger.notice


def test_a_guests_command_is_run_by_its_agent_and_not_on_this_host(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    asked: list[tuple[str, str, float | None]] = []

    def guest(uuid: str, command: str, *, timeout_seconds: float | None, **_: object) -> Outcome:
        asked.append((uuid, command, timeout_seconds))
        if uuid == machines[1].uuid:
            raise HypervisorError("cannot reach the guest agent", subject="web-2", why="it is not installed")
        return GOOD

    ledger = execution(fleet, shell, guest=guest).run(
        machines, "uptime", Manner(guest=True, keep_going=True, timeout_seconds=5)
    )
    assert asked == [(machine.uuid, "uptime", 5) for machine in machines]
    assert [entry.name for entry in ledger.failed] == ["web-2"]
    assert "guest agent" in ledger.failed[0].verdict
    assert shell.seen == []


def test_an_agent_that_never_answers_is_not_waited_for_once_the_run_is_stopped(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine], wait_until: Wait
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def guest(uuid: str, command: str, *, timeout_seconds: float | None, **_: object) -> Outcome:
        asked.set()
        answer.wait(20)
        return GOOD

    runs = execution(fleet, shell, guest)
    number = runs.start(machines[:1], "uptime", Manner(guest=True))
    assert asked.wait(20)
    runs.cancel(number)
    wait_until(lambda: runs.history[-1].finished)
    answer.set()
    assert "may go on inside the machine" in runs.history[-1].entries[0].verdict


def test_what_a_guest_printed_passes_through_once_it_has_ended(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]
) -> None:
    def guest(uuid: str, command: str, *, timeout_seconds: float | None, **_: object) -> Outcome:
        return Outcome(Ending.EXITED, 0, Output(b"out", b"", 3), Output(b"err", b"", 3))

    heard: list[tuple[str, bool, bytes]] = []
    execution(fleet, shell, guest).run(
        machines[:1],
        "uptime",
        Manner(guest=True),
        on_output=lambda entry, is_error, piece: heard.append((entry.name, is_error, piece)),
    )
    assert heard == [("web-1", False, b"out"), ("web-1", True, b"err")]


@pytest.mark.parametrize("command", ["", "  \n", "echo \0"])
def test_what_is_no_command_is_refused_before_anything_runs(
    fleet: SampleFleet, shell: PlayedShell, machines: list[Machine], command: str
) -> None:
    runs = execution(fleet, shell)
    with pytest.raises(BadArgument):
        runs.run(machines, command, Manner())
    assert runs.history == ()


def test_where_there_is_no_shell_nothing_runs(fleet: SampleFleet, machines: list[Machine]) -> None:
    with pytest.raises(MissingProgram):
        execution(fleet, None).run(machines, "true", Manner())


def test_closing_stops_what_is_under_way(fleet: SampleFleet, shell: PlayedShell, machines: list[Machine]) -> None:
    runs, begun = execution(fleet, shell), threading.Event()

    def play(_variables: Mapping[str, str], stop: threading.Event, _tell: OnOutput) -> Outcome:
        begun.set()
        stop.wait(20)
        return Outcome(Ending.UNKNOWN, why="stopped")

    shell.play = play
    runs.start(machines, "true", Manner())
    assert begun.wait(20)
    runs.close()
    assert runs.active == 0
    assert runs.history[-1].cancelled
