"""Say what preparing a staging machine did, and above all whether there was one before."""

from datetime import datetime

from qq2clone_tui.domain.inventory import Machine
from qq2clone_tui.domain.states import DomainState
from qq2clone_tui.engine.versions.staging import Prepared, wakes

__all__ = ["intention", "sentence"]

_WAKING = {
    DomainState.PAUSED: "was paused and goes on now",
    DomainState.PMSUSPENDED: "was asleep and is awake now",
    DomainState.SAVED: "was saved and goes on where it was",
}
_RUNNING = frozenset({DomainState.RUNNING, DomainState.IDLE})


def sentence(made: Prepared) -> str:
    """Return what became of a staging machine: made, started, or found as it is."""
    machine = f"The staging machine {made.name} over {made.template}@v{made.version}"
    if made.fresh:
        return f"{machine} is made{' and started' if made.started else ''}."
    return f"{machine} was there already{_since(made.created_at)}: it {_became(made)}."


def intention(machine: Machine | None, template: str, *, starting: bool) -> str:
    """Return what preparing would do.

    Args:
        machine: the staging machine there is; None when it is to be made.
        template: the template.
        starting: one that is off is started, one that is paused goes on.
    """
    if machine is None:
        return f"make: the staging machine of {template}"
    does = "start" if starting and wakes(machine.state) else "leave as it is"
    return (
        f"{does}: the staging machine {machine.name}, there already{_since(machine.created_at)}, {machine.state.value}"
    )


def _since(created_at: float) -> str:
    return f", made {datetime.fromtimestamp(created_at).astimezone():%Y-%m-%d %H:%M}" if created_at else ""


def _became(made: Prepared) -> str:
    if made.found is None:
        return "is not known to the hypervisor any more; discard-image throws its files away"
    if made.started:
        return _WAKING.get(made.found, f"was {made.found.value} and is started now")
    return "was running already" if made.found in _RUNNING else f"is {made.found.value}, and is left so"
