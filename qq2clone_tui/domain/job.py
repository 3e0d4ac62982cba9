"""Keep the ledger of a batch: one entry for every machine."""

from dataclasses import dataclass, field, replace
from enum import StrEnum

from .errors import Qq2cloneError
from .plan import Plan, Step

__all__ = ["Entry", "EntryState", "Ledger"]


class EntryState(StrEnum):
    """How far one machine of a batch has got."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Entry:
    """One machine's line in a ledger.

    Args:
        step: what is done to it.
        state: how far it has got.
        reason: why it failed or was skipped, as one paragraph; empty otherwise.
        exit_code: the code of its failure; 0 otherwise.
    """

    step: Step
    state: EntryState = EntryState.QUEUED
    reason: str = ""
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """An immutable snapshot of a batch.

    Args:
        job: number of the job in this session, from 1.
        plan: what it carries out.
        entries: by position in ``plan.steps``.
        finished: True when no entry will change any more.
        cancelled: True once cancellation was asked for.
    """

    job: int
    plan: Plan
    entries: tuple[Entry, ...] = field(default_factory=tuple)
    finished: bool = False
    cancelled: bool = False

    @classmethod
    def opening(cls, job: int, plan: Plan) -> "Ledger":
        """Return the ledger of a job that has not begun."""
        return cls(job, plan, tuple(Entry(step) for step in plan.steps))

    def count(self, state: EntryState) -> int:
        """Return how many entries are in ``state``."""
        return sum(entry.state is state for entry in self.entries)

    def failed(self) -> tuple[Entry, ...]:
        """Return the failed entries in plan order."""
        return tuple(entry for entry in self.entries if entry.state is EntryState.FAILED)

    @property
    def exit_code(self) -> int:
        """Return the code of the first failure in plan order, 0 when there is none."""
        return next((entry.exit_code for entry in self.entries if entry.state is EntryState.FAILED), 0)

    def with_entry(self, index: int, state: EntryState, error: Qq2cloneError | str | None = None) -> "Ledger":
        """Return a ledger in which the entry at ``index`` is in ``state``."""
        entry = self.entries[index]
        reason = error.paragraph() if isinstance(error, Qq2cloneError) else (error or "")
        code = error.exit_code if isinstance(error, Qq2cloneError) else 0
        fresh = replace(entry, state=state, reason=reason, exit_code=code)
        return replace(self, entries=(*self.entries[:index], fresh, *self.entries[index + 1 :]))
