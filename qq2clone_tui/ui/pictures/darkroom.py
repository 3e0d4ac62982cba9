"""Develop the pictures in view on a thread, each once for every way of looking at it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qq2clone_tui.domain.screenshot import Screenshot

from .develop import develop
from .lens import Lens, Print

if TYPE_CHECKING:
    from ..app import QqApp

__all__ = ["Darkroom"]


@dataclass(frozen=True, slots=True)
class _Order:
    digest: str
    lens: Lens


class Darkroom:
    """Makes prints, one errand at a time whatever is ordered; a newer order replaces one that waits.

    Args:
        app: runs the errands, and has the session with the pictures.
        ready: told the machines that have new prints, on the screen's thread.
    """

    def __init__(self, app: "QqApp", ready: Callable[[Iterable[str]], None]) -> None:
        self._app = app
        self._ready = ready
        self._made: dict[str, tuple[_Order, Print]] = {}
        self._waiting: dict[str, tuple[_Order, Screenshot]] = {}
        self._busy = False

    @property
    def busy(self) -> bool:
        """Tell whether prints are still to come."""
        return self._busy

    def order(self, lenses: Mapping[str, Lens]) -> None:
        """Want these machines seen through these lenses, and no others."""
        screens = self._app.session.screens
        self._made = {uuid: made for uuid, made in self._made.items() if uuid in lenses}
        self._waiting = {}
        for uuid, lens in lenses.items():
            sight = screens.of(uuid)
            order = _Order(sight.digest, lens)
            if sight.shot is None:
                self._made.pop(uuid, None)
            elif uuid not in self._made or self._made[uuid][0] != order:
                self._waiting[uuid] = (order, sight.shot)
        self._go_on()

    def print_of(self, uuid: str) -> Print | None:
        """Return the newest print of a machine's screen, also while another is being made."""
        made = self._made.get(uuid)
        return made[1] if made else None

    def _go_on(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        batch, self._waiting = self._waiting, {}
        before = {uuid: self._made[uuid][1] for uuid in batch if uuid in self._made}

        def work() -> dict[str, tuple[_Order, Print]]:
            prints = {}
            for uuid, (order, shot) in batch.items():
                made = develop(shot, order.lens)
                old = before.get(uuid)
                # What cannot be told from the old one is the old one, so that nobody has to look for differences.
                prints[uuid] = (order, old if old is not None and old.looks_like(made) else made)
            return prints

        self._app.errands.run("", work, self._take)

    def _take(self, prints: dict[str, tuple[_Order, Print]]) -> None:
        self._busy = False
        self._made |= prints
        self._ready(prints)
        self._go_on()
