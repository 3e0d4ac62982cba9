"""Gather what a face can do with machines beside their power, their making and their removal."""

from .addresses import Addresses
from .checking import Checking
from .checkpoints import Checkpoints
from .consoles import Consoles
from .editing import Editing
from .erasures import Erasures
from .execution import Execution
from .inventory_store import InventoryStore
from .naming import Naming
from .promote import Promotions
from .pruning import Pruning
from .renewal import Renewal
from .saves import Saves
from .screens import Screens
from .serial import Serial
from .space import Space
from .staging import Staging
from .tagging import Tagging
from .tools import Tools
from .uses import UsesReader
from .version_details import VersionReader
from .versions import Versions

__all__ = ["Capabilities"]


class Capabilities:
    """The part of a session that is one attribute for each thing that can be done.

    Args:
        tools: the adapters.
        inventory: the live picture.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self.inventory = inventory
        self.clipboard = tools.programs.clipboard
        self.checkpoints = Checkpoints(tools, inventory)
        self.check = Checking(tools, inventory.nudge)
        self.consoles = Consoles(tools)
        self.erasures = Erasures(tools)
        self.editing = Editing(tools, inventory)
        self.addresses = Addresses(tools.hypervisor, lambda: inventory.current.machines)
        self.guests = tools.hypervisor.guests
        self.exec = Execution(tools, self.addresses.of, self.guests.run, remembered=inventory.nudge)
        self.naming = Naming(tools, inventory)
        self.pruning = Pruning(tools, inventory)
        self.promotion = Promotions(tools, inventory)
        self.renewal = Renewal(tools, inventory)
        self.saves = Saves(tools)
        self.serial = Serial(tools)
        self.space = Space(tools)
        self.staging = Staging(tools, inventory)
        self.tagging = Tagging(tools, inventory)
        self.screens = Screens(tools.hypervisor.displays, lambda: inventory.current)
        self.versions = Versions(tools, inventory)
        self.uses = UsesReader(tools)
        self.version_details = VersionReader(tools)
