"""Offer other names for templates, and second ones for their images."""

from qq2clone_tui.domain.plan import Plan
from qq2clone_tui.domain.template import Template
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.tools import Tools

from . import renaming

__all__ = ["Naming"]


class Naming:
    """What templates are called.

    Args:
        tools: the adapters.
        inventory: told of changes.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._tools = tools
        self._inventory = inventory

    def plan_copy(self, name: str, new: str) -> Template:
        """Return the template, at its version, whose images a second one would be made of.

        Raises:
            TemplateError: as ``copy``.
        """
        return renaming.plan_copy(self._tools, name, new)

    def copy(self, name: str, new: str) -> Template:
        """Make a second template of the same images, which stay the first one's to delete.

        Raises:
            TemplateError: the first is unknown, or the new name is taken or not fit for a template.
        """
        made = renaming.copy_template(self._tools, name, new)
        self._inventory.nudge()
        return made

    def plan(self, old: str, new: str) -> Plan:
        """Return what renaming a template does to its clones; the same name twice, to those left over.

        Raises:
            TemplateError: the template is unknown, or the new name is taken or not fit for a template.
        """
        return renaming.plan_rename(self._tools, old, new)

    def rename(self, old: str, new: str) -> None:
        """Rename the template itself; its machines are renamed by the job of the plan.

        Raises:
            TemplateError: as ``plan``.
        """
        renaming.rename_template(self._tools, old, new)
        self._inventory.nudge()
