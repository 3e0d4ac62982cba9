"""Run plans machine by machine in bounded threads, and keep a ledger of each."""

import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.job import EntryState, Ledger
from qq2clone_tui.domain.plan import Action, Plan, Step
from qq2clone_tui.engine.listeners import Listeners

__all__ = ["Jobs"]

_log = logging.getLogger(__name__)
Listener = Callable[[Ledger], None]
Prepare = Callable[[Plan], Callable[[Step], None]]


class Jobs:
    """Every batch of this session.

    Args:
        prepare: turns a plan into the function that carries out one of its steps.
        retry: makes a new plan for the machines of a failed one.
        release: gives back what the plan reserved for machines that were skipped.
        threads: machines worked on at a time.
        on_finished: called after each job, before its last ledger is announced.
    """

    def __init__(
        self,
        prepare: Prepare,
        retry: Callable[[Plan], Plan],
        release: Callable[[Plan], None],
        threads: int,
        on_finished: Callable[[], None],
    ) -> None:
        self._prepare = prepare
        self._retry = retry
        self._release = release
        self._threads = threads
        self._on_finished = on_finished
        self._numbers = itertools.count(1)
        self._running: dict[int, Job] = {}
        self._history: dict[int, Ledger] = {}
        self._listeners: Listeners[Ledger] = Listeners()
        self._lock = threading.Lock()

    @property
    def history(self) -> tuple[Ledger, ...]:
        """Return the newest ledger of every job, oldest job first; never blocks for long."""
        with self._lock:
            return tuple(self._history.values())

    @property
    def active(self) -> int:
        """Return the number of jobs that are not finished."""
        with self._lock:
            return len(self._running)

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Call ``callback`` at every change of any ledger, on job threads; the result unsubscribes."""
        return self._listeners.subscribe(callback)

    def run(self, plan: Plan, on_change: Listener | None = None) -> Ledger:
        """Carry out a plan and return its finished ledger; one failure never stops the others."""
        return self._work(self._open(plan), on_change)

    def start(self, plan: Plan) -> int:
        """Carry out a plan in the background and return the job's number."""
        job = self._open(plan)
        number = job.ledger.job
        threading.Thread(target=self._work, args=(job, None), name=f"job-{number}", daemon=True).start()
        return number

    def cancel(self, job: int) -> None:
        """Skip the machines that are still queued; those under way finish."""
        with self._lock:
            running = self._running.get(job)
        if running is not None:
            running.cancel()

    def retry_plan(self, job: int) -> Plan:
        """Return a plan for only the failed machines of a job."""
        with self._lock:
            ledger = self._history[job]
        return self._retry(replace(ledger.plan, steps=tuple(entry.step for entry in ledger.failed())))

    def _open(self, plan: Plan) -> "Job":
        number = next(self._numbers)
        job = Job(Ledger.opening(number, plan))
        with self._lock:
            self._running[number] = job
            self._history[number] = job.ledger
        return job

    def _work(self, job: "Job", on_change: Listener | None) -> Ledger:
        announcing = threading.Lock()

        def announce() -> None:
            with announcing:  # so that an older ledger never follows a newer one
                ledger = job.ledger
                with self._lock:
                    self._history[ledger.job] = ledger
                self._listeners.tell(ledger, also=on_change)

        plan = job.ledger.plan
        try:
            job.carry_out(self._prepare(plan), self._threads, announce)
        except Qq2cloneError as error:
            job.fail_all(error)
        finally:  # whatever happened, nobody may wait for this job for ever
            self._give_back(job)
            with self._lock:
                del self._running[job.ledger.job]
            self._on_finished()
            job.finish()
            announce()
        return job.ledger

    def _give_back(self, job: "Job") -> None:
        plan = job.ledger.plan
        skipped = tuple(e.step for e in job.ledger.entries if e.state is EntryState.SKIPPED)
        if plan.action is not Action.CLONE or not skipped:
            return
        try:
            self._release(replace(plan, steps=skipped))
        except Qq2cloneError as error:
            # They stay recorded as unfinished, and the next start gives them back.
            _log.warning("numbers not given back: %s", error.paragraph())


class Job:
    """One batch under way."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._lock = threading.Lock()
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Let no further machine begin."""
        self._cancelled.set()

    def carry_out(self, act: Callable[[Step], None], threads: int, announce: Callable[[], None]) -> None:
        """Work through all steps; returns when the last one has ended."""

        def one(index: int) -> None:
            if self._cancelled.is_set():
                self._note(index, EntryState.SKIPPED, "cancelled before it began")
            else:
                self._note(index, EntryState.RUNNING)
                announce()
                try:
                    act(self.ledger.entries[index].step)
                except Qq2cloneError as error:
                    self._note(index, EntryState.FAILED, error)
                else:
                    self._note(index, EntryState.DONE)
            announce()

        count = len(self.ledger.entries)
        with ThreadPoolExecutor(max(1, min(threads, count)), thread_name_prefix="machine") as pool:
            futures = [pool.submit(one, index) for index in range(count)]
        for index, future in enumerate(futures):
            bug = future.exception()
            if bug is not None:
                _log.error("machine %d of the job", index, exc_info=bug)
                self._note(index, EntryState.FAILED, _unexpected(bug))

    def fail_all(self, error: Qq2cloneError) -> None:
        """Fail every machine that has not ended."""
        for index, entry in enumerate(self.ledger.entries):
            if entry.state in {EntryState.QUEUED, EntryState.RUNNING}:
                self._note(index, EntryState.FAILED, error)

    def finish(self) -> None:
        """Mark the ledger as final."""
        with self._lock:
            self.ledger = replace(self.ledger, finished=True, cancelled=self._cancelled.is_set())

    def _note(self, index: int, state: EntryState, error: Qq2cloneError | str | None = None) -> None:
        with self._lock:
            self.ledger = self.ledger.with_entry(index, state, error)


def _unexpected(bug: BaseException) -> Qq2cloneError:
    return Qq2cloneError(
        "something unexpected happened",
        why=f"{type(bug).__name__}: {bug}",
        remedy="This is a fault of the program; the log file holds the details.",
    )
