"""Name the states a machine can be in, and which verb each state allows."""

from enum import StrEnum

__all__ = ["POWER_VERBS", "CutShort", "DomainState", "PowerVerb", "refusal"]


class DomainState(StrEnum):
    """The state of a machine as a user names it; the values are the words of the set language.

    Follows virDomainState (https://libvirt.org/html/libvirt-libvirt-domain.html), with shut-off
    split in two: *saved* has a managed save image, *off* has none. *missing* is a clone in the
    catalogue that the hypervisor does not know (any more).
    """

    RUNNING = "running"
    IDLE = "idle"
    PAUSED = "paused"
    IN_SHUTDOWN = "in-shutdown"
    OFF = "off"
    CRASHED = "crashed"
    PMSUSPENDED = "pmsuspended"
    SAVED = "saved"
    MISSING = "missing"

    @property
    def active(self) -> bool:
        """Tell whether a QEMU process stands behind the machine."""
        return self in _ACTIVE


_ACTIVE = frozenset(
    {
        DomainState.RUNNING,
        DomainState.IDLE,
        DomainState.PAUSED,
        DomainState.IN_SHUTDOWN,
        DomainState.PMSUSPENDED,
    }
)


class CutShort(StrEnum):
    """How a machine came to be off without its guest's doing: what that had not written yet is on no disk.

    Follows virDomainShutoffReason (https://libvirt.org/html/libvirt-libvirt-domain.html#virDomainShutoffReason).
    The hypervisor forgets it when its daemon ends, and an embedded one when its process does.
    """

    NOT = ""
    """It was shut down, has not run yet, has its memory saved, or runs; or nobody knows any more."""
    FORCED = "forced off"
    CRASHED = "crashed"
    FORGOTTEN = "forgotten"
    """Its memory was saved, and thrown away since; or it is in a file that only who saved it knows of."""


class PowerVerb(StrEnum):
    """The verbs that change a machine's power state."""

    START = "start"
    SHUTDOWN = "shutdown"
    DESTROY = "destroy"
    SUSPEND = "suspend"
    RESUME = "resume"
    SAVE = "save"
    SAVE_REMOVE = "save-rm"


POWER_VERBS: dict[PowerVerb, frozenset[DomainState]] = {
    PowerVerb.START: frozenset({DomainState.OFF, DomainState.CRASHED, DomainState.SAVED}),
    PowerVerb.SHUTDOWN: frozenset({DomainState.RUNNING, DomainState.IDLE}),
    PowerVerb.DESTROY: frozenset(_ACTIVE | {DomainState.CRASHED}),
    PowerVerb.SUSPEND: frozenset({DomainState.RUNNING, DomainState.IDLE}),
    PowerVerb.RESUME: frozenset({DomainState.PAUSED, DomainState.PMSUSPENDED}),
    PowerVerb.SAVE: frozenset({DomainState.RUNNING, DomainState.IDLE, DomainState.PAUSED}),
    PowerVerb.SAVE_REMOVE: frozenset({DomainState.SAVED}),
}


def refusal(verb: PowerVerb, state: DomainState) -> str | None:
    """Return why ``verb`` cannot act on a machine in ``state``, or None when it can."""
    if state in POWER_VERBS[verb]:
        return None
    return f"is {state.value}; {verb.value} acts on {_listed(POWER_VERBS[verb])} machines"


def _listed(states: frozenset[DomainState]) -> str:
    words = [state.value for state in DomainState if state in states]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
