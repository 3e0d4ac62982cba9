"""Say how a command ended that was run for a machine, on the host or in its guest."""

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Ending", "Outcome", "Output"]


class Ending(StrEnum):
    """In which way a command came to its end."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMED_OUT = "timed out"
    UNKNOWN = "unknown"
    """It could not be started, or how it ended cannot be known; ``Outcome.why`` tells."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a command printed on one stream; of very much, the beginning and the end.

    Args:
        head: its first bytes.
        tail: its last bytes, where something was left out between; else empty.
        total: bytes it printed in all.
        digest: of what follows the head, where something was left out; tells apart what only differs there.
    """

    head: bytes = b""
    tail: bytes = b""
    total: int = 0
    digest: bytes = b""

    @property
    def left_out(self) -> int:
        """Return how many bytes between head and tail were not kept."""
        return max(0, self.total - len(self.head) - len(self.tail))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one command.

    Args:
        ending: in which way it ended.
        code: exit status for EXITED, the signal's number for SIGNALLED, else 0.
        stdout, stderr: what it printed.
        seconds: how long it took.
        why: one sentence where the ending needs one; else empty.
    """

    ending: Ending
    code: int = 0
    stdout: Output = Output()
    stderr: Output = Output()
    seconds: float = 0.0
    why: str = ""

    @property
    def good(self) -> bool:
        """Tell whether it ended by itself with status 0."""
        return self.ending is Ending.EXITED and self.code == 0
