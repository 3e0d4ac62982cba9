"""Gather what a face can do with machines beside their power, their making and their removal.

Each part is made, and its code loaded, when it is first asked for: a face starts before most of them are.
"""

from functools import cached_property
from typing import TYPE_CHECKING

from .live.addresses import Addresses
from .live.inventory_store import InventoryStore
from .tools import Tools

if TYPE_CHECKING:
    from .checking import Checking
    from .checkpoints.keeping import Checkpoints
    from .clones.tagging import Tagging
    from .commands.execution import Execution
    from .consoles.graphical import Consoles
    from .consoles.serial import Serial
    from .erasure.erasures import Erasures
    from .images.uses import UsesReader
    from .live.screens import Screens
    from .ports.guests import Guests
    from .renewal.renewal import Renewal
    from .saving.saves import Saves
    from .templates.editing import Editing
    from .templates.naming import Naming
    from .templates.promote import Promotions
    from .versions.details import VersionReader
    from .versions.notes import Versions
    from .versions.pruning import Pruning
    from .versions.space import Space
    from .versions.staging import Staging

__all__ = ["Capabilities"]


class _Parts:
    """What the parts are made of.

    Args:
        tools: the adapters.
        inventory: the live picture.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self.inventory = inventory
        self.clipboard = tools.programs.clipboard
        self.addresses = Addresses(tools.hypervisor, lambda: inventory.current.machines)


class _OfMachines(_Parts):
    """What can be done with machines."""

    @cached_property
    def checkpoints(self) -> "Checkpoints":
        """The states that machines can be brought back to."""
        from .checkpoints.keeping import Checkpoints

        return Checkpoints(self._tools, self.inventory)

    @cached_property
    def consoles(self) -> "Consoles":
        """Their graphical consoles."""
        from .consoles.graphical import Consoles

        return Consoles(self._tools)

    @cached_property
    def erasures(self) -> "Erasures":
        """Their removal with all that was on their disks."""
        from .erasure.erasures import Erasures

        return Erasures(self._tools)

    @cached_property
    def editing(self) -> "Editing":
        """Their XML, and that of templates."""
        from .templates.editing import Editing

        return Editing(self._tools, self.inventory)

    @property
    def guests(self) -> "Guests":
        """The insides of machines."""
        return self._tools.hypervisor.guests

    @cached_property
    def exec(self) -> "Execution":
        """Commands run once a machine."""
        from .commands.execution import Execution

        return Execution(self._tools, self.addresses.of, self.guests.run, remembered=self.inventory.nudge)

    @cached_property
    def renewal(self) -> "Renewal":
        """Fresh disks for machines."""
        from .renewal.renewal import Renewal

        return Renewal(self._tools, self.inventory)

    @cached_property
    def saves(self) -> "Saves":
        """Their memory, put aside."""
        from .saving.saves import Saves

        return Saves(self._tools)

    @cached_property
    def screens(self) -> "Screens":
        """What their displays show."""
        from .live.screens import Screens

        return Screens(self._tools.hypervisor.displays, lambda: self.inventory.current)

    @cached_property
    def serial(self) -> "Serial":
        """Their serial consoles."""
        from .consoles.serial import Serial

        return Serial(self._tools)

    @cached_property
    def tagging(self) -> "Tagging":
        """Words by which sets name machines."""
        from .clones.tagging import Tagging

        return Tagging(self._tools, self.inventory)


class _OfTemplates(_Parts):
    """What can be done with templates and their versions."""

    @cached_property
    def check(self) -> "Checking":
        """What is not as it should be, and its mending."""
        from .checking import Checking

        return Checking(self._tools, self.inventory.nudge)

    @cached_property
    def naming(self) -> "Naming":
        """What templates are called."""
        from .templates.naming import Naming

        return Naming(self._tools, self.inventory)

    @cached_property
    def promotion(self) -> "Promotions":
        """Machines that become templates."""
        from .templates.promote import Promotions

        return Promotions(self._tools, self.inventory)

    @cached_property
    def pruning(self) -> "Pruning":
        """Versions that nobody needs."""
        from .versions.pruning import Pruning

        return Pruning(self._tools, self.inventory)

    @cached_property
    def space(self) -> "Space":
        """What versions and their clones take on disk."""
        from .versions.space import Space

        return Space(self._tools)

    @cached_property
    def staging(self) -> "Staging":
        """The machines in which next versions are made."""
        from .versions.staging import Staging

        return Staging(self._tools, self.inventory)

    @cached_property
    def uses(self) -> "UsesReader":
        """Who stands on what."""
        from .images.uses import UsesReader

        return UsesReader(self._tools)

    @cached_property
    def version_details(self) -> "VersionReader":
        """All that can be shown of a version."""
        from .versions.details import VersionReader

        return VersionReader(self._tools)

    @cached_property
    def versions(self) -> "Versions":
        """Notes, drift and digests of versions."""
        from .versions.notes import Versions

        return Versions(self._tools, self.inventory)


class Capabilities(_OfMachines, _OfTemplates):
    """The part of a session that is one attribute for each thing that can be done.

    Args:
        tools: the adapters.
        inventory: the live picture.
    """

    def close_parts(self) -> None:
        """End what parts are at; those that were never asked for are not made for it."""
        if "exec" in vars(self):
            self.exec.close()
        if "pruning" in vars(self):
            self.pruning.close()
