"""Give tags to machines and take them away."""

from collections.abc import Sequence

from qq2clone_tui.domain.tags import check_tag
from qq2clone_tui.engine.live.inventory_store import InventoryStore
from qq2clone_tui.engine.tools import Tools

__all__ = ["Tagging"]


class Tagging:
    """The words by which sets name machines; they go when their machine goes.

    Args:
        tools: the adapters.
        inventory: told of changes.
    """

    def __init__(self, tools: Tools, inventory: InventoryStore) -> None:
        self._store = tools.catalogue.tags
        self._inventory = inventory

    def add(self, word: str, uuids: Sequence[str]) -> None:
        """Give a tag to machines; those that carry it keep it.

        Raises:
            BadArgument: the word is no tag.
        """
        check_tag(word)
        self._store.add(word, uuids)
        self._inventory.nudge()

    def remove(self, word: str, uuids: Sequence[str]) -> None:
        """Take a tag away from machines; those that do not carry it are passed over."""
        self._store.remove(word, uuids)
        self._inventory.nudge()
