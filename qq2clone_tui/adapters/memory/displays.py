"""Paint the screens of machines that exist only in memory, each always the same."""

from collections.abc import Callable
from functools import lru_cache

from qq2clone_tui.domain.errors import HypervisorError
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.screenshot import Screenshot

from .paint import COLUMNS, CYAN, GREEN, GREY, paint_desktop, paint_text

__all__ = ["MemoryDisplays"]

_PROMPT = "login: "


class MemoryDisplays:
    """Screens that nobody draws on; implements ``engine.ports.facets.Displays``.

    Args:
        find: gives a machine by its UUID; raises what the hypervisor raises.

    Attributes:
        shown: text by UUID that a machine shows instead of what it shows by itself.
        broken: by UUID, what comes in place of a picture.
        asked: the UUIDs in the order in which pictures were asked for.
    """

    def __init__(self, find: Callable[[str], DomainSummary]) -> None:
        self._find = find
        self.shown: dict[str, str] = {}
        self.broken: dict[str, Screenshot | HypervisorError] = {}
        self.asked: list[str] = []

    def screenshot(self, uuid: str, screen: int = 0) -> Screenshot:  # noqa: ARG002 - each has but one
        """Return the picture of a running machine."""
        domain = self._find(uuid)
        self.asked.append(uuid)
        broken = self.broken.get(uuid)
        if isinstance(broken, HypervisorError):
            raise broken
        if broken is not None:
            return broken
        if not domain.state.active:
            raise HypervisorError(
                "cannot see the screen of the machine", subject=domain.name, why="it is off", remedy="Start it first."
            )
        return Screenshot("image/x-portable-pixmap", _painted(domain.name, self.shown.get(uuid)))


@lru_cache(maxsize=32)
def _painted(name: str, text: str | None) -> bytes:
    if text is not None:
        return paint_text(text.splitlines())
    seed = sum(name.encode())
    if name.startswith("win"):
        return paint_desktop(seed)
    return paint_text(_booted(name, seed) if seed % 3 else _busy(name, seed))


def _booted(name: str, seed: int) -> list[str]:
    """Return the end of a start, down to the prompt."""
    units = ("Network Name Resolution", "Login Service", "OpenSSH server", "Regular background programs", "Timers")
    lines = [f"[{0.4 + 0.37 * step:12.6f}] virtio_blk virtio{step}: [vd{'abcd'[step]}] 20971520" for step in range(3)]
    lines += [f"[  {GREEN}OK{GREY}  ] Started {unit}." for unit in units[: 3 + seed % 3]]
    return [*lines, "", f"Debian GNU/Linux 12 {name} tty1", "", f"{name} {_PROMPT}_"]


def _busy(name: str, seed: int) -> list[str]:
    """Return the screen of a machine that is watched with a program."""
    loads = [4 + (seed * step) % 23 for step in (3, 7, 11)]
    lines = [f"  {number} [{'|' * load:<30}{load * 3:3}.0%]" for number, load in enumerate(loads)]
    heading = "  PID USER      CPU% MEM%   TIME+  COMMAND"
    lines += [f"  Mem[{'|' * 12:<30}212M/496M]", "", f"{CYAN}{heading:<{COLUMNS}}{GREY}"]
    for row in range(8):
        share = f"{seed % (9 + row):4}.0  {row:3}.1  0:0{row}.{seed % 60:02}"
        lines.append(f"{400 + row * 37:5} root      {share}  worker/{row}")
    return [*lines, "", f"{name}:~# _"]
