"""Play the states that images hold inside themselves, in memory."""

__all__ = ["MemoryKeptStates"]


class MemoryKeptStates:
    """States that were left behind. Implements ``engine.kept_states.KeptStates``.

    Attributes:
        found: the names of states by path.
    """

    def __init__(self) -> None:
        self.found: dict[str, frozenset[str]] = {}

    def tags(self, path: str) -> frozenset[str]:
        """Return the names it was given."""
        return self.found.get(path, frozenset())

    def drop(self, path: str, name: str) -> bool:
        """Forget a name."""
        self.found[path] = self.tags(path) - {name}
        return True
