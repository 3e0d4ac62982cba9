"""Run a command once for each of many machines, and keep a ledger of what became of it."""

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.errors import BadArgument, MissingProgram, Qq2cloneError
from qq2clone_tui.domain.execution import ExecEntry, ExecLedger, Manner
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.outcome import Outcome, Output
from qq2clone_tui.domain.tags import FAILED
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.tools import Tools

from .environment import Environment
from .guest import GuestRunner, run_in_guest
from .run import ExecRun

__all__ = ["FAILED", "Execution", "OnMachineOutput"]

_CLOSING_SECONDS = 4.0
_LOOK_SECONDS = 0.05
_MOST_RUNS = 20
"""Runs that are remembered with their outputs."""
_KEPT_BYTES = 64 << 20
_MOST_KEPT_BYTES = 320 << 10
_LEAST_KEPT_BYTES = 4 << 10

OnMachineOutput = Callable[[ExecEntry, bool, bytes], None]
"""Gets what is printed as it comes: (machine, is it standard error, bytes)."""


class Execution:
    """Every command of this session that was run over machines.

    Args:
        tools: the adapters; the shell is one of their programs.
        addresses: gives the IP addresses of a machine, by UUID.
        guest: runs a command inside a machine; None where that cannot be done.
        remembered: called once the machines a command failed for carry their tag.
    """

    def __init__(
        self,
        tools: Tools,
        addresses: Callable[[str], Sequence[str]],
        guest: GuestRunner | None = None,
        remembered: Callable[[], None] = lambda: None,
    ) -> None:
        self._tools = tools
        self._environment = Environment(tools.hypervisor, addresses)
        self._guest = guest
        self._remembered = remembered
        self._numbers = itertools.count(1)
        self._running: dict[int, ExecRun] = {}
        self._history: dict[int, ExecLedger] = {}
        self._machines: dict[int, tuple[Machine, ...]] = {}
        self._listeners: Listeners[ExecLedger] = Listeners()
        self._lock = threading.Lock()

    @property
    def history(self) -> tuple[ExecLedger, ...]:
        """Return the newest ledger of every run, oldest first; never blocks for long."""
        with self._lock:
            return tuple(self._history.values())

    @property
    def active(self) -> int:
        """Return the number of runs that are not finished."""
        with self._lock:
            return len(self._running)

    def subscribe(self, callback: Callable[[ExecLedger], None]) -> Callable[[], None]:
        """Call ``callback`` at every change of any ledger, on the threads at work; the result unsubscribes."""
        return self._listeners.subscribe(callback)

    def run(
        self,
        machines: Sequence[Machine],
        command: str,
        manner: Manner,
        *,
        on_output: OnMachineOutput | None = None,
        on_change: Callable[[ExecLedger], None] | None = None,
    ) -> ExecLedger:
        """Run a command for the machines in order and return the finished ledger.

        Args:
            machines: those it is run for.
            command: a line for bash, or for the guest's own shell.
            manner: how many at a time, and what else; after the first failure none begins, unless told to go on.
            on_output: also gets what is printed as it comes, on the threads at work; a guest's once it has ended.
            on_change: also told of every change of the ledger.

        Raises:
            BadArgument: there is no command, or it cannot be run in guests here.
            MissingProgram: bash is not installed.
        """
        return self._work(self._open(machines, command, manner), on_output or _nobody, on_change)

    def start(self, machines: Sequence[Machine], command: str, manner: Manner) -> int:
        """Run a command in the background and return the number of the run; raises as ``run``."""
        run = self._open(machines, command, manner)
        number = run.ledger.run
        threading.Thread(target=self._work, args=(run, _nobody, None), name=f"exec-{number}", daemon=True).start()
        return number

    def cancel(self, run: int) -> None:
        """Stop the commands under way, and begin no more; returns at once."""
        with self._lock:
            running = self._running.get(run)
        if running is not None:
            running.cancel()

    def cancel_all(self) -> None:
        """Stop every run that is under way."""
        for ledger in self.history:
            self.cancel(ledger.run)

    def close(self) -> None:
        """Stop every run, and wait a little for its commands to end."""
        deadline = time.monotonic() + _CLOSING_SECONDS
        while self.active and time.monotonic() < deadline:
            self.cancel_all()
            time.sleep(_LOOK_SECONDS)

    def machines(self, run: int) -> tuple[Machine, ...]:
        """Return the machines of a run as they were when it began, in order."""
        with self._lock:
            return self._machines.get(run, ())

    def printed(self, run: int, uuid: str) -> tuple[Output, Output]:
        """Return what a machine's command has printed so far: standard output and error; empty unless under way."""
        with self._lock:
            running = self._running.get(run)
        return running.live.read(uuid) if running is not None else (Output(), Output())

    def _open(self, machines: Sequence[Machine], command: str, manner: Manner) -> ExecRun:
        act = self._runner(command, manner, _share(len(machines)))
        number = next(self._numbers)
        entries = tuple(_entry(machine) for machine in machines)
        run = ExecRun(ExecLedger(number, command, manner, entries), machines, act)
        with self._lock:
            self._running[number] = run
            self._history[number] = run.ledger
            self._machines[number] = tuple(machines)
            for old in [run for run in self._history if run not in self._running][:-_MOST_RUNS]:
                del self._history[old], self._machines[old]
        return run

    def _runner(
        self, command: str, manner: Manner, keep_bytes: int
    ) -> Callable[[Machine, threading.Event, OnMachineOutput], Outcome]:
        if not command.strip():
            raise BadArgument("there is no command to run", remedy="Write it as one argument: exec all 'echo $name'")
        if "\0" in command:
            raise BadArgument("cannot run the command", why="it holds a null character")
        if manner.guest:
            guest = self._guest
            if guest is None:
                raise BadArgument("cannot run commands in guests here", subject=self._tools.hypervisor.uri)

            def in_guest(machine: Machine, stop: threading.Event, tell: OnMachineOutput) -> Outcome:
                limit = manner.timeout_seconds
                outcome = run_in_guest(
                    guest, machine.uuid, command, timeout_seconds=limit, stop=stop, keep_bytes=keep_bytes
                )
                for is_error, output in ((False, outcome.stdout), (True, outcome.stderr)):
                    tell(_entry(machine), is_error, output.head + output.tail)
                return outcome

            return in_guest
        shell = self._tools.programs.bash
        if shell is None:
            raise MissingProgram("cannot run commands", why="there is no shell here")
        shell.check()

        def on_host(machine: Machine, stop: threading.Event, tell: OnMachineOutput) -> Outcome:
            entry = _entry(machine)
            return shell.run(
                command,
                self._environment.of(machine),
                timeout_seconds=manner.timeout_seconds,
                stop=stop,
                keep_bytes=keep_bytes,
                on_output=lambda is_error, piece: tell(entry, is_error, piece),
            )

        return on_host

    def _work(
        self, run: ExecRun, on_output: OnMachineOutput, on_change: Callable[[ExecLedger], None] | None
    ) -> ExecLedger:
        announcing = threading.Lock()

        def announce() -> None:
            with announcing:  # so that an older ledger never follows a newer one
                with self._lock:
                    self._history[run.ledger.run] = run.ledger
                self._listeners.tell(run.ledger, also=on_change)

        try:
            run.carry_out(announce, on_output)
            self._remember(run)
        finally:  # whatever happened, nobody may wait for this run for ever
            with self._lock:
                del self._running[run.ledger.run]
            run.ledger = replace(run.ledger, finished=True, cancelled=run.cancelled)
            announce()
        return run.ledger

    def _remember(self, run: ExecRun) -> None:
        """Tag the machines it failed for; that this cannot be done is no reason to lose what the commands did."""
        try:
            self._tools.catalogue.tags.replace(FAILED, [entry.uuid for entry in run.ledger.failed])
        except Qq2cloneError as error:
            run.ledger = replace(run.ledger, notice=f"Who is @{FAILED} could not be remembered: {error.paragraph()}")
        else:
            self._remembered()


def _entry(machine: Machine) -> ExecEntry:
    return ExecEntry(machine.uuid, machine.name, machine.number)


def _share(machines: int) -> int:
    """Return how many bytes of each stream can be kept for each of so many machines."""
    return max(_LEAST_KEPT_BYTES, min(_MOST_KEPT_BYTES, _KEPT_BYTES // (2 * max(1, machines))))


def _nobody(_entry: ExecEntry, _is_error: bool, _piece: bytes) -> None:
    """Listen to nothing."""
