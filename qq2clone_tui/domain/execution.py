"""Keep the ledger of a command that is run once for each of many machines."""

from dataclasses import dataclass, replace
from enum import StrEnum

from .outcome import Ending, Outcome

__all__ = ["ExecEntry", "ExecLedger", "ExecState", "Group", "Manner", "groups"]


class ExecState(StrEnum):
    """How far the command has got for one machine."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Manner:
    """In which manner a command is run.

    Args:
        parallel: machines at a time.
        keep_going: begin the next machine also after one has failed.
        timeout_seconds: seconds that a machine's command may take; None for as long as it likes.
        guest: run it inside the machine, by its guest agent, rather than on the host.
    """

    parallel: int = 1
    keep_going: bool = False
    timeout_seconds: float | None = None
    guest: bool = False


@dataclass(frozen=True, slots=True)
class ExecEntry:
    """One machine's line in the ledger.

    Args:
        uuid, name, number: the machine.
        state: how far it has got.
        outcome: how its command ended, for DONE.
        why: the reason it was skipped.
    """

    uuid: str
    name: str
    number: int
    state: ExecState = ExecState.QUEUED
    outcome: Outcome | None = None
    why: str = ""

    @property
    def failed(self) -> bool:
        """Tell whether its command ran and did not end well."""
        return self.outcome is not None and not self.outcome.good

    @property
    def verdict(self) -> str:
        """Return how it stands in a few words: ``exit 1``, ``killed by SIGKILL``, ``timed out``."""
        if self.outcome is None:
            return "not begun" if self.state is ExecState.SKIPPED else self.state.value
        words = {
            Ending.EXITED: f"exit {self.outcome.code}",
            Ending.SIGNALLED: f"killed by {_signal(self.outcome.code)}",
            Ending.TIMED_OUT: "timed out",
            Ending.UNKNOWN: self.outcome.why or "not run",
        }
        return words[self.outcome.ending]


@dataclass(frozen=True, slots=True)
class ExecLedger:
    """An immutable snapshot of a command over machines.

    Args:
        run: number of the run in this session, from 1.
        command: the text as it was given.
        manner: how it is run.
        entries: one a machine, in order.
        finished: True when no entry will change any more.
        cancelled: True once cancellation was asked for.
        notice: one sentence on what did not work beside the commands themselves; mostly empty.
    """

    run: int
    command: str
    manner: Manner
    entries: tuple[ExecEntry, ...] = ()
    finished: bool = False
    cancelled: bool = False
    notice: str = ""

    @property
    def failed(self) -> tuple[ExecEntry, ...]:
        """Return the machines whose command did not end well, in order."""
        return tuple(entry for entry in self.entries if entry.failed)

    def count(self, state: ExecState) -> int:
        """Return how many machines are in ``state``."""
        return sum(entry.state is state for entry in self.entries)

    def with_entry(self, index: int, state: ExecState, outcome: Outcome | None = None, why: str = "") -> "ExecLedger":
        """Return a ledger in which the machine at ``index`` has got this far."""
        fresh = replace(self.entries[index], state=state, outcome=outcome, why=why)
        return replace(self, entries=(*self.entries[:index], fresh, *self.entries[index + 1 :]))


@dataclass(frozen=True, slots=True)
class Group:
    """Machines for which the command ended in the same way and printed the same.

    Args:
        sample: the first of them; its outcome is everyone's, but for the time it took.
        members: all of them, in order.
    """

    sample: ExecEntry
    members: tuple[ExecEntry, ...]


def groups(entries: tuple[ExecEntry, ...]) -> tuple[Group, ...]:
    """Return the machines by identical result, the largest group first, equals in order of appearance."""
    found: dict[object, list[ExecEntry]] = {}
    for entry in entries:
        outcome = entry.outcome and replace(entry.outcome, seconds=0.0)
        found.setdefault((entry.state, outcome, entry.why), []).append(entry)
    ordered = sorted(found.values(), key=len, reverse=True)
    return tuple(Group(members[0], tuple(members)) for members in ordered)


_SIGNALS = {
    1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL",
    11: "SIGSEGV", 13: "SIGPIPE", 14: "SIGALRM", 15: "SIGTERM", 24: "SIGXCPU", 25: "SIGXFSZ",
}  # fmt: skip
"""Signals that end programs: https://man7.org/linux/man-pages/man7/signal.7.html, on x86 and ARM."""


def _signal(number: int) -> str:
    return _SIGNALS.get(number, f"signal {number}")
