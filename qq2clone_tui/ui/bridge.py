"""Turn the engine's callbacks, which come on its threads, into messages for the app."""

from collections.abc import Callable
from contextlib import ExitStack

from textual.message import Message
from textual.message_pump import MessagePump

from qq2clone_tui.domain.console import ConsoleReport
from qq2clone_tui.domain.stats import StatGroup
from qq2clone_tui.engine.session import Session

from .messages import AddressesChanged, ConsoleEnded, InventoryChanged, LedgersChanged, RatesChanged

__all__ = ["Bridge"]

SHOWN = StatGroup.CPU | StatGroup.MEMORY | StatGroup.BLOCK | StatGroup.NET


class Bridge:
    """Listens to a session and posts messages; threads never touch a widget.

    Args:
        session: listened to while the bridge is open.
        target: gets the messages.
    """

    def __init__(self, session: Session, target: MessagePump) -> None:
        self._session = session
        self._target = target
        self._subscriptions = ExitStack()

    def open(self) -> None:
        """Begin to listen, and say which figures are on screen."""
        self._session.sampler.want(SHOWN)
        for subscribe, message in (
            (self._session.inventory.subscribe, InventoryChanged),
            (self._session.sampler.subscribe, RatesChanged),
            (self._session.addresses.subscribe, AddressesChanged),
            (self._session.jobs.subscribe, LedgersChanged),
        ):
            self._subscriptions.callback(subscribe(self._posting(message)))
        self._subscriptions.callback(self._session.consoles.subscribe(self._post_console))

    def close(self) -> None:
        """Listen no more."""
        self._subscriptions.close()
        self._session.sampler.want(StatGroup(0))

    def _post_console(self, report: ConsoleReport) -> None:
        self._target.post_message(ConsoleEnded(report))

    def _posting(self, message: type[Message]) -> Callable[[object], None]:
        def post(_: object) -> None:
            self._target.post_message(message())

        return post
