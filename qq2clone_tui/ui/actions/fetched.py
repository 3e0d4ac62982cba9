"""Fetch what a pane shows of the thing under the cursor, once the cursor has come to rest."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.timer import Timer

from qq2clone_tui.domain.errors import Qq2cloneError

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["Fetched"]

_REST_SECONDS = 0.12
_REMEMBERED = 300

Subject = TypeVar("Subject")
Known = TypeVar("Known")


class Fetched(Generic[Subject, Known]):
    """Remembers what was read of things for as long as those have not changed.

    Args:
        main: the screen with the pane.
        key: tells things apart, whatever has changed of one.
        read: reads one; may block, and may raise the errors of the domain.
    """

    def __init__(self, main: "MainScreen", key: Callable[[Subject], str], read: Callable[[Subject], Known]) -> None:
        self._main = main
        self._key = key
        self._read = read
        self._known: dict[str, tuple[Subject, Known | str]] = {}
        self._wanted: Subject | None = None
        self._fetching = False
        self._timer: Timer | None = None

    @property
    def pending(self) -> bool:
        """Tell whether something is still to come."""
        return self._wanted is not None or self._fetching

    def of(self, subject: Subject | None) -> Known | str | None:
        """Return what is known of a thing, or why nothing is; None while it is fetched."""
        if subject is None:
            return None
        known = self._known.get(self._key(subject))
        if known is not None and known[0] == subject:
            return known[1]
        if subject != self._wanted:
            self._wanted = subject
            if self._timer is not None:
                self._timer.stop()
            self._timer = self._main.set_timer(_REST_SECONDS, self._fetch)
        return known[1] if known is not None else None

    def forget(self) -> None:
        """Read everything anew when it is wanted again."""
        self._known.clear()

    def _fetch(self) -> None:
        subject = self._wanted
        if subject is None or self._fetching:
            return
        self._fetching = True
        self._main.qq.errands.run(
            "",
            lambda: self._read(subject),
            lambda known: self._keep(subject, known),
            failed=lambda error: self._keep(subject, _sentence(error)),
        )

    def _keep(self, subject: Subject, known: Known | str) -> None:
        self._fetching = False
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[self._key(subject)] = (subject, known)
        if self._wanted == subject:
            self._wanted = None
        else:
            self._fetch()
        self._main.show_live()


def _sentence(error: Qq2cloneError) -> str:
    return f"{error.what}: {error.why}" if error.why else error.what
