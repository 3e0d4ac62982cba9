"""Read domains: their list in a few calls whatever their number, their state, one of them."""

from collections.abc import Iterator
from typing import Any

from qq2clone_tui.domain.errors import DomainNotFound
from qq2clone_tui.domain.inventory import DomainSummary
from qq2clone_tui.domain.states import CutShort, DomainState

from .binding import libvirt
from .errors import UNSUPPORTED, code_of

__all__ = ["cut_short_of", "each", "find", "list_all", "snapshot_count", "state_of", "summarise"]

# virDomainState; "no state" and numbers from a newer libvirt are shown as a machine that is up.
_STATES = {
    libvirt.VIR_DOMAIN_NOSTATE: DomainState.IDLE,
    libvirt.VIR_DOMAIN_RUNNING: DomainState.RUNNING,
    libvirt.VIR_DOMAIN_BLOCKED: DomainState.IDLE,
    libvirt.VIR_DOMAIN_PAUSED: DomainState.PAUSED,
    libvirt.VIR_DOMAIN_SHUTDOWN: DomainState.IN_SHUTDOWN,
    libvirt.VIR_DOMAIN_SHUTOFF: DomainState.OFF,
    libvirt.VIR_DOMAIN_CRASHED: DomainState.CRASHED,
    libvirt.VIR_DOMAIN_PMSUSPENDED: DomainState.PMSUSPENDED,
}

# virDomainShutoffReason. That of a machine whose memory was saved counts only when that memory is gone.
_CUT_SHORT = {
    libvirt.VIR_DOMAIN_SHUTOFF_DESTROYED: CutShort.FORCED,
    libvirt.VIR_DOMAIN_SHUTOFF_CRASHED: CutShort.CRASHED,
    libvirt.VIR_DOMAIN_SHUTOFF_DAEMON: CutShort.CRASHED,  # killed by the daemon, which could not reach it any more
    libvirt.VIR_DOMAIN_SHUTOFF_SAVED: CutShort.FORGOTTEN,
}


def state_of(number: int, saved: bool) -> DomainState:
    """Return the state for a virDomainState.

    Args:
        number: the virDomainState.
        saved: the domain has a managed save image; it splits shut-off into saved and off.
    """
    state = _STATES.get(number, DomainState.RUNNING)
    return DomainState.SAVED if saved and state is DomainState.OFF else state


def cut_short_of(state: DomainState, reason: int) -> CutShort:
    """Return how a machine came to be off, where that was not its guest's doing.

    Args:
        state: its state.
        reason: the number that libvirt tells beside its own state.
    """
    if state is DomainState.CRASHED:
        return CutShort.CRASHED
    return _CUT_SHORT.get(reason, CutShort.NOT) if state is DomainState.OFF else CutShort.NOT


def list_all(connection: Any) -> list[DomainSummary]:
    """Return every domain in three calls (a call a domain costs 0.2 s for a thousand)."""
    return [summary for _, summary in each(connection)]


def each(connection: Any) -> Iterator[tuple[Any, DomainSummary]]:
    """Yield every ``virDomain`` with its summary, after three calls."""
    saved = _uuids(connection, libvirt.VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
    transient = _uuids(connection, libvirt.VIR_CONNECT_LIST_DOMAINS_TRANSIENT)
    for domain, number, reason in _states(connection):
        uuid = domain.UUIDString()
        state = state_of(number, uuid in saved)
        yield domain, DomainSummary(uuid, domain.name(), state, uuid not in transient, cut_short_of(state, reason))


def find(connection: Any, uuid: str) -> Any:
    """Return the ``virDomain`` with this UUID.

    Raises:
        DomainNotFound: there is none.
        libvirtError: the call failed.
    """
    try:
        return connection.lookupByUUIDString(uuid)
    except libvirt.libvirtError as fault:
        if code_of(fault) not in (libvirt.VIR_ERR_NO_DOMAIN, libvirt.VIR_ERR_INVALID_ARG):
            raise
        raise DomainNotFound(
            "there is no such machine", subject=uuid, remedy="It was removed by another program; refresh the list."
        ) from fault


def summarise(domain: Any) -> DomainSummary:
    """Return the summary of one domain."""
    number, reason = domain.state()
    saved = number == libvirt.VIR_DOMAIN_SHUTOFF and domain.hasManagedSaveImage() == 1
    state, persistent = state_of(number, saved), domain.isPersistent() == 1
    return DomainSummary(domain.UUIDString(), domain.name(), state, persistent, cut_short_of(state, reason))


def snapshot_count(domain: Any) -> int:
    """Return how many snapshots and checkpoints libvirt knows of a domain."""
    return _counted(lambda: domain.snapshotNum(0)) + _counted(lambda: len(domain.listAllCheckpoints(0)))


def _counted(count: Any) -> int:
    try:
        return int(count())
    except libvirt.libvirtError as fault:
        if code_of(fault) in UNSUPPORTED:
            return 0
        raise


def _uuids(connection: Any, flags: int) -> set[str]:
    return {domain.UUIDString() for domain in connection.listAllDomains(flags)}


def _states(connection: Any) -> list[tuple[Any, int, int]]:
    """Return every ``virDomain`` with the number of its state, and of the reason for that."""
    try:
        records = connection.getAllDomainStats(libvirt.VIR_DOMAIN_STATS_STATE, 0)
    except libvirt.libvirtError as fault:
        if code_of(fault) not in UNSUPPORTED:
            raise
        return _states_one_by_one(connection)
    return [
        (domain, figures.get("state.state", libvirt.VIR_DOMAIN_NOSTATE), figures.get("state.reason", 0))
        for domain, figures in records
    ]


def _states_one_by_one(connection: Any) -> list[tuple[Any, int, int]]:
    found = []
    for domain in connection.listAllDomains(0):
        try:
            number, reason = domain.state()
            found.append((domain, number, reason))
        except libvirt.libvirtError as fault:
            if code_of(fault) != libvirt.VIR_ERR_NO_DOMAIN:  # removed since it was listed
                raise
    return found
