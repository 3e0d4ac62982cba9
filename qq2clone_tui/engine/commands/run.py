"""Carry one command through its machines, a bounded number at a time and in order."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.execution import ExecEntry, ExecLedger, ExecState
from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.outcome import Ending, Outcome

from .live import LiveOutput

__all__ = ["ExecRun"]

Tell = Callable[[ExecEntry, bool, bytes], None]


class ExecRun:
    """A command under way.

    Args:
        ledger: as it is before anything began.
        machines: in the order of its entries.
        act: runs the command for one machine, until an event is set.

    Attributes:
        ledger: how it stands now.
        live: what the commands under way have printed.
    """

    def __init__(
        self,
        ledger: ExecLedger,
        machines: Sequence[Machine],
        act: Callable[[Machine, threading.Event, Tell], Outcome],
    ) -> None:
        self.ledger = ledger
        self.live = LiveOutput()
        self._machines = machines
        self._act = act
        self._stop = threading.Event()
        self._failed = threading.Event()
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Stop what is under way and begin no more."""
        self._stop.set()

    def carry_out(self, announce: Callable[[], None], on_output: Tell) -> None:
        """Work through all machines; returns when the last command has ended."""
        count = len(self._machines)

        def tell(entry: ExecEntry, is_error: bool, piece: bytes) -> None:
            self.live.take(entry.uuid, is_error, piece)
            on_output(entry, is_error, piece)

        with ThreadPoolExecutor(
            max(1, min(self.ledger.manner.parallel, count)), thread_name_prefix="exec-machine"
        ) as pool:
            futures = [pool.submit(self._one, index, tell, announce) for index in range(count)]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                self.cancel()
                raise

    def _one(self, index: int, tell: Tell, announce: Callable[[], None]) -> None:
        why = self._why_not()
        if why:
            self._note(index, ExecState.SKIPPED, why=why)
        else:
            self._note(index, ExecState.RUNNING)
            announce()
            outcome = self._outcome(self._machines[index], tell)
            if not outcome.good:
                self._failed.set()
            self._note(index, ExecState.DONE, outcome)
        announce()
        self.live.drop(self._machines[index].uuid)

    def _outcome(self, machine: Machine, tell: Tell) -> Outcome:
        try:
            return self._act(machine, self._stop, tell)
        except Qq2cloneError as error:
            return Outcome(Ending.UNKNOWN, why=error.paragraph())

    def _why_not(self) -> str:
        if self._stop.is_set():
            return "cancelled before it began"
        if self._failed.is_set() and not self.ledger.manner.keep_going:
            return "not begun, since one before it failed"
        return ""

    def _note(self, index: int, state: ExecState, outcome: Outcome | None = None, why: str = "") -> None:
        with self._lock:
            self.ledger = self.ledger.with_entry(index, state, outcome, why)
