"""Build machines for the tests of sets."""

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.states import DomainState

__all__ = ["machine"]


def machine(number: int, state: DomainState = DomainState.OFF, template: str = "debian12", name: str = "") -> Machine:
    """Return a machine whose UUID tells its template and number."""
    return Machine(f"{template}:{number}", template, 1, number, name or f"{template}-{number}", state)
