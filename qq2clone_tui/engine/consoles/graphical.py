"""Open graphical consoles: find where they listen, start viewers, and see whether they get there."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from qq2clone_tui.domain.console import ConsoleReport, ConsoleState, ConsoleWish
from qq2clone_tui.domain.desk_commands import Here, desk_commands
from qq2clone_tui.domain.errors import MissingProgram, NoGraphics, Qq2cloneError
from qq2clone_tui.domain.graphics import Endpoint, choose
from qq2clone_tui.domain.graphics_xml import endpoints
from qq2clone_tui.domain.viewers import Place, Screen, Viewer, call_for, place_of
from qq2clone_tui.engine.listeners import Listeners
from qq2clone_tui.engine.ports.viewers import RunningViewer
from qq2clone_tui.engine.tools import Tools

from .launch import Launch, launch

__all__ = ["Consoles"]

_AT_A_TIME = 8
_POLL_SECONDS = 0.1


class Consoles:
    """The graphical consoles of one hypervisor's machines.

    Args:
        tools: the adapters; without viewers among its programs there are only commands to show.
    """

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._lock = threading.Lock()
        self._history: dict[int, ConsoleReport] = {}
        self._listeners: Listeners[ConsoleReport] = Listeners()

    @property
    def history(self) -> tuple[ConsoleReport, ...]:
        """Return the consoles that were opened or failed to in this session, the oldest first; never blocks."""
        with self._lock:
            return tuple(self._history.values())

    def subscribe(self, callback: Callable[[ConsoleReport], None]) -> Callable[[], None]:
        """Call ``callback``, on a thread of its own, when a viewer ends that was shown; the result unsubscribes."""
        return self._listeners.subscribe(callback)

    def possible(self) -> bool:
        """Tell whether viewers can be shown here: there is a screen to draw on."""
        viewers = self._tools.programs.viewers
        return viewers is not None and viewers.has_screen()

    def welcome(self, viewer: Viewer) -> bool:
        """Tell whether consoles open unasked where no setting says so: with a screen, and the viewer installed."""
        viewers = self._tools.programs.viewers
        return viewers is not None and viewers.has_screen() and viewers.installed(viewer)

    def open(
        self,
        uuids: Sequence[str],
        wish: ConsoleWish,
        *,
        stop: threading.Event | None = None,
        on_each: Callable[[ConsoleReport], None] = lambda _: None,
    ) -> tuple[ConsoleReport, ...]:
        """Open the consoles of machines that run, several at a time, and return what became of each.

        Where no viewer can be shown, or only commands are wished for, nothing is started.

        Args:
            uuids: the machines, in the order of the reports.
            wish: with what, and how patiently.
            stop: set from another thread to wait no longer.
            on_each: told of each report as it comes, on threads.
        """
        halt = stop or threading.Event()
        reports = [_unexpected(uuid) for uuid in uuids]
        waiting = iter(range(len(uuids)))

        def work() -> None:
            for index in waiting:  # shared: a range's iterator gives each number to one thread only
                reports[index] = self._one(uuids[index], wish, halt)
                on_each(reports[index])

        # Daemons, unlike the threads of a pool: a call that hangs must not keep the program from ending.
        threads = [
            threading.Thread(target=work, name=f"console-{number}", daemon=True)
            for number in range(min(_AT_A_TIME, len(uuids)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return tuple(reports)

    def _one(self, uuid: str, wish: ConsoleWish, stop: threading.Event) -> ConsoleReport:
        report = ConsoleReport(uuid, uuid, ConsoleState.FAILED)
        try:
            domain = self._tools.hypervisor.read_domain(uuid)
            if domain is None:
                record = self._tools.catalogue.clone(uuid)
                named = replace(report, name=record.identity.name if record else uuid)
                return _left_out(named, "the hypervisor does not know it, or not yet")
            report = replace(report, name=domain.name)
            if not domain.state.active:
                return _left_out(report, f"it is {domain.state.value}")
            found, knocked = self._await_endpoint(uuid, domain.name, wish, stop)
            if found is None:
                return _left_out(report, "it has no graphics that a viewer shows: neither spice nor vnc")
            screen = Screen(uuid, domain.name, self._tools.hypervisor.uri, found)
            report = replace(report, where=f"{found.kind.value} {found.where}", protected=found.protected)
            report = replace(report, commands=desk_commands(screen, self._here()))
            return self._show(report, screen, wish, stop, knocked)
        except Qq2cloneError as error:
            if isinstance(error, MissingProgram):
                error.remedy += self._another(wish)
            failed = replace(report, reason=error.paragraph(), exit_code=error.exit_code)
            self._remember(failed)
            return failed

    def _show(
        self, report: ConsoleReport, screen: Screen, wish: ConsoleWish, stop: threading.Event, knocked: int
    ) -> ConsoleReport:
        viewers = self._tools.programs.viewers
        if wish.commands or viewers is None or not viewers.has_screen():
            return replace(report, state=ConsoleState.COMMANDS)
        call = call_for(wish.viewer, screen)
        if isinstance(call, str) and wish.viewer is Viewer.SPICY and viewers.installed(Viewer.VIRT_VIEWER):
            other = call_for(Viewer.VIRT_VIEWER, screen)  # it shows what spicy does not: vnc, and other hosts
            call = call if isinstance(other, str) else other
        if isinstance(call, str):
            raise NoGraphics("no viewer can show the console of", subject=screen.name, why=call)
        start = Launch(viewers, self._tools.hypervisor.graphics, screen, call, knocked)
        outcome = launch(start, wish.timeout_seconds, stop)
        report = replace(report, viewer=call.viewer.value)
        if outcome.running is not None:
            report = replace(report, pid=outcome.running.pid, log=outcome.running.log, words=outcome.words)
        if outcome.error is not None:
            error = outcome.error
            failed = replace(report, reason=error.paragraph(), exit_code=error.exit_code)
            self._remember(failed)
            return failed
        shown = replace(report, state=ConsoleState.SHOWN)
        number = self._remember(shown)
        if outcome.running is not None:
            self._follow(number, outcome.running)
        return shown

    def _another(self, wish: ConsoleWish) -> str:
        """Return how to use the viewer that is installed in place of the one that is not."""
        viewers = self._tools.programs.viewers
        spicy = wish.viewer is Viewer.SPICY
        if viewers is None or not viewers.installed(Viewer.VIRT_VIEWER if spicy else Viewer.SPICY):
            return ""
        return " Or use virt-viewer, which is here: -V." if spicy else " Or use spicy, which is here: -S."

    def _await_endpoint(
        self, uuid: str, name: str, wish: ConsoleWish, stop: threading.Event
    ) -> tuple[Endpoint | None, int]:
        """Wait until the console listens; return it with the port it was tried from, None when there are none.

        Raises:
            NoGraphics: nobody listened in time.
        """
        deadline = time.monotonic() + wish.timeout_seconds
        while True:
            found = choose(endpoints(self._tools.hypervisor.graphics.live_xml(uuid)))
            if found is None:
                return None, 0
            knocked = self._knock(found, wish) if found.ready else None
            if knocked is not None:
                return found, knocked
            if time.monotonic() >= deadline or stop.wait(_POLL_SECONDS):
                raise NoGraphics(
                    "cannot reach the console of",
                    subject=name,
                    why=f"nobody listens at {found.where}" if found.ready else f"its {found.kind.value} has no port",
                    remedy=f"It was waited for {wish.timeout_seconds:g} seconds; spice_timeout is the setting.",
                )

    def _knock(self, endpoint: Endpoint, wish: ConsoleWish) -> int | None:
        viewers = self._tools.programs.viewers
        local = place_of(self._tools.hypervisor.uri) is not Place.REMOTE
        if wish.commands or viewers is None or not local or endpoint.handed_over:
            return 0  # there is nothing to try it with, or from
        return viewers.knock(endpoint)

    def _here(self) -> Here:
        viewers = self._tools.programs.viewers
        return viewers.here() if viewers is not None else Here(self._tools.hypervisor.host().hostname)

    def _remember(self, report: ConsoleReport) -> int:
        with self._lock:
            number = len(self._history) + 1
            self._history[number] = report
        return number

    def _follow(self, number: int, running: RunningViewer) -> None:
        """Note the end of a viewer that was shown, whenever that comes."""

        def follow() -> None:
            status = running.wait()
            with self._lock:
                state = ConsoleState.DIED if status else ConsoleState.ENDED
                why = f"the viewer {_ending(status)}" if status else ""
                report = replace(self._history[number], state=state, words=running.words(), reason=why)
                self._history[number] = report
            self._listeners.tell(report)

        threading.Thread(target=follow, name=f"viewer-{number}", daemon=True).start()


def _left_out(report: ConsoleReport, why: str) -> ConsoleReport:
    return replace(report, state=ConsoleState.LEFT_OUT, reason=why, exit_code=NoGraphics.exit_code)


def _unexpected(uuid: str) -> ConsoleReport:
    """Return what stands for a machine whose thread broke, which the log tells of."""
    error = Qq2cloneError("something unexpected happened", remedy="The log file holds the details.")
    return ConsoleReport(uuid, uuid, ConsoleState.FAILED, reason=error.paragraph(), exit_code=error.exit_code)


def _ending(status: int) -> str:
    return f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
