"""Fetch what the live pane shows of machines and of versions."""

from typing import TYPE_CHECKING

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.engine.live.details import MachineDetails
from qq2clone_tui.engine.versions.details import VersionDetails

from ..desk import VersionInView
from .fetched import Fetched

if TYPE_CHECKING:
    from ..screens.main import MainScreen

__all__ = ["Details", "VersionsInView"]


class Details(Fetched[Machine, MachineDetails]):
    """The details of machines.

    Args:
        main: the screen with the live pane.
    """

    def __init__(self, main: "MainScreen") -> None:
        super().__init__(main, lambda machine: machine.uuid, lambda machine: main.qq.session.details(machine.uuid))


class VersionsInView(Fetched[VersionInView, VersionDetails]):
    """The details of versions.

    Args:
        main: the screen with the live pane.
    """

    def __init__(self, main: "MainScreen") -> None:
        super().__init__(
            main, lambda each: each.reference, lambda each: main.qq.session.version_details.read(each.reference)
        )
