"""Play viewers that only take note of being started."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from qq2clone_tui.domain.desk_commands import Here
from qq2clone_tui.domain.errors import MissingProgram
from qq2clone_tui.domain.graphics import Endpoint
from qq2clone_tui.domain.viewers import Viewer, ViewerCall

__all__ = ["MemoryViewer", "MemoryViewers"]


@dataclass
class MemoryViewer:
    """A viewer that runs until it is told to end."""

    pid: int
    log: str
    said: str = ""
    _status: int | None = None
    _over: threading.Event = field(default_factory=threading.Event)

    def status(self) -> int | None:
        """Return how it ended, None while it runs."""
        return self._status

    def wait(self) -> int:
        """Wait for its end."""
        self._over.wait()
        return self._status or 0

    def words(self) -> str:
        """Return what it was told to say."""
        return self.said

    def end(self) -> None:
        """End it as a signal would."""
        self.die(-15)

    def settle(self) -> None:
        """Have no file to delete."""

    def die(self, status: int, said: str = "") -> None:
        """End it with a status, after some last words."""
        self.said += said
        self._status = status
        self._over.set()


@dataclass
class MemoryViewers:
    """The viewers of a host that has none; implements ``engine.ports.viewers.Viewers``.

    Args:
        screen: whether there is a screen to draw on.
        programs: the viewers that are installed.
        deaf: consoles nobody answers at, by address.
        on_start: called with each viewer and its call once it was started.
    """

    screen: bool = True
    programs: frozenset[Viewer] = frozenset(Viewer)
    deaf: set[str] = field(default_factory=set)
    on_start: Callable[[MemoryViewer, ViewerCall], None] = lambda _viewer, _call: None
    started: list[tuple[ViewerCall, MemoryViewer]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def has_screen(self) -> bool:
        """Tell whether it was given a screen."""
        return self.screen

    def installed(self, viewer: Viewer) -> bool:
        """Tell whether the viewer is among its programs."""
        return viewer in self.programs

    def here(self) -> Here:
        """Return the same place every time."""
        return Here("kvm01", "ada")

    def knock(self, endpoint: Endpoint) -> int | None:
        """Answer for every console that is not deaf."""
        return None if endpoint.where in self.deaf else 1

    def start(self, call: ViewerCall, label: str) -> MemoryViewer:
        """Take note of the call."""
        if call.viewer not in self.programs:
            raise MissingProgram("cannot find the program", subject=call.viewer.value, remedy="Install it.")
        with self._lock:
            viewer = MemoryViewer(4000 + len(self.started), f"/var/log/viewers/{label}.log")
            self.started.append((call, viewer))
        self.on_start(viewer, call)
        return viewer
