"""Tell those who listen, and let none of them harm the work that is told of, or the others."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

__all__ = ["Apart", "Listeners"]

_log = logging.getLogger(__name__)
News = TypeVar("News")


class Listeners(Generic[News]):
    """Whoever wants the news, in the order of subscription; safe to share between threads."""

    def __init__(self) -> None:
        self._listeners: tuple[Callable[[News], None], ...] = ()
        self._lock = threading.Lock()

    def subscribe(self, listener: Callable[[News], None]) -> Callable[[], None]:
        """Tell ``listener`` from now on; the result unsubscribes, once more does no harm."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

        def unsubscribe() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return unsubscribe

    def tell(self, news: News, *, also: Callable[[News], None] | None = None) -> None:
        """Tell everyone; the fault of a listener goes into the log and nowhere else.

        Args:
            news: what is told.
            also: one more listener, for this once.
        """
        for listener in (*self._listeners, *([also] if also else [])):
            with Apart():
                listener(news)


class Apart:
    """End the block at its first fault and go on after it; Ctrl-C and the like pass through."""

    def __enter__(self) -> None:
        return

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(fault, Exception):
            return False
        _log.error("a listener failed", exc_info=(type(fault), fault, trace))
        return True
