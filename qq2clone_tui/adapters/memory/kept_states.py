"""Play the states that images hold inside themselves, in memory."""

from qq2clone_tui.domain.errors import CommandFailed

__all__ = ["MemoryKeptStates"]


class MemoryKeptStates:
    """States that were left behind. Implements ``engine.ports.kept_states.KeptStates``.

    Attributes:
        found: the names of states by path.
        failing: images that nothing can be kept in.
        reachable: whether states can be made and taken out.
    """

    def __init__(self) -> None:
        self.found: dict[str, frozenset[str]] = {}
        self.failing: set[str] = set()
        self.reachable = True

    def tags(self, path: str) -> frozenset[str]:
        """Return the names it was given."""
        return self.found.get(path, frozenset())

    def keep(self, path: str, name: str) -> None:
        """Remember a name."""
        if path in self.failing:
            raise CommandFailed("cannot keep the state of the image", subject=path, why="it was told to fail")
        self.found[path] = self.tags(path) | {name}

    def drop(self, path: str, name: str) -> None:
        """Forget a name."""
        self.found[path] = self.tags(path) - {name}
