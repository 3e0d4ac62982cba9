"""Keep the newest pictures of those machines' screens that somebody is looking at."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import blake2b

from qq2clone_tui.domain.errors import Qq2cloneError
from qq2clone_tui.domain.inventory import ConnectionState, Inventory
from qq2clone_tui.domain.screenshot import Screenshot
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.ports.facets import Displays

__all__ = ["Screens", "Sight"]

WORKERS = 3
LONGEST_BACK_OFF_SECONDS = 60.0
REMEMBERED = 64
_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Sight:
    """The newest look at a machine's screen.

    Args:
        shot: what was seen; None when nothing was seen yet, or the machine is off.
        digest: tells two pictures apart; empty without a picture.
        taken_at: when it was last seen so, in epoch seconds.
        problem: why there is no newer picture, else empty.
    """

    shot: Screenshot | None = None
    digest: str = ""
    taken_at: float = 0.0
    problem: str = ""


@dataclass(slots=True)
class _Watched:
    """What is known of one machine in view: its state, when it is due again, how often it failed in a row."""

    state: DomainState
    due: float = 0.0
    failures: int = 0


class Screens:
    """Fetches pictures by a few threads, never two at once of one machine, and none when nobody looks.

    Args:
        displays: asked for the pictures; may block.
        inventory: gives the live picture, for the states of the machines and of the connection.
        clock: gives the current time in epoch seconds.
    """

    def __init__(
        self, displays: Displays, inventory: Callable[[], Inventory], clock: Callable[[], float] = time.time
    ) -> None:
        self._displays = displays
        self._inventory = inventory
        self._clock = clock
        self._sights: dict[str, Sight] = {}
        self._watched: dict[str, _Watched] = {}
        self._busy: set[str] = set()
        self._interval = _NEVER
        self._live = True
        self._threads: list[threading.Thread] = []
        self._news = threading.Condition()
        self._listeners: Listeners[str] = Listeners()

    def of(self, uuid: str) -> Sight:
        """Return the newest look at a machine; never blocks."""
        return self._sights.get(uuid, Sight())

    @property
    def working(self) -> bool:
        """Tell whether pictures are being fetched, now or later."""
        with self._news:
            return any(thread.is_alive() for thread in self._threads)

    def subscribe(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call ``callback`` with the UUID of each machine that looks different; the result unsubscribes."""
        return self._listeners.subscribe(callback)

    def watch(self, uuids: Iterable[str], interval_seconds: float | None) -> None:
        """Keep the pictures of these machines fresh from now on, and of no others.

        To be called again whenever the inventory has changed: a machine that was started, or a connection
        that is back, is looked at without delay. Never blocks.

        Args:
            uuids: whose screens are in view; none to stop altogether.
            interval_seconds: the time between two pictures; None to fetch only what was never seen.
        """
        inventory = self._inventory()
        with self._news:
            live = inventory.connection is not ConnectionState.RECONNECTING
            interval = _NEVER if interval_seconds is None else interval_seconds
            fresh = {}
            for uuid in uuids:
                machine = inventory.machines.get(uuid)
                if machine is not None:
                    fresh[uuid] = self._follow(uuid, machine.state, again=live and not self._live)
            if interval != self._interval:
                now = time.monotonic()
                for watched in fresh.values():
                    if not watched.failures and watched.due:
                        watched.due = min(watched.due, now + interval) if interval < self._interval else now + interval
            self._watched, self._interval, self._live = fresh, interval, live
            self._forget()
            self._staff()
            self._news.notify_all()

    def refresh(self, uuids: Iterable[str] | None = None) -> None:
        """Look at these machines again now, or at all that are watched."""
        with self._news:
            for uuid in self._watched if uuids is None else uuids:
                if uuid in self._watched:
                    self._watched[uuid].due = 0.0
            self._news.notify_all()

    def _follow(self, uuid: str, state: DomainState, *, again: bool) -> _Watched:
        watched = self._watched.get(uuid) or _Watched(state)
        if watched.state is not state or again:
            watched.state, watched.due, watched.failures = state, 0.0, 0
        if not state.active:
            self._sights.pop(uuid, None)
        return watched

    def _forget(self) -> None:
        """Keep the pictures of machines out of view for a while, but not for ever."""
        unseen = [uuid for uuid in self._sights if uuid not in self._watched]
        for uuid in unseen[: max(0, len(self._sights) - REMEMBERED)]:
            del self._sights[uuid]

    def _staff(self) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        wanted = min(WORKERS, len(self._watched))
        for number in range(len(self._threads), wanted):
            # Daemons: a call that hangs in the hypervisor must not keep the program from ending.
            thread = threading.Thread(target=self._work, name=f"screens {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (uuid := self._next()) is not None:
            began = time.monotonic()
            seen: Screenshot | Qq2cloneError
            try:
                seen = self._displays.screenshot(uuid)
            except Qq2cloneError as error:
                seen = error
            self._take(uuid, seen, began)

    def _next(self) -> str | None:
        """Return the machine to look at next, once it is due; None when nobody looks any more."""
        with self._news:
            while self._watched:
                now = time.monotonic()
                due = {
                    uuid: one.due
                    for uuid, one in self._watched.items()
                    if self._live and one.state.active and uuid not in self._busy
                }
                uuid = min(due, key=due.__getitem__, default="")
                if due.get(uuid, _NEVER) <= now:
                    self._busy.add(uuid)
                    return uuid
                pause = due.get(uuid, _NEVER) - now
                self._news.wait(None if pause == _NEVER else pause)
            self._threads.remove(threading.current_thread())
            return None

    def _take(self, uuid: str, seen: Screenshot | Qq2cloneError, began: float) -> None:
        """Keep what was seen, and say when to look again."""
        before = self.of(uuid)
        after = self._judged(before, seen)
        with self._news:
            self._busy.discard(uuid)
            watched = self._watched.get(uuid)
            if watched is None:
                return
            now = time.monotonic()
            watched.failures = watched.failures + 1 if after.problem else 0
            # A slow machine is asked less often: looking at it takes at most a third of its time.
            pause = max(self._interval, 2 * (now - began))
            if watched.failures:
                pause = min(LONGEST_BACK_OFF_SECONDS, max(1.0, min(pause, 60.0)) * 2 ** min(watched.failures, 6))
            watched.due = now + pause
            if watched.state.active:
                self._sights[uuid] = after
            self._news.notify_all()
        if (before.digest, before.problem) != (after.digest, after.problem):
            self._listeners.tell(uuid)

    def _judged(self, before: Sight, seen: Screenshot | Qq2cloneError) -> Sight:
        if isinstance(seen, Qq2cloneError):
            return replace(before, problem=seen.why or seen.what)
        digest = blake2b(seen.data, digest_size=16).hexdigest()
        shot = before.shot if digest == before.digest else seen
        return Sight(shot, digest, self._clock())
