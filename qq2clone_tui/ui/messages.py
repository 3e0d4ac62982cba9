"""Carry news from the engine's threads to the screens; newer news replaces what still waits."""

from collections.abc import Callable

from textual.message import Message

from qq2clone_tui.domain.console import ConsoleReport

__all__ = [
    "AddressesChanged",
    "CheckProgressed",
    "ConsoleEnded",
    "ErrandEnded",
    "InventoryChanged",
    "LedgersChanged",
    "RatesChanged",
    "RunsChanged",
    "ScreensChanged",
]


class _News(Message):
    """News that is read from the session when it arrives, so that only the newest matters."""

    def can_replace(self, message: Message) -> bool:
        """Let the newest of a burst stand for all of it."""
        return isinstance(message, type(self))


class InventoryChanged(_News):
    """Machines, templates or the connection have changed."""


class AddressesChanged(_News):
    """Some machine has other addresses."""


class RatesChanged(_News):
    """There are new figures."""


class LedgersChanged(_News):
    """Some job has got further."""


class RunsChanged(_News):
    """Some command that runs over machines has got further."""


class ScreensChanged(_News):
    """Some machine's screen shows something else."""


class CheckProgressed(_News):
    """A check has got further."""


class ConsoleEnded(Message):
    """A viewer has ended that was shown."""

    def __init__(self, report: ConsoleReport) -> None:
        super().__init__()
        self.report = report


class ErrandEnded(Message):
    """Something done on a thread of its own has ended; ``deliver`` hands over its result."""

    def __init__(self, deliver: Callable[[], None]) -> None:
        super().__init__()
        self.deliver = deliver
